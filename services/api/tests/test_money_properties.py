"""The money rules after every step of any sequence of commands, results and timers: doubled, reordered, too late.

Everything goes through the workspace as a batch does it, without a database. The rules are said here once more, in
their own words, and each of some planted faults is found first.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contracts.money import AMOUNT_MAX_MINOR
from contracts.topics import PAYMENT_EVENTS
from services.api import state
from services.api.origin import Origin
from services.api.state import Decision, Fee, Order, Payment, Posting, Refund, Refused, Terms
from services.api.workspace import Workspace

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
WINDOW: Final = timedelta(days=7)
TEST: Final = Origin("gateway", "a test")
LEGAL: Final = {
    "pending": {"requires_action", "success", "failed"},
    "requires_action": {"pending", "failed"},
    "success": {"canceled", "expired"},
    "failed": set[str](),
    "canceled": set[str](),
    "expired": set[str](),
}
AMOUNTS: Final = st.one_of(
    st.sampled_from([1, 2, 99, 100, AMOUNT_MAX_MINOR]), st.integers(min_value=1, max_value=AMOUNT_MAX_MINOR)
)
FEES: Final = st.builds(
    Fee,
    basis_points=st.one_of(st.sampled_from([0, 1, 290, 10_000]), st.integers(0, 10_000)),
    fixed_minor=st.one_of(st.sampled_from([0, 1, 30, AMOUNT_MAX_MINOR]), st.integers(0, 10_000)),
)
SHARES: Final = st.sampled_from([0, 1, 250, 499, 500, 999, 1000, 1001])
"""Of a payment's amount, in thousandths: halves, all, a bit more than all, and (0) everything that is left."""


class Payments(RuleBasedStateMachine):
    """One merchant's orders and payments."""

    payments = Bundle("payments")
    refunds = Bundle("refunds")

    def __init__(self) -> None:
        super().__init__()
        self.work = Workspace(NOW)
        self.terms = Terms(timedelta(minutes=15), WINDOW)
        self.count = 0

    @initialize(fee=FEES)
    def opens(self, fee: Fee) -> None:
        self.terms = replace(self.terms, fee=fee)

    # ── What merchants ask ──

    @rule(target=payments, amount=AMOUNTS, currency=st.sampled_from(["INR", "USD", "JPY"]), tries=st.integers(1, 3))
    def pays(self, amount: int, currency: str, tries: int) -> Any:
        order_id = self._order(amount, currency)
        return multiple(*[self._begin(order_id) for _ in range(tries)])

    @rule(target=payments, other=payments)
    def pays_again(self, other: str) -> Any:
        try:
            return self._begin(self.work.payments[other].order_id)
        except Refused:
            return multiple()

    @rule(target=payments, amount=AMOUNTS, captured=st.booleans(), share=SHARES)
    def pays_with_success(self, amount: int, captured: bool, share: int) -> str:
        payment = self._begin(self._order(amount, "INR"))
        self.approves(payment)
        if captured:
            self.captures(payment, share)
        return payment

    @rule(payment=payments, share=SHARES)
    def captures(self, payment: str, share: int) -> None:
        before, amount = self.work.payments[payment], self._part(payment, share)
        self._try(lambda: state.capture(before, amount, self.now, self.terms.fee))
        if self.work.payments[payment].captured and not before.captured:
            assert before.capture_before is not None
            assert self.now < before.capture_before, "captured too late"

    @rule(payment=payments)
    def cancels(self, payment: str) -> None:
        self._try(lambda: state.cancel(self.work.payments[payment], self.now))

    @rule(target=refunds, payment=payments, share=SHARES)
    def refunds_some(self, payment: str, share: int) -> str:
        one, amount = self.work.payments[payment], self._part(payment, share)
        asked = Refund(
            self._name("rfnd"), payment, "m", 0, one.currency, "refund", None, "pending", {}, self.now, self.now
        )
        self._try(lambda: state.start_refund(one, asked, amount))
        return asked.id

    # ── What the acquirer says, once or several times, in any order ──

    @rule(payment=payments)
    def approves(self, payment: str) -> None:
        self._apply(state.resume(self.work.payments[payment], self.now))
        one = self.work.payments[payment]
        self._apply(state.approve(self.work.orders[one.order_id], one, self.now, self.terms))

    @rule(payment=payments)
    def declines(self, payment: str) -> None:
        self._apply(state.decline(self.work.payments[payment], "card_declined", "No", self.now))

    @rule(payment=payments)
    def challenges(self, payment: str) -> None:
        self._apply(state.challenge(self.work.payments[payment], "https://acquirer.example", self.now))

    @rule(refund=refunds)
    def gives_back(self, refund: str) -> None:
        if one := self.work.refunds.get(refund):
            self._apply(state.finish_refund(self.work.payments[one.payment_id], one, self.now))

    @rule(refund=refunds)
    def refuses_to_give_back(self, refund: str) -> None:
        if one := self.work.refunds.get(refund):
            self._apply(state.fail_refund(self.work.payments[one.payment_id], one, "REFUND_FAILED", "No", self.now))

    @rule(passed=st.sampled_from([timedelta(minutes=20), WINDOW]))
    def time_passes(self, passed: timedelta) -> None:
        self.work.now += passed

    @rule(payment=payments)
    def deadline_fires(self, payment: str) -> None:
        self._apply(state.pass_deadline(self.work.payments[payment], self.now))

    # ── What holds after each of them ──

    @invariant()
    def no_money_is_wrong(self) -> None:
        ledger: dict[str, Counter[str]] = defaultdict(Counter)
        postings: Counter[str] = Counter()
        running: Counter[str] = Counter()
        for entry in self.work._entries:
            assert entry.amount_minor != 0
            ledger[entry.payment_id][entry.account] += entry.amount_minor
            postings[entry.event_id] += entry.amount_minor
            running[f"{entry.currency}/{entry.account}"] += entry.amount_minor
        assert not any(postings.values()), "a posting does not sum to zero"
        counted = {name: n for (_, kind, name), n in self.work._counts.items() if kind == "ledger" and n}
        assert counted == {name: amount for name, amount in running.items() if amount}
        for payment in self.work.payments.values():
            self._check_payment(payment, ledger[payment.id])

    def _check_payment(self, payment: Payment, ledger: Counter[str]) -> None:
        given: Counter[tuple[str, str]] = Counter()
        for refund in self.work.refunds.values():
            if refund.payment_id == payment.id:
                given[refund.kind, refund.status] += refund.amount_minor
        reversals = given["reversal", "processed"] + given["reversal", "pending"]
        refunds = given["refund", "processed"] + given["refund", "pending"]
        captured = payment.amount_captured_minor
        assert captured + reversals <= payment.amount_minor
        assert refunds <= captured
        assert payment.amount_reversed_minor == given["reversal", "processed"]
        assert payment.reversal_pending_minor == given["reversal", "pending"]
        assert payment.amount_refunded_minor == given["refund", "processed"]
        assert payment.refund_pending_minor == given["refund", "pending"]
        assert payment.captured == (captured > 0)
        assert 0 <= payment.fee_minor <= captured
        assert payment.refundable_minor >= 0
        assert ledger["acquirer_receivable"] == captured - given["refund", "processed"]
        assert ledger["refunds_payable"] == -given["refund", "pending"]
        assert ledger["fees"] == -payment.fee_minor
        assert sum(ledger.values()) == 0
        assert payment.captured or not ledger

    @invariant()
    def no_state_is_wrong(self) -> None:
        told: dict[str, list[str]] = defaultdict(list)
        for message in self.work._messages:
            if message.topic == PAYMENT_EVENTS.name:
                told[message.subject].append(message.type)
        for payment in self.work.payments.values():
            statuses = [entry["status"] for entry in payment.timeline]
            for before, after in pairwise(["pending", *statuses]):
                assert after == before or after in LEGAL[before], f"{before} to {after}"
            assert statuses[-1] == payment.status
            assert not payment.captured or payment.status == "success"
            assert len(told[payment.id]) == payment.sequence
            assert [e["event"] for e in payment.timeline if str(e["event"]).startswith("payment.")] == told[payment.id]
        for order in self.work.orders.values():
            authorised = [
                payment
                for payment in self.work.payments.values()
                if payment.order_id == order.id and payment.status in ("success", "canceled", "expired")
            ]
            assert len(authorised) <= 1, "an order was paid twice"
            assert (order.status == "paid") == bool(authorised)
            assert order.amount_paid_minor == (order.amount_minor if authorised else 0)

    @invariant()
    def what_was_captured_or_voided_was_asked_of_the_acquirer_once(self) -> None:
        asked = Counter((command.type, command.payment_id) for command in self.work._commands)
        for payment in self.work.payments.values():
            assert asked["payment.authorise", payment.id] == 1
            assert asked["payment.capture", payment.id] == payment.captured
            ended = payment.status in ("canceled", "expired")
            assert asked["payment.void", payment.id] >= ended
            assert not (payment.captured and asked["payment.void", payment.id])
        for command in self.work._commands:
            if command.type == "payment.capture":
                payment = self.work.payments[command.payment_id]
                assert orjson.loads(command.data)["amount_minor"] == payment.amount_captured_minor

    # ── How ──

    @property
    def now(self) -> datetime:
        return self.work.now

    def _name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count:016}"

    def _order(self, amount: int, currency: str) -> str:
        order = Order(self._name("order"), "m", amount, currency, None, {}, "created", 0, 0, self.now, self.now)
        self.work.add_order(order)
        return order.id

    def _begin(self, order_id: str) -> str:
        order = self.work.orders[order_id]
        payment = Payment(
            self._name("pay"), "m", order.id, self._name("att"), order.amount_minor, order.currency, "upi", "a@b", None,
            "pending", "manual", {}, self.now, self.now, self.now + self.terms.pending_timeout,
        )  # fmt: skip
        self._apply(state.start_payment(order, payment))
        return payment.id

    def _part(self, payment: str, share: int) -> int | None:
        whole = self.work.payments[payment].amount_minor
        return max(whole * share // 1000, 1) + (share > 1000) if share else None

    def _try(self, decide: Callable[[], Decision]) -> None:
        try:
            decision = decide()
        except Refused:
            return
        self._apply(decision)

    def _apply(self, decision: Decision) -> None:
        self.work.apply(decision, TEST)


def run(examples: int, steps: int, *, shrink: bool = True) -> None:
    """So many sequences of at most so many steps; always the same ones."""
    config = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, *([Phase.shrink] if shrink else [])],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Payments, settings=config)


def test_the_money_rules_hold_after_every_step() -> None:
    run(50, 30)


@pytest.mark.prove
def test_the_money_rules_hold_after_every_step_of_very_many() -> None:
    run(2000, 60)


Planted = Callable[[pytest.MonkeyPatch], None]


def forgets_pending_refunds(patch: pytest.MonkeyPatch) -> None:
    def room(payment: Payment) -> int:
        left = payment.amount_captured_minor - payment.amount_refunded_minor
        return left if payment.captured else payment.capturable_minor

    patch.setattr(Payment, "refundable_minor", property(room))


def forgets_pending_reversals(patch: pytest.MonkeyPatch) -> None:
    room = property(lambda payment: payment.amount_minor - payment.amount_reversed_minor)
    patch.setattr(Payment, "capturable_minor", room)


def gives_back_twice(patch: pytest.MonkeyPatch) -> None:
    finish = state.finish_refund
    patch.setattr(state, "finish_refund", lambda p, r, now: finish(p, r._replace(status="pending"), now))


def keeps_the_room_of_a_failed_refund(patch: pytest.MonkeyPatch) -> None:
    fail = state.fail_refund

    def failed(payment: Payment, *rest: Any) -> Decision:
        decision = fail(payment, *rest)
        return decision._replace(payment=payment) if decision.payment else decision

    patch.setattr(state, "fail_refund", failed)


def captures_twice(patch: pytest.MonkeyPatch) -> None:
    capture = state.capture
    patch.setattr(state, "capture", lambda p, *rest: capture(p._replace(captured=False), *rest))


def pays_an_order_twice(patch: pytest.MonkeyPatch) -> None:
    approve = state.approve
    patch.setattr(state, "approve", lambda o, *rest: approve(o._replace(status="attempted"), *rest))


def revives_what_timed_out(patch: pytest.MonkeyPatch) -> None:
    approve = state.approve
    patch.setattr(state, "approve", lambda o, p, *rest: approve(o, p._replace(status="pending"), *rest))


def captures_too_late(patch: pytest.MonkeyPatch) -> None:
    def is_capturable(payment: Payment, now: datetime, least_minor: int = 1) -> bool:
        return payment.status == "success" and not payment.captured and payment.capturable_minor >= least_minor

    patch.setattr(state, "_is_capturable", is_capturable)


def forgets_the_fee(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fee, "of", lambda fee, amount: 7)


def posts_the_gross_amount(patch: pytest.MonkeyPatch) -> None:
    of = Posting.of

    def gross(amounts: dict[Any, int]) -> Posting:
        if "fees" in amounts:
            amounts = {**amounts, "merchant_balance": -amounts["acquirer_receivable"], "fees": 0}
        return of(amounts)

    patch.setattr(Posting, "of", gross)


@pytest.mark.parametrize(
    "planted",
    [
        forgets_pending_refunds,
        forgets_pending_reversals,
        gives_back_twice,
        keeps_the_room_of_a_failed_refund,
        captures_twice,
        pays_an_order_twice,
        revives_what_timed_out,
        captures_too_late,
        forgets_the_fee,
        posts_the_gross_amount,
    ],
    ids=lambda planted: planted.__name__,
)
def test_a_planted_fault_is_found(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch)
    with pytest.raises((AssertionError, RuntimeError)):
        run(1000, 30, shrink=False)


def test_a_payment_has_no_amount_that_the_rules_do_not_know() -> None:
    amounts = {name for name in Payment._fields if name.endswith("_minor")}
    assert amounts == {
        "amount_minor",
        "amount_captured_minor",
        "amount_refunded_minor",
        "refund_pending_minor",
        "amount_reversed_minor",
        "reversal_pending_minor",
        "fee_minor",
    }
