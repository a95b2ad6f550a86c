"""The shop's book of orders: what it asked the gateway for, and what it has been told since. Bounded, memory only.

Two proofs make an order paid. The browser comes back with a signature (or the shop asks the api itself, when the buyer
closed the window), and the gateway's webhook tells of the same payment. Either alone is not enough.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from contracts.events.payment import Payment
from contracts.events.refund import Refund
from examples.shop.cart import Line
from examples.shop.deliveries import Delivery

WITHHELD: Final = frozenset({"lost_card", "stolen_card", "fraudulent"})
"""Why a card was declined, where who holds it may not be its owner: the buyer's page does not say it. The shopkeeper's
page of the webhooks does."""


class Stage(StrEnum):
    """How far an order is, in one word."""

    OPEN = "open"
    CONFIRMING = "confirming"
    PAID = "paid"
    CAPTURED = "captured"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


class Proof(NamedTuple):
    """That this payment succeeded, and since when the shop knows."""

    payment_id: str
    at_s: float
    delivery: int | None = None
    """Of the webhook: which delivery told it."""
    attempt: int | None = None


class GivenBack(NamedTuple):
    """A refund, as last told."""

    status: str
    amount_minor: int


@dataclass(slots=True)
class Order:
    """One order of the gateway's, and what the shop knows of it."""

    id: str
    cart_id: str
    lines: tuple[Line, ...]
    amount_minor: int
    currency: str
    receipt: str
    made_at_s: float
    returned: Proof | None = None
    """The browser came back with a signature that fits."""
    asked: Proof | None = None
    """Nobody came back, so the shop asked the api, which said success."""
    told: Proof | None = None
    """The webhook payment.success."""
    captured_minor: int = 0
    captured_at_s: float | None = None
    refunds: dict[str, GivenBack] = field(default_factory=dict)
    declines: dict[str, str] = field(default_factory=dict)
    """Payment to why it failed: the buyer may try again, with another payment of the same order."""
    problem: str | None = None
    """For people: what keeps the order from going on, and what to do."""
    came_back: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_paid(self) -> bool:
        """Both proofs are there, and of the same payment."""
        first = self.returned or self.asked
        return first is not None and self.told is not None and first.payment_id == self.told.payment_id

    @property
    def paid_at_s(self) -> float | None:
        """When the second proof came."""
        first = self.returned or self.asked
        return max(first.at_s, self.told.at_s) if first and self.told and self.is_paid else None

    @property
    def payment_id(self) -> str | None:
        """The payment that pays it, as soon as one is known."""
        proof = self.told or self.returned or self.asked
        return proof.payment_id if proof else None

    @property
    def stage(self) -> Stage:
        """How far it is."""
        statuses = {refund.status for refund in self.refunds.values()}
        if "pending" in statuses:
            return Stage.REFUNDING
        if "processed" in statuses:
            return Stage.REFUNDED
        if self.captured_at_s is not None:
            return Stage.CAPTURED
        if self.is_paid:
            return Stage.PAID
        return Stage.CONFIRMING if self.payment_id else Stage.OPEN

    def came_back_with(self, payment_id: str, now_s: float) -> None:
        """The browser's signature fits. A second time says nothing new."""
        if self.returned is None:
            self.returned = Proof(payment_id, now_s)
            self.problem = None
        self.came_back.set()

    def hear(self, event: str, payment: Payment, refund: Refund | None, delivery: Delivery) -> bool:
        """What a webhook tells of this order's payment; may come twice, and in any order. True when it is news that the
        order's payment succeeded."""
        if event == "payment.failed":
            told = payment.decline_code not in WITHHELD and payment.error_description
            self.declines[payment.id] = told or "The payment was declined"
        elif event == "payment.captured":
            self.was_captured(payment.amount_captured, delivery.received_at_s)
        elif refund is not None:
            self.was_refunded(refund.id, refund.status, refund.amount)
        elif event == "payment.success" and self.told is None:
            if (payment.amount, payment.currency) != (self.amount_minor, self.currency):
                self.problem = f"The webhook tells of {payment.currency} {payment.amount}, not of this order's amount."
                return False
            self.told = Proof(payment.id, delivery.received_at_s, delivery.number, delivery.attempt)
            return True
        return False

    def was_captured(self, amount_minor: int, at_s: float) -> None:
        """The api's answer and the webhook both say so; the first one counts."""
        if self.captured_at_s is None:
            self.captured_minor, self.captured_at_s, self.problem = amount_minor, at_s, None

    def was_refunded(self, refund_id: str, status: str, amount_minor: int) -> None:
        """A refund that has ended is not pending again, though an older webhook may come late."""
        known = self.refunds.get(refund_id)
        if known is None or known.status == "pending":
            self.refunds[refund_id] = GivenBack(status, amount_minor)


class Orders:
    """The last orders; used from one event loop only."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._orders: OrderedDict[str, Order] = OrderedDict()

    def add(self, order: Order) -> Order:
        """Remember it; the one that is remembered already, when the gateway answered with the same order again."""
        known = self._orders.setdefault(order.id, order)
        if len(self._orders) > self._kept:
            self._orders.popitem(last=False)
        return known

    def find(self, order_id: str) -> Order | None:
        """One order, if it is still remembered."""
        return self._orders.get(order_id)

    def newest(self) -> Iterator[Order]:
        """All of them, the newest first."""
        return reversed(self._orders.values())

    def is_bought(self, cart_id: str) -> bool:
        """Whether a payment for what was in this cart is known: then the buyer needs a new cart."""
        return any(order.cart_id == cart_id and order.payment_id for order in self._orders.values())
