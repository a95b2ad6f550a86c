"""`payment.events`: public. What happened to a payment, with the whole payment as the API shows it."""

from datetime import datetime
from typing import ClassVar, Literal

from contracts.events.base import Event, Metadata, Model, Sequence
from contracts.money import AmountMinor, Currency

PaymentStatus = Literal["pending", "requires_action", "success", "failed", "canceled", "expired"]
PaymentMethod = Literal["upi", "card"]
CaptureMode = Literal["manual", "automatic"]
RefundStatus = Literal["none", "pending", "partial", "full"]


class NextAction(Model):
    """What the buyer has to do before the payment goes on: open `url`, in a window or a frame."""

    type: Literal["redirect_to_url"]
    url: str
    """Where the buyer proves to be the cardholder."""


class Dispute(Model):
    """The cardholder asks the issuer for the money back. It moves none by itself."""

    id: str
    amount: AmountMinor
    currency: Currency
    reason: str
    status: Literal["needs_response"]
    created_at: datetime


class Payment(Model):
    """A payment as the API shows it. Amounts are minor units; `vpa` stands for UPI, `card_*` for cards."""

    id: str
    merchant_id: str
    order_id: str
    amount: AmountMinor
    currency: Currency
    method: PaymentMethod
    vpa: str | None = None
    """The payer's UPI address."""
    card_network: str | None = None
    card_last4: str | None = None
    status: PaymentStatus
    """`success` means authorised, and stays when it is captured or refunded: the fields below tell the rest."""
    next_action: NextAction | None = None
    """There while the status is `requires_action`."""
    capture: CaptureMode
    """`automatic` takes the money as soon as the payment succeeds."""
    captured: bool
    amount_captured: AmountMinor
    amount_refunded: AmountMinor
    """What was given back after capture; refunds under way are not in it yet."""
    amount_reversed: AmountMinor
    """What was released before capture, and so can't be captured any more; reversals under way are not in it yet."""
    refund_status: RefundStatus
    fee: AmountMinor = 0
    """What the gateway kept of the captured amount; a refund does not give it back."""
    disputed: bool = False
    dispute: Dispute | None = None
    """There once the payment is disputed."""
    capture_before: datetime | None
    """From this instant on it can't be captured any more."""
    error_code: str | None
    """Why it failed; see /docs/errors."""
    error_description: str | None
    decline_code: str | None
    """The issuer's or bank's reason, with the error code `PAYMENT_FAILED`."""
    metadata: Metadata
    """Yours: kept as it was sent, and shown wherever the payment is."""
    created_at: datetime
    updated_at: datetime


class PaymentEvent(Event):
    """The shape of every event about a payment."""

    sequence: Sequence
    """Counts the payment's events from 1, without a gap."""
    merchant_id: str
    payment: Payment


class PaymentCreated(PaymentEvent):
    """The gateway accepted the request to pay."""

    TYPE: ClassVar[str] = "payment.created"


class PaymentPending(PaymentEvent):
    """The payment is on its way to the acquirer, for the first time or again after the buyer authenticated."""

    TYPE: ClassVar[str] = "payment.pending"


class PaymentRequiresAction(PaymentEvent):
    """The acquirer wants the buyer to authenticate: `next_action` says where."""

    TYPE: ClassVar[str] = "payment.requires_action"


class PaymentSuccess(PaymentEvent):
    """The acquirer authorised the payment."""

    TYPE: ClassVar[str] = "payment.success"


class PaymentFailed(PaymentEvent):
    """The payment was declined, timed out, or came too late to count."""

    TYPE: ClassVar[str] = "payment.failed"


class PaymentCaptured(PaymentEvent):
    """All or a part was captured; the rest of the authorisation is released."""

    TYPE: ClassVar[str] = "payment.captured"


class PaymentCanceled(PaymentEvent):
    """The merchant voided the authorisation before capture."""

    TYPE: ClassVar[str] = "payment.canceled"


class PaymentExpired(PaymentEvent):
    """The authorisation was not captured in time."""

    TYPE: ClassVar[str] = "payment.expired"


class PaymentDisputed(PaymentEvent):
    """The cardholder disputed a captured payment."""

    TYPE: ClassVar[str] = "payment.disputed"
