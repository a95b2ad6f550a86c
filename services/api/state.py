"""Pure decisions: what an order, a payment or a refund may do next, and what follows. No I/O.

A decision takes the objects as they are under their locks and returns them as they become, with the events to
tell, the commands to send and the postings to write. It raises Refused when the request can't be granted.

Objects are named tuples: a frozen dataclass of thirty fields takes ten times as long to copy, several times a payment.

    payment   pending → requires_action | success | failed      requires_action → pending | failed
              success → canceled | expired (uncaptured only)
    order     created → attempted → paid
    refund    pending → processed | failed
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from contracts.events.payment import CaptureMode, PaymentMethod, PaymentStatus, RefundStatus
from contracts.events.payment_command import CardReference
from contracts.events.refund import RefundKind, RefundState

Account = Literal["merchant_balance", "acquirer_receivable", "refunds_payable", "fees"]
CommandKind = Literal["authorise", "capture", "void", "refund"]
OPEN_STATUSES = ("pending", "requires_action")


class Refused(Exception):
    """The request can't be granted as things are: a 400 that an idempotency key keeps. `reason` is for programs."""

    def __init__(self, description: str, reason: str) -> None:
        super().__init__(description)
        self.reason = reason


class Order(NamedTuple):
    """What is to be paid. Amounts in minor units."""

    id: str
    merchant_id: str
    amount_minor: int
    currency: str
    receipt: str | None
    notes: dict[str, Any]
    status: Literal["created", "attempted", "paid"]
    amount_paid_minor: int
    attempts: int
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None = None
    """No payment is begun from this instant on; one that began before may still succeed."""


class Payment(NamedTuple):
    """One try to pay an order. `deadline_at` is when the gateway itself acts if nothing happens before.

    `challenge_url`: where its buyer was asked to authenticate, once; it counts while the status is requires_action.
    `dispute`: as the API shows it, once the cardholder has asked for the money back.
    """

    id: str
    merchant_id: str
    order_id: str
    attempt_id: str
    amount_minor: int
    currency: str
    method: PaymentMethod
    vpa: str | None
    card: CardReference | None
    status: PaymentStatus
    capture_mode: CaptureMode
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    deadline_at: datetime | None
    captured: bool = False
    amount_captured_minor: int = 0
    amount_refunded_minor: int = 0
    refund_pending_minor: int = 0
    amount_reversed_minor: int = 0
    reversal_pending_minor: int = 0
    capture_before: datetime | None = None
    error_code: str | None = None
    error_description: str | None = None
    decline_code: str | None = None
    challenge_url: str | None = None
    dispute: dict[str, Any] | None = None
    fee_minor: int = 0
    sequence: int = 0
    timeline: tuple[dict[str, Any], ...] = ()
    """Each transition with its instant, cause and actor, oldest first."""

    @property
    def capturable_minor(self) -> int:
        """What is still reserved: reversals that are under way count as done."""
        return self.amount_minor - self.amount_reversed_minor - self.reversal_pending_minor

    @property
    def refundable_minor(self) -> int:
        """What can still be given back: refunds that are under way count as done."""
        if not self.captured:
            return self.capturable_minor
        return self.amount_captured_minor - self.amount_refunded_minor - self.refund_pending_minor

    @property
    def refund_status(self) -> RefundStatus:
        """How much was given back, captured or not."""
        given = self.amount_refunded_minor + self.amount_reversed_minor
        whole = self.amount_captured_minor if self.captured else self.amount_minor
        if self.amount_refunded_minor >= whole or (not self.captured and given >= whole):
            return "full"
        if given:
            return "partial"
        return "pending" if self.refund_pending_minor + self.reversal_pending_minor else "none"


class Refund(NamedTuple):
    """Money on its way back (`refund`), or an authorisation made smaller (`reversal`)."""

    id: str
    payment_id: str
    merchant_id: str
    amount_minor: int
    currency: str
    kind: RefundKind
    reason: str | None
    status: RefundState
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    processed_at: datetime | None = None
    error_code: str | None = None
    error_description: str | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that sum to zero, caused by the decision's first event; debits positive, none of zero."""

    entries: tuple[tuple[Account, int], ...]

    @classmethod
    def of(cls, amounts_minor: Mapping[Account, int]) -> "Posting":
        """From amounts by account."""
        return cls(tuple((account, amount) for account, amount in amounts_minor.items() if amount))


class Decision(NamedTuple):
    """What follows. Objects that did not change are None; `command` names what to ask of the acquirer."""

    order: Order | None = None
    payment: Payment | None = None
    refund: Refund | None = None
    events: tuple[str, ...] = ()
    command: CommandKind | None = None
    posting: Posting | None = None


NOTHING = Decision()


@dataclass(frozen=True, slots=True)
class Fee:
    """What the gateway keeps of each capture: a share in hundredths of a percent, and an amount in minor units."""

    basis_points: int = 0
    fixed_minor: int = 0

    def of(self, amount_minor: int) -> int:
        """The fee of a captured amount, in minor units: the share rounded half up, never more than the amount."""
        share_minor = (amount_minor * self.basis_points + 5_000) // 10_000
        return min(share_minor + self.fixed_minor, amount_minor)


NO_FEE = Fee()


@dataclass(frozen=True, slots=True)
class Terms:
    """The gateway's own terms: how long a payment may be pending and an authorisation captured, and what it keeps."""

    pending_timeout: timedelta
    capture_window: timedelta
    fee: Fee = NO_FEE


def start_payment(order: Order, payment: Payment) -> Decision:
    """A new payment on its order."""
    if order.status == "paid":
        raise Refused("Order is already paid", "order_already_paid")
    if order.expires_at is not None and payment.created_at >= order.expires_at:
        raise Refused("Order has expired", "order_expired")
    attempted = order._replace(status="attempted", attempts=order.attempts + 1, updated_at=payment.created_at)
    return Decision(
        order=attempted, payment=payment, events=("payment.created", "payment.pending"), command="authorise"
    )


def start_buyers_payment(order: Order, payment: Payment, attempts_max: int) -> Decision:
    """The same for who needs no credentials: an order that anybody may try to pay is not to try out cards with."""
    if order.status != "paid" and order.attempts >= attempts_max:
        raise Refused("Too many payments of this order were tried; ask the shop for a new one", "too_many_attempts")
    return start_payment(order, payment)


def challenge(payment: Payment, url: str, now: datetime) -> Decision:
    """The acquirer wants the buyer to authenticate first. Once: what comes again, or late, changes nothing."""
    if payment.status != "pending" or payment.challenge_url is not None:
        return NOTHING
    asked = payment._replace(status="requires_action", challenge_url=url, updated_at=now)
    return Decision(payment=asked, events=("payment.requires_action",))


def resume(payment: Payment, now: datetime) -> Decision:
    """The buyer has answered the challenge: the acquirer decides again."""
    if payment.status != "requires_action":
        return NOTHING
    return Decision(payment=payment._replace(status="pending", updated_at=now), events=("payment.pending",))


def approve(order: Order, payment: Payment, now: datetime, terms: Terms) -> Decision:
    """The acquirer authorised. What came too late never becomes a success: it is voided.

    A payment that requires action is resumed first, whether or not the buyer's answer was told before.
    """
    if payment.status == "requires_action":
        raise ValueError(f"{payment.id} requires action: resume it before it succeeds")
    if payment.status == "pending":
        if order.status == "paid":
            return _lost_race(payment, now)
        if _is_overdue(payment, now):
            return _came_late(payment, now, events=("payment.failed",))
        paid = order._replace(status="paid", amount_paid_minor=order.amount_minor, updated_at=now)
        success = payment._replace(
            status="success",
            capture_before=now + terms.capture_window,
            deadline_at=now + terms.capture_window,
            updated_at=now,
        )
        return Decision(order=paid, payment=success, events=("payment.success",))
    if payment.status == "failed" and payment.error_code == "PAYMENT_TIMEOUT":
        return _came_late(payment, now, events=())
    return NOTHING  # the same result again


def _came_late(payment: Payment, now: datetime, events: tuple[str, ...]) -> Decision:
    """Whether or not a timer has told before that the payment's time is over."""
    late = payment._replace(
        status="failed",
        error_code="LATE_SUCCESS",
        error_description="The acquirer approved after the payment had timed out; the approval was voided",
        deadline_at=None,
        updated_at=now,
    )
    return Decision(payment=late, events=events, command="void")


def _lost_race(payment: Payment, now: datetime) -> Decision:
    failed = payment._replace(
        status="failed",
        error_code="ORDER_ALREADY_PAID",
        error_description="Another payment of the order succeeded first; this one was voided",
        deadline_at=None,
        updated_at=now,
    )
    return Decision(payment=failed, events=("payment.failed",), command="void")


def decline(payment: Payment, decline_code: str, description: str, now: datetime) -> Decision:
    """The acquirer refused."""
    if payment.status not in OPEN_STATUSES:
        return NOTHING
    failed = payment._replace(
        status="failed",
        error_code="PAYMENT_FAILED",
        error_description=description,
        decline_code=decline_code,
        deadline_at=None,
        updated_at=now,
    )
    return Decision(payment=failed, events=("payment.failed",))


def capture(payment: Payment, amount_minor: int | None, now: datetime, fee: Fee) -> Decision:
    """Take all or a part, once; the rest of the authorisation is released. The fee is the one in force now."""
    if not _is_capturable(payment, now):
        raise Refused("Payment not in capturable state", "not_capturable")
    amount = payment.capturable_minor if amount_minor is None else amount_minor
    if amount > payment.capturable_minor:
        raise Refused("Capture amount exceeds the amount that can be captured", "exceeds_capturable")
    kept = fee.of(amount)
    captured = payment._replace(
        captured=True, amount_captured_minor=amount, fee_minor=kept, deadline_at=None, updated_at=now
    )
    posting = Posting.of({"acquirer_receivable": amount, "merchant_balance": kept - amount, "fees": -kept})
    return Decision(payment=captured, events=("payment.captured",), command="capture", posting=posting)


def cancel(payment: Payment, now: datetime) -> Decision:
    """Void the authorisation before it is captured."""
    if not _is_capturable(payment, now, least_minor=0):
        raise Refused("Payment not in cancelable state", "not_cancelable")
    canceled = payment._replace(status="canceled", deadline_at=None, updated_at=now)
    return Decision(payment=canceled, events=("payment.canceled",), command="void")


def _is_capturable(payment: Payment, now: datetime, least_minor: int = 1) -> bool:
    """The deadline is state: it counts from its instant on, whether or not a timer has fired."""
    return (
        payment.status == "success"
        and not payment.captured
        and payment.capture_before is not None
        and now < payment.capture_before
        and payment.capturable_minor >= least_minor
    )


def pass_deadline(payment: Payment, now: datetime) -> Decision:
    """The gateway's own timer: pending for too long, or never captured."""
    if not _is_overdue(payment, now):
        return NOTHING
    if payment.status in OPEN_STATUSES:
        failed = payment._replace(
            status="failed",
            error_code="PAYMENT_TIMEOUT",
            error_description="The payment was not completed in time",
            deadline_at=None,
            updated_at=now,
        )
        if payment.status == "requires_action":
            failed = failed._replace(
                error_description="The buyer did not authenticate in time",
                decline_code="authentication_timeout",
            )
        return Decision(payment=failed, events=("payment.failed",), command="void")
    expired = payment._replace(status="expired", deadline_at=None, updated_at=now)
    return Decision(payment=expired, events=("payment.expired",), command="void")


def _is_overdue(payment: Payment, now: datetime) -> bool:
    return payment.deadline_at is not None and now >= payment.deadline_at


def open_dispute(payment: Payment, dispute: dict[str, Any], now: datetime) -> Decision:
    """The cardholder wants the money of a captured payment back. It stays where it is until somebody decides."""
    if payment.dispute is not None or not payment.captured:
        return NOTHING
    disputed = payment._replace(dispute=dispute, updated_at=now)
    return Decision(payment=disputed, events=("payment.disputed",))


def start_refund(payment: Payment, refund: Refund, amount_minor: int | None) -> Decision:
    """Take room for a refund. Its kind is fixed here, under the payment's lock: a reversal before capture."""
    if payment.status != "success" or not (payment.captured or _is_capturable(payment, refund.created_at, 0)):
        raise Refused("Payment not in refundable state", "not_refundable")
    room = payment.refundable_minor
    amount = room if amount_minor is None else amount_minor
    if amount > room or amount <= 0:
        raise Refused("Refund amount exceeds available amount", "exceeds_refundable")
    if payment.captured:
        held = payment._replace(
            refund_pending_minor=payment.refund_pending_minor + amount, updated_at=refund.created_at
        )
        posting = Posting.of({"merchant_balance": amount, "refunds_payable": -amount})
        started = refund._replace(kind="refund", amount_minor=amount)
        return Decision(payment=held, refund=started, events=("refund.created",), command="refund", posting=posting)
    held = payment._replace(
        reversal_pending_minor=payment.reversal_pending_minor + amount, updated_at=refund.created_at
    )
    started = refund._replace(kind="reversal", amount_minor=amount)
    return Decision(payment=held, refund=started, events=("refund.created",), command="refund")


def finish_refund(payment: Payment, refund: Refund, now: datetime) -> Decision:
    """The acquirer gave the money back, or released it."""
    if refund.status != "pending":
        return NOTHING
    amount = refund.amount_minor
    done = refund._replace(status="processed", processed_at=now, updated_at=now)
    if refund.kind == "reversal":
        released = payment._replace(
            reversal_pending_minor=payment.reversal_pending_minor - amount,
            amount_reversed_minor=payment.amount_reversed_minor + amount,
            updated_at=now,
        )
        return Decision(payment=released, refund=done, events=("refund.processed",))
    returned = payment._replace(
        refund_pending_minor=payment.refund_pending_minor - amount,
        amount_refunded_minor=payment.amount_refunded_minor + amount,
        updated_at=now,
    )
    posting = Posting.of({"refunds_payable": amount, "acquirer_receivable": -amount})
    return Decision(payment=returned, refund=done, events=("refund.processed",), posting=posting)


def fail_refund(payment: Payment, refund: Refund, error_code: str, description: str, now: datetime) -> Decision:
    """The acquirer refused for good: the refund's room is free again."""
    if refund.status != "pending":
        return NOTHING
    amount = refund.amount_minor
    failed = refund._replace(status="failed", error_code=error_code, error_description=description, updated_at=now)
    if refund.kind == "reversal":
        free = payment._replace(reversal_pending_minor=payment.reversal_pending_minor - amount, updated_at=now)
        return Decision(payment=free, refund=failed, events=("refund.failed",))
    free = payment._replace(refund_pending_minor=payment.refund_pending_minor - amount, updated_at=now)
    posting = Posting.of({"refunds_payable": amount, "merchant_balance": -amount})
    return Decision(payment=free, refund=failed, events=("refund.failed",), posting=posting)
