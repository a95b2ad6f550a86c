"""`refund.commands`: what the api asks the refunder to do at the acquirer; repeatable, `refund_id` is the key."""

from typing import ClassVar

from contracts.events.base import Event
from contracts.events.refund import RefundKind
from contracts.money import AmountMinor, Currency
from contracts.test_cards import TestCard


class ExecuteRefund(Event):
    """Give money back (`refund`) or lower what can still be captured (`reversal`); the api has fixed which."""

    TYPE: ClassVar[str] = "refund.execute"

    refund_id: str
    payment_id: str
    merchant_id: str
    kind: RefundKind
    amount_minor: AmountMinor
    currency: Currency
    test_card: TestCard | None = None
