"""`refund.events`: public. What happened to a refund, with the refund and its payment as the API shows them."""

from datetime import datetime
from typing import ClassVar, Literal

from contracts.events.base import Event, Metadata, Model, Sequence
from contracts.events.payment import Payment
from contracts.money import AmountMinor, Currency

RefundState = Literal["pending", "processed", "failed"]
RefundKind = Literal["refund", "reversal"]


class Refund(Model):
    """A refund as the API shows it. A `reversal` was asked for before capture and moves no money."""

    id: str
    payment_id: str
    merchant_id: str
    amount: AmountMinor
    currency: Currency
    kind: RefundKind
    """Fixed when it was asked for."""
    reason: str | None
    """Yours."""
    status: RefundState
    metadata: Metadata
    """Yours: kept as it was sent."""
    error_code: str | None
    """Why it failed; see /docs/errors."""
    error_description: str | None
    created_at: datetime
    updated_at: datetime
    processed_at: datetime | None


class RefundEvent(Event):
    """The shape of every event about a refund; `sequence` counts the refund's own events."""

    sequence: Sequence
    """Counts the refund's events from 1, without a gap."""
    merchant_id: str
    refund: Refund
    payment: Payment
    """Its payment at that moment."""


class RefundCreated(RefundEvent):
    """The refund was accepted and its room taken."""

    TYPE: ClassVar[str] = "refund.created"


class RefundProcessed(RefundEvent):
    """The acquirer gave the money back, or released it."""

    TYPE: ClassVar[str] = "refund.processed"


class RefundFailed(RefundEvent):
    """The acquirer refused; the refund's room is free again."""

    TYPE: ClassVar[str] = "refund.failed"
