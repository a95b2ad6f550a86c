"""The simulated acquirer's decisions, without a database."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acquirer.fold import ANSWER_LOST, Books, Turn, World, fold
from acquirer.port import Approved, Challenged, Declined, KeyReused, Outcome, Pending, Request
from acquirer.rules import Authorisation, IssuedChallenge, Odds, decide
from acquirer.tests.asks import Payment
from contracts.test_cards import DECLINES, TEST_CARDS

RATES = Odds(upi_success_rate=0.9, card_success_rate=0.95, fixed=None)
NEVER = Odds(upi_success_rate=1, card_success_rate=1, fixed=False)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WORLD = World(RATES, NOW, timedelta(minutes=10), "http://localhost:8010", lambda: "0" * 32)
DRAWS = 4000
DEVIATIONS = 5
"""More standard deviations than a right rate would ever be off by."""


def empty(payment: Payment) -> Authorisation:
    return Authorisation(payment.id, "merchant-1", "INR")


def ask_once(payment: Payment, request: Request, odds: Odds) -> Outcome:
    return decide(empty(payment), request, odds)[1]


def fold_empty(payment: Payment, *requests: Request) -> Turn:
    return fold(requests, Books({payment.id: empty(payment)}, {}), WORLD)


@pytest.mark.parametrize("card", sorted(set(TEST_CARDS.values())))
def test_every_test_card_decides_whatever_the_odds(card: str) -> None:
    payment = Payment()
    answer = ask_once(payment, payment.authorise(card=card), NEVER)
    if card in DECLINES:
        assert isinstance(answer, Declined)
        assert (answer.decline_code, answer.description) == DECLINES[card]
    else:
        assert isinstance(answer, Approved)


@pytest.mark.parametrize(
    ("vpa", "answer"),
    [("success@any", Approved), ("SUCCESS@any", Approved), ("failure@any", Declined), ("pending@razorpay", Pending)],
)
def test_test_addresses_decide_whatever_the_odds(vpa: str, answer: type[Outcome]) -> None:
    payment = Payment()
    assert isinstance(ask_once(payment, payment.authorise(vpa), NEVER), answer)


@pytest.mark.parametrize("rate", [0.0, 0.05, 0.5, 0.9, 0.95, 1.0])
@pytest.mark.parametrize("kind", ["upi", "card", "refund"])
def test_what_no_test_value_decides_follows_its_rate_and_each_key_has_one_answer(kind: str, rate: float) -> None:
    others = 1 - rate
    odds = Odds(
        upi_success_rate=rate if kind == "upi" else others,
        card_success_rate=rate if kind == "card" else others,
        refund_success_rate=rate if kind == "refund" else others,
        fixed=None,
    )
    payment, seeded = Payment(), random.Random(20260101)
    keys = [f"key_{seeded.getrandbits(64):016x}" for _ in range(DRAWS)]
    captured = replace(empty(payment), authorised_minor=1000, captured=True, captured_minor=1000)
    held = captured if kind == "refund" else empty(payment)

    def ask(key: str) -> bool:
        if kind == "refund":
            request: Request = payment.refund(1, key=key)
        else:
            upi = payment.authorise("a.customer@bank", key=key)
            request = upi if kind == "upi" else upi.model_copy(update={"method": "card", "vpa": None})
        return isinstance(decide(held, request, odds)[1], Approved)

    answers = [ask(key) for key in keys]
    deviation = (DRAWS * rate * (1 - rate)) ** 0.5
    assert abs(sum(answers) - DRAWS * rate) <= DEVIATIONS * deviation
    assert answers == [ask(key) for key in keys]


@pytest.mark.parametrize("fixed", [True, False])
def test_test_mode_can_fix_the_others(fixed: bool) -> None:
    payment = Payment()
    answer = ask_once(payment, payment.authorise("a.customer@bank"), Odds(0.5, 0.5, fixed))
    assert isinstance(answer, Approved) is fixed


def test_two_keys_of_one_payment_are_two_effects() -> None:
    payment = Payment(1000)
    turn = fold_empty(payment, payment.authorise(), payment.authorise())
    assert len(turn.effects) == 2
    assert turn.authorisations[payment.id].authorised_minor == 2000


def test_a_key_that_comes_twice_in_a_batch_is_a_replay() -> None:
    payment = Payment(1000)
    request = payment.authorise()
    turn = fold_empty(payment, request, request, payment.capture(key=request.key))
    assert turn.answers[:2] == [Approved(), Approved()]
    assert isinstance(turn.answers[2], KeyReused)
    assert turn.authorisations[payment.id].authorised_minor == 1000
    assert [call.replay for call in turn.calls] == [False, True, True]


OPERATIONS = st.sampled_from(["authorise", "capture", "void", "refund", "reverse"])
AMOUNTS = st.integers(min_value=1, max_value=1500)


@given(st.lists(st.tuples(OPERATIONS, AMOUNTS), max_size=30))
def test_no_order_of_calls_breaks_the_money_rules(steps: list[tuple[str, int]]) -> None:
    payment = Payment(1000)
    held = empty(payment)
    for operation, amount_minor in steps:
        ask = getattr(payment, operation)
        request = ask() if operation in ("authorise", "void") else ask(amount_minor)
        held, _ = decide(held, request, RATES)
        assert held.captured_minor + held.reversed_minor <= held.authorised_minor
        assert held.refunded_minor <= held.captured_minor
        assert not (held.captured and held.voided)


def test_the_address_that_loses_its_answer_is_charged_all_the_same() -> None:
    payment = Payment(1000)
    request = payment.authorise("timeout@bank")
    turn = fold_empty(payment, request, payment.inquiry(request.key), request)
    assert turn.answers == [ANSWER_LOST, Approved(), Approved()]
    assert turn.authorisations[payment.id].authorised_minor == 1000
    assert [call.outcome for call in turn.calls] == ["answer_lost", "approved", "approved"]


class Bank:
    """One challenged payment at the acquirer; its books are kept from call to call."""

    def __init__(self, card: str) -> None:
        self.payment = Payment(1000)
        self.request = self.payment.authorise(card=card)
        self.books = Books({self.payment.id: empty(self.payment)}, {})
        self.world = WORLD

    def ask(self, request: Request) -> Outcome:
        turn = fold([request], self.books, self.world)
        self.books = Books(
            {**self.books.held, **turn.authorisations},
            {**self.books.effects, **turn.effects},
            {**self.books.challenges, **turn.challenges},
        )
        (answer,) = turn.answers
        assert isinstance(answer, Approved | Declined | Challenged)
        return answer

    @property
    def challenge(self) -> IssuedChallenge | None:
        return self.books.challenges.get(self.request.key)

    @property
    def held(self) -> Authorisation:
        return self.books.held[self.payment.id]

    def do(self, step: str) -> None:
        match step:
            case "authorise" | "authorise again":
                self.ask(self.request)
            case "completed" | "failed":
                self._answer(step)
            case "expire":
                self.world = replace(self.world, now=NOW + timedelta(minutes=10))
            case "void":
                self.ask(self.payment.void())

    def _answer(self, answer: str) -> None:
        """As the simulator records it: once, in time, and never after a void."""
        known = self.challenge
        if known is None or known.answer or self.held.voided or known.expires_at <= self.world.now:
            return
        answered = replace(known, answer=answer)  # type: ignore[arg-type]
        self.books = Books(self.books.held, self.books.effects, {known.key: answered})


STEPS = ("authorise", "authorise again", "completed", "failed", "expire", "void")


@pytest.mark.parametrize("card", ["challenge_success", "challenge_decline"])
def test_no_order_of_call_answer_expiry_and_void_reserves_what_was_not_passed(card: str) -> None:
    outcomes = set()
    for order in permutations(STEPS):
        bank = Bank(card)
        for step in order:
            bank.do(step)
        assert bank.held.voided
        final = bank.ask(bank.request)
        assert isinstance(final, Approved | Declined), order
        assert final == bank.ask(bank.request), "it is final"
        passed = bank.challenge is not None and bank.challenge.answer == "completed"
        if isinstance(final, Approved):
            assert passed, order
            assert card == "challenge_success", order
        assert bank.held.authorised_minor == (1000 if isinstance(final, Approved) else 0), order
        outcomes.add(final.result if isinstance(final, Approved) else final.decline_code)
    expected = {"authentication_failed", "authentication_timeout", "voided"}
    assert outcomes == (expected | {"approved"} if card == "challenge_success" else expected)


@pytest.mark.parametrize(
    ("card", "steps", "answer"),
    [
        ("challenge_success", ["authorise"], "challenged"),
        ("challenge_success", ["authorise", "authorise again"], "challenged"),
        ("challenge_success", ["authorise", "completed"], "approved"),
        ("challenge_success", ["authorise", "completed", "expire"], "approved"),
        ("challenge_success", ["authorise", "failed", "completed"], "authentication_failed"),
        ("challenge_success", ["authorise", "completed", "failed"], "approved"),
        ("challenge_success", ["authorise", "expire", "completed"], "authentication_timeout"),
        ("challenge_success", ["authorise", "void", "completed"], "voided"),
        ("challenge_success", ["authorise", "completed", "void"], "voided"),
        ("challenge_success", ["void"], "voided"),
        ("challenge_decline", ["authorise", "completed"], "authentication_failed"),
        ("challenge_decline", ["authorise", "failed"], "authentication_failed"),
    ],
)
def test_what_a_challenge_comes_to(card: str, steps: Sequence[str], answer: str) -> None:
    bank = Bank(card)
    for step in steps:
        bank.do(step)
    found = bank.ask(bank.request)
    assert (found.decline_code if isinstance(found, Declined) else found.result) == answer
