"""`payment.commands`: what the api asks the processor to do at the acquirer. A command may be sent again at any
time with the same `attempt_id`; the attempt is made once."""

from datetime import datetime
from typing import ClassVar

from contracts.events.base import Event, Model
from contracts.events.payment import PaymentMethod
from contracts.money import AmountMinor, Currency
from contracts.test_cards import TestCard


class CardReference(Model):
    """What is left of a card after the api has seen it: nothing that could be charged elsewhere."""

    network: str
    last4: str
    expiry_month: int
    expiry_year: int
    fingerprint: str
    """Keyed HMAC of the number: the same card gives the same value, and no one without the key can tell which."""
    test_card: TestCard | None


class PaymentCommand(Event):
    """The shape of every payment command; `attempt_id` is the acquirer's idempotency key."""

    payment_id: str
    attempt_id: str
    merchant_id: str
    amount_minor: AmountMinor
    currency: Currency


class AuthorisePayment(PaymentCommand):
    """Reserve the amount."""

    TYPE: ClassVar[str] = "payment.authorise"

    method: PaymentMethod
    vpa: str | None = None
    card: CardReference | None = None
    merchant_name: str | None = None
    """For a challenge's page: told only when a buyer may be asked to authenticate."""
    created_at: datetime


class CapturePayment(PaymentCommand):
    """Take `amount_minor` of the authorisation and release the rest. The api has already decided it."""

    TYPE: ClassVar[str] = "payment.capture"

    card: CardReference | None = None


class VoidPayment(PaymentCommand):
    """Release the whole authorisation: canceled, expired, or a success that came too late."""

    TYPE: ClassVar[str] = "payment.void"
