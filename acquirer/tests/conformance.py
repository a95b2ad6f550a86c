"""What every Acquirer must do, wherever it runs. A test class inherits it and gives an `acquirer` fixture."""

import asyncio

import pytest

from acquirer.port import (
    Acquirer,
    AcquirerUnavailable,
    Approved,
    Challenge,
    Challenged,
    Declined,
    KeyReused,
    NotYet,
    Pending,
    Unknown,
)
from acquirer.tests.asks import Payment


class AcquirerConformance:
    """Run against the simulator in-process and over HTTP."""

    async def test_authorises(self, acquirer: Acquirer) -> None:
        assert isinstance(await acquirer.authorise(Payment().authorise()), Approved)

    async def test_declines_with_the_cards_reason(self, acquirer: Acquirer) -> None:
        answer = await acquirer.authorise(Payment().authorise(card="insufficient_funds"))
        assert isinstance(answer, Declined)
        assert answer.decline_code == "insufficient_funds"

    async def test_same_key_gets_the_same_answer(self, acquirer: Acquirer) -> None:
        payment = Payment()
        for request in (payment.authorise(), payment.authorise("failure@bank")):
            first = await acquirer.authorise(request)
            assert await acquirer.authorise(request) == first

    async def test_same_key_at_once_is_one_effect(self, acquirer: Acquirer) -> None:
        payment = Payment()
        request = payment.authorise()
        assert set(await asyncio.gather(*(acquirer.authorise(request) for _ in range(20)))) == {Approved()}
        assert isinstance(await acquirer.capture(payment.capture()), Approved)
        # Twice authorised, it would allow to reverse as much again.
        assert isinstance(await acquirer.reverse(payment.reverse(1)), Declined)

    async def test_refuses_a_key_for_another_request(self, acquirer: Acquirer) -> None:
        request = Payment().authorise()
        await acquirer.authorise(request)
        with pytest.raises(KeyReused):
            await acquirer.authorise(Payment().authorise(key=request.key))

    async def test_inquiry_tells_what_became_of_a_key(self, acquirer: Acquirer) -> None:
        payment = Payment()
        approved, declined, never = payment.authorise(), payment.authorise("failure@bank"), payment.authorise()
        await acquirer.authorise(approved)
        await acquirer.authorise(declined)
        assert isinstance(await acquirer.inquire(payment.inquiry(approved.key)), Approved)
        assert isinstance(await acquirer.inquire(payment.inquiry(declined.key)), Declined)
        assert isinstance(await acquirer.inquire(payment.inquiry(never.key)), Unknown)

    async def test_a_payer_who_does_not_answer_leaves_nothing(self, acquirer: Acquirer) -> None:
        payment = Payment()
        request = payment.authorise("pending@razorpay")
        assert isinstance(await acquirer.authorise(request), Pending)
        assert isinstance(await acquirer.inquire(payment.inquiry(request.key)), Unknown)
        await acquirer.void(payment.void())
        assert isinstance(await acquirer.authorise(request), Declined)

    async def test_capture_is_final(self, acquirer: Acquirer) -> None:
        payment = Payment(1000)
        assert isinstance(await acquirer.capture(payment.capture()), NotYet)
        await acquirer.authorise(payment.authorise())
        assert isinstance(await acquirer.capture(payment.capture(600)), Approved)
        assert isinstance(await acquirer.capture(payment.capture(400)), Declined)
        assert isinstance(await acquirer.void(payment.void()), Declined)

    async def test_capture_keeps_to_what_is_authorised(self, acquirer: Acquirer) -> None:
        payment = Payment(1000)
        await acquirer.authorise(payment.authorise())
        await acquirer.reverse(payment.reverse(300))
        assert isinstance(await acquirer.capture(payment.capture(701)), Declined)
        assert isinstance(await acquirer.capture(payment.capture(700)), Approved)

    async def test_reversal_before_and_after_the_capture(self, acquirer: Acquirer) -> None:
        payment = Payment(1000)
        assert isinstance(await acquirer.reverse(payment.reverse(100)), NotYet)
        await acquirer.authorise(payment.authorise())
        assert isinstance(await acquirer.reverse(payment.reverse(100)), Approved)
        await acquirer.capture(payment.capture(600))
        assert isinstance(await acquirer.reverse(payment.reverse(301)), Declined)
        assert isinstance(await acquirer.reverse(payment.reverse(300)), Approved)

    async def test_refunds_keep_to_what_was_captured(self, acquirer: Acquirer) -> None:
        payment = Payment(1000)
        await acquirer.authorise(payment.authorise())
        early = payment.refund(400)
        assert isinstance(await acquirer.refund(early), NotYet)
        await acquirer.capture(payment.capture(700))
        assert isinstance(await acquirer.refund(early), Approved)
        assert isinstance(await acquirer.refund(payment.refund(301)), Declined)
        assert isinstance(await acquirer.refund(payment.refund(300)), Approved)

    async def test_the_test_card_whose_refund_fails(self, acquirer: Acquirer) -> None:
        payment = Payment()
        await acquirer.authorise(payment.authorise(card="refund_fails"))
        await acquirer.capture(payment.capture())
        answer = await acquirer.refund(payment.refund(card="refund_fails"))
        assert isinstance(answer, Declined)
        assert answer.decline_code == "refund_refused"

    async def test_a_void_that_overtakes_wins(self, acquirer: Acquirer) -> None:
        payment = Payment()
        assert isinstance(await acquirer.void(payment.void()), Approved)
        answer = await acquirer.authorise(payment.authorise())
        assert isinstance(answer, Declined)
        assert answer.decline_code == "voided"

    async def test_an_answer_that_is_lost_is_found_by_inquiry(self, acquirer: Acquirer) -> None:
        payment = Payment()
        request = payment.authorise("timeout@bank")
        with pytest.raises(AcquirerUnavailable):
            await acquirer.authorise(request)
        assert isinstance(await acquirer.inquire(payment.inquiry(request.key)), Approved)
        assert isinstance(await acquirer.authorise(request), Approved)
        assert isinstance(await acquirer.capture(payment.capture()), Approved)

    @pytest.mark.parametrize(("answer", "outcome"), [("completed", Approved), ("failed", Declined)])
    async def test_a_challenge_decides_nothing_until_it_is_answered(
        self, acquirer: Acquirer, answer: str, outcome: type
    ) -> None:
        payment = Payment(1000)
        request = payment.authorise(card="challenge_success")
        challenged = await acquirer.authorise(request)
        assert isinstance(challenged, Challenged)
        assert await acquirer.authorise(request) == challenged, "the same challenge again"
        assert isinstance(await acquirer.inquire(payment.inquiry(request.key)), Unknown)
        assert isinstance(await acquirer.capture(payment.capture()), NotYet)
        challenge_id = challenged.url.rpartition("/")[2]
        shown = await acquirer.find_challenge(challenge_id)
        assert isinstance(shown, Challenge)
        assert (shown.key, shown.payment_id, shown.status) == (request.key, payment.id, "open")
        assert (shown.amount_minor, shown.currency, shown.network, shown.last4) == (1000, "INR", "visa", "3184")
        assert shown.merchant_name == "A Shop"
        other = {"completed": "failed", "failed": "completed"}[answer]
        first, second = [await acquirer.answer_challenge(challenge_id, said) for said in (answer, other)]  # type: ignore[arg-type]
        assert first is not None
        assert first.status == answer
        assert second == first, "the first answer stands"
        assert await acquirer.find_challenge(challenge_id) == first
        assert isinstance(await acquirer.authorise(request), outcome)

    async def test_answers_at_once_are_one_answer(self, acquirer: Acquirer) -> None:
        challenged = await acquirer.authorise(Payment().authorise(card="challenge_success"))
        assert isinstance(challenged, Challenged)
        challenge_id = challenged.url.rpartition("/")[2]
        answers = await asyncio.gather(
            *(acquirer.answer_challenge(challenge_id, said) for _ in range(10) for said in ("completed", "failed"))
        )
        assert len({answer.status for answer in answers if answer}) == 1

    async def test_a_challenge_can_not_be_guessed(self, acquirer: Acquirer) -> None:
        challenged = await acquirer.authorise(Payment().authorise(card="challenge_success"))
        assert isinstance(challenged, Challenged)
        key = challenged.url.rpartition("/")[2].partition(".")[0]
        for guess in (key, f"{key}.", f"{key}.{'0' * 32}", "x" * 1000, "\x00.\x00", "", f"{key}.{'0' * 31}é"):
            assert await acquirer.find_challenge(guess) is None
            assert await acquirer.answer_challenge(guess, "completed") is None

    async def test_a_void_closes_a_challenge(self, acquirer: Acquirer) -> None:
        payment = Payment()
        request = payment.authorise(card="challenge_success")
        challenged = await acquirer.authorise(request)
        assert isinstance(challenged, Challenged)
        assert isinstance(await acquirer.void(payment.void()), Approved)
        late = await acquirer.answer_challenge(challenged.url.rpartition("/")[2], "completed")
        assert late is not None
        assert late.status == "closed"
        answer = await acquirer.authorise(request)
        assert isinstance(answer, Declined)
        assert answer.decline_code == "voided"
