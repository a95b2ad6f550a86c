"""`payment.results`: what the acquirer said, from the processor to the api. The same result may arrive again."""

from datetime import datetime
from typing import ClassVar

from contracts.events.base import Event


class PaymentResult(Event):
    """The shape of every payment result; `attempt_id` names the command it answers."""

    payment_id: str
    attempt_id: str
    occurred_at: datetime


class AuthorisationApproved(PaymentResult):
    """The amount is reserved."""

    TYPE: ClassVar[str] = "payment.authorisation.approved"


class AuthorisationDeclined(PaymentResult):
    """The issuer or the bank said no."""

    TYPE: ClassVar[str] = "payment.authorisation.declined"

    decline_code: str
    description: str


class CaptureAccepted(PaymentResult):
    """The acquirer took note of the capture."""

    TYPE: ClassVar[str] = "payment.capture.accepted"


class VoidAccepted(PaymentResult):
    """The acquirer released the authorisation (or never had one)."""

    TYPE: ClassVar[str] = "payment.void.accepted"
