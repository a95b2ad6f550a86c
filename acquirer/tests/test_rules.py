"""The simulated acquirer's decisions, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acquirer.fold import fold
from acquirer.port import Approved, Declined, KeyReused, Outcome, Pending, Request
from acquirer.rules import Authorisation, Odds, decide
from acquirer.tests.asks import Payment
from contracts.test_cards import DECLINES, TEST_CARDS

RATES = Odds(upi_success_rate=0.9, card_success_rate=0.95, fixed=None)
NEVER = Odds(upi_success_rate=1, card_success_rate=1, fixed=False)


def empty(payment: Payment) -> Authorisation:
    return Authorisation(payment.id, "merchant-1", "INR")


def ask_once(payment: Payment, request: Request, odds: Odds) -> Outcome:
    return decide(empty(payment), request, odds)[1]


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


def test_other_addresses_follow_the_rate_and_each_key_has_one_answer() -> None:
    payments = [Payment() for _ in range(2000)]
    requests = [payment.authorise("a.customer@bank") for payment in payments]
    pairs = list(zip(payments, requests, strict=True))
    answers = [ask_once(payment, request, RATES) for payment, request in pairs]
    assert 0.86 < sum(isinstance(answer, Approved) for answer in answers) / len(answers) < 0.94
    assert answers == [ask_once(payment, request, RATES) for payment, request in pairs]


@pytest.mark.parametrize("fixed", [True, False])
def test_test_mode_can_fix_the_others(fixed: bool) -> None:
    payment = Payment()
    answer = ask_once(payment, payment.authorise("a.customer@bank"), Odds(0.5, 0.5, fixed))
    assert isinstance(answer, Approved) is fixed


def test_two_keys_of_one_payment_are_two_effects() -> None:
    payment = Payment(1000)
    turn = fold([payment.authorise(), payment.authorise()], {payment.id: empty(payment)}, {}, RATES)
    assert len(turn.effects) == 2
    assert turn.authorisations[payment.id].authorised_minor == 2000


def test_a_key_that_comes_twice_in_a_batch_is_a_replay() -> None:
    payment = Payment(1000)
    request = payment.authorise()
    turn = fold([request, request, payment.capture(key=request.key)], {payment.id: empty(payment)}, {}, RATES)
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
