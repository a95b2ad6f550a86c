"""What should be: orders, payments and refunds as a person would keep them in a book. Shares nothing with the services.

A book keeps no running sums. It has a list of refunds and adds up what they come to whenever it wants to know.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Told = tuple[int, str]
"""How a request is answered: the status, and what a refusal says."""


@dataclass(slots=True)
class Refund:
    """`before_capture`: it makes the authorisation smaller, and moves no money."""

    id: str
    amount: int
    before_capture: bool
    status: str = "pending"


@dataclass(slots=True)
class Payment:
    """One try to pay an order."""

    id: str
    order: "Order"
    capture_by_itself: bool
    pending_until: datetime
    status: str = "pending"
    error: str | None = None
    capture_before: datetime | None = None
    captured: int = 0
    refunds: list[Refund] = field(default_factory=list)
    events: list[str] = field(default_factory=lambda: ["payment.created", "payment.pending"])

    def given(self, *, before_capture: bool, statuses: tuple[str, ...]) -> int:
        """The sum of its refunds of one kind."""
        return sum(r.amount for r in self.refunds if r.before_capture is before_capture and r.status in statuses)

    @property
    def reserved(self) -> int:
        """What the authorisation still holds for a capture."""
        return self.order.amount - self.given(before_capture=True, statuses=("pending", "processed"))

    @property
    def room(self) -> int:
        """What a refund may still give back."""
        if not self.captured:
            return self.reserved
        return self.captured - self.given(before_capture=False, statuses=("pending", "processed"))

    def is_open_for_capture(self, now: datetime) -> bool:
        """Authorised, not captured, not too late."""
        return (
            self.status == "success"
            and not self.captured
            and self.capture_before is not None
            and now < self.capture_before
        )

    def view(self) -> dict[str, Any]:
        """The part of the API's view that is foretold."""
        refunded = self.given(before_capture=False, statuses=("processed",))
        reversed_ = self.given(before_capture=True, statuses=("processed",))
        whole = self.captured or self.order.amount
        pending = any(refund.status == "pending" for refund in self.refunds)
        full = refunded >= whole if self.captured else reversed_ >= whole
        some = refunded + reversed_ > 0
        return {
            "status": self.status,
            "error_code": self.error,
            "captured": bool(self.captured),
            "amount_captured": self.captured,
            "amount_refunded": refunded,
            "amount_reversed": reversed_,
            "refund_status": "full" if full else "partial" if some else "pending" if pending else "none",
        }


@dataclass(slots=True)
class Order:
    """What is to be paid."""

    id: str
    amount: int
    payments: list[Payment] = field(default_factory=list)

    @property
    def paid(self) -> bool:
        """By a payment that succeeded, whatever became of it afterwards."""
        return any(payment.status in ("success", "canceled", "expired") for payment in self.payments)

    def view(self) -> dict[str, Any]:
        """The part of the API's view that is foretold."""
        return {
            "status": "paid" if self.paid else "attempted" if self.payments else "created",
            "amount_paid": self.amount if self.paid else 0,
            "amount_due": 0 if self.paid else self.amount,
            "attempts": len(self.payments),
        }


class Book:
    """Everything of one merchant."""

    def __init__(self, *, pending_timeout: timedelta, capture_window: timedelta) -> None:
        self._pending_timeout = pending_timeout
        self._capture_window = capture_window
        self.orders: dict[str, Order] = {}
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, tuple[Payment, Refund]] = {}

    # ── What merchants ask, foretold before it is asked ──

    def foretell_payment(self, order: Order) -> Told:
        """POST /payments"""
        return (400, "Order is already paid") if order.paid else (201, "")

    def foretell_capture(self, payment: Payment, amount: int | None, now: datetime) -> Told:
        """POST /payments/{id}/capture"""
        if not payment.is_open_for_capture(now) or payment.reserved == 0:
            return 400, "Payment not in capturable state"
        if amount is not None and amount > payment.reserved:
            return 400, "Capture amount exceeds the amount that can be captured"
        return 200, ""

    def foretell_cancel(self, payment: Payment, now: datetime) -> Told:
        """POST /payments/{id}/cancel"""
        return (200, "") if payment.is_open_for_capture(now) else (400, "Payment not in cancelable state")

    def foretell_refund(self, payment: Payment, amount: int | None, now: datetime) -> Told:
        """POST /payments/{id}/refunds"""
        if not (payment.captured or payment.is_open_for_capture(now)):
            return 400, "Payment not in refundable state"
        if payment.room == 0 or (amount is not None and amount > payment.room):
            return 400, "Refund amount exceeds available amount"
        return 201, ""

    # ── What was granted ──

    def enter_order(self, order_id: str, amount: int) -> Order:
        """A new order."""
        self.orders[order_id] = Order(order_id, amount)
        return self.orders[order_id]

    def enter_payment(self, payment_id: str, order: Order, now: datetime, *, capture_by_itself: bool) -> Payment:
        """A new payment."""
        payment = Payment(payment_id, order, capture_by_itself, now + self._pending_timeout)
        order.payments.append(payment)
        self.payments[payment_id] = payment
        return payment

    def enter_capture(self, payment: Payment, amount: int | None) -> None:
        """Money taken."""
        payment.captured = payment.reserved if amount is None else amount
        payment.events.append("payment.captured")

    def enter_cancel(self, payment: Payment) -> None:
        """The authorisation given up."""
        payment.status = "canceled"
        payment.events.append("payment.canceled")

    def enter_refund(self, refund_id: str, payment: Payment, amount: int | None) -> Refund:
        """Room taken for a refund."""
        refund = Refund(refund_id, payment.room if amount is None else amount, before_capture=not payment.captured)
        payment.refunds.append(refund)
        self.refunds[refund_id] = payment, refund
        return refund

    # ── What the acquirer says, and time ──

    def hear_approval(self, payment_id: str, now: datetime) -> None:
        """Authorised: a success, unless it comes too late for anything."""
        payment = self.payments[payment_id]
        if payment.status == "pending" and payment.order.paid:
            self._fail(payment, "ORDER_ALREADY_PAID")
        elif payment.status == "pending" and now >= payment.pending_until:
            self._fail(payment, "LATE_SUCCESS")
        elif payment.status == "pending":
            payment.status, payment.capture_before = "success", now + self._capture_window
            payment.events.append("payment.success")
            if payment.capture_by_itself:
                self.enter_capture(payment, None)
        elif payment.error == "PAYMENT_TIMEOUT":
            payment.error = "LATE_SUCCESS"

    def hear_decline(self, payment_id: str) -> None:
        """Not authorised."""
        payment = self.payments[payment_id]
        if payment.status == "pending":
            self._fail(payment, "PAYMENT_FAILED")

    def hear_refund(self, refund_id: str, *, succeeded: bool) -> None:
        """Money given back, or not."""
        _, refund = self.refunds[refund_id]
        if refund.status == "pending":
            refund.status = "processed" if succeeded else "failed"

    def pass_time(self, now: datetime) -> list[Payment]:
        """The gateway's timers have fired; the payments that they ended."""
        ended = []
        for payment in self.payments.values():
            if payment.status == "pending" and now >= payment.pending_until:
                self._fail(payment, "PAYMENT_TIMEOUT")
            elif payment.status == "success" and not payment.captured and not payment.is_open_for_capture(now):
                payment.status = "expired"
                payment.events.append("payment.expired")
            else:
                continue
            ended.append(payment)
        return ended

    def _fail(self, payment: Payment, error: str) -> None:
        payment.status, payment.error = "failed", error
        payment.events.append("payment.failed")
