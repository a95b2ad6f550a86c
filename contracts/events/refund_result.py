"""`refund.results`: what the acquirer said about a refund, from the refunder to the api; may arrive again."""

from datetime import datetime
from typing import ClassVar

from contracts.events.base import Event


class RefundResult(Event):
    """The shape of every refund result."""

    refund_id: str
    payment_id: str
    occurred_at: datetime


class RefundExecutionSucceeded(RefundResult):
    """The acquirer did it."""

    TYPE: ClassVar[str] = "refund.execution.succeeded"


class RefundExecutionFailed(RefundResult):
    """The acquirer refused for good."""

    TYPE: ClassVar[str] = "refund.execution.failed"

    error_code: str
    description: str
