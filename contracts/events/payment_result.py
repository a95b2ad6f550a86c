"""`payment.results`: what the acquirer said, from the processor to the api. The same result may arrive again."""

from datetime import datetime
from typing import ClassVar

from contracts.events.base import Event


class PaymentResult(Event):
    """The shape of every payment result; `attempt_id` names the command it answers."""

    payment_id: str
    attempt_id: str
    occurred_at: datetime
    unanswered: int = 0
    """How many questions the acquirer left without an answer before this one was found, with the same key."""


class AuthorisationChallenged(PaymentResult):
    """Nothing is decided: the buyer has to authenticate at `challenge_url` before `expires_at`."""

    TYPE: ClassVar[str] = "payment.authorisation.challenged"

    challenge_url: str
    expires_at: datetime


class AuthorisationAnswered(PaymentResult):
    """The buyer answered the challenge: the acquirer is asked again."""

    TYPE: ClassVar[str] = "payment.authorisation.answered"


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


class DisputeOpened(PaymentResult):
    """The cardholder disputes a payment; `attempt_id` names its capture."""

    TYPE: ClassVar[str] = "payment.dispute.opened"

    reason: str
