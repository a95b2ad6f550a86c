"""What the acquirer was asked and decided."""

from datetime import datetime
from typing import Literal

from services.api.schemas.fields import Shown


class AcquirerCall(Shown):
    """A decision of the acquirer. It decides once for each key: who asks again with it is told the same."""

    key: str
    operation: Literal["authorise", "capture", "void", "refund", "reverse"]
    amount: int
    currency: str
    outcome: Literal["approved", "declined"]
    decline_code: str | None
    description: str | None
    calls: int
    """How often it was asked with this key: more than once where an answer was lost."""
    at: datetime


class AcquirerCallsAnswer(Shown):
    """In the order of the requests."""

    data: list[AcquirerCall]
