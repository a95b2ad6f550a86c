"""Attempts on a real Postgres: made once, told once, through crashes, lost answers and rivals."""

import asyncio
from datetime import timedelta
from typing import TypeVar

import orjson
import pytest

from acquirer.port import AcquirerUnavailable, Authorise, Finding, Inquiry, Outcome
from acquirer.rules import PENDING
from acquirer.simulator import Simulator
from contracts.events.payment_result import AuthorisationDeclined
from services.processor.attempts import Answered
from services.processor.state import request_of
from services.processor.tests.conftest import LEASE_S, Bench, PaymentCommands

APPROVED = "payment.authorisation.approved"
DECLINED = "payment.authorisation.declined"
Answer = TypeVar("Answer")


class LosesAnswers:
    """An acquirer whose first answers are lost after it has done its work."""

    def __init__(self, real: Simulator, *, losses: int) -> None:
        self._real = real
        self._losses = losses
        self.capture, self.void, self.refund, self.reverse = real.capture, real.void, real.refund, real.reverse
        self.find_challenge, self.answer_challenge = real.find_challenge, real.answer_challenge
        self.close = real.close

    async def authorise(self, request: Authorise) -> Outcome:
        return self._lose(await self._real.authorise(request))

    async def inquire(self, request: Inquiry) -> Finding:
        return self._lose(await self._real.inquire(request))

    def _lose(self, answer: Answer) -> Answer:
        if self._losses:
            self._losses -= 1
            raise AcquirerUnavailable("lost on the way")
        return answer


async def effects(bench: Bench) -> list[tuple[str, int]]:
    rows = await bench.acquirer_pool.fetch("SELECT operation, calls FROM effect ORDER BY created_at, key")
    return [(row["operation"], row["calls"]) for row in rows]


async def test_a_payment_from_command_to_results(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    await desk.take(commands.authorise())
    assert await desk.run(after_s=0.5) == [], "the simulated delay is not over"
    await desk.run()
    await desk.take(commands.capture())
    await desk.run(after_s=0)
    assert await desk.published() == [APPROVED, "payment.capture.accepted"]
    assert await effects(bench) == [("authorise", 1), ("capture", 1)]
    assert await desk.jobs.next_due() is None


async def test_a_decline_tells_why(bench: Bench) -> None:
    desk = bench.desk()
    await desk.take(PaymentCommands().authorise_card("lost_card"))
    await desk.run()
    data = await bench.pool.fetchval("SELECT data FROM outbox")
    assert AuthorisationDeclined.model_validate_json(data).decline_code == "lost_card"


async def test_a_repeated_command_is_made_once_and_told_again(bench: Bench) -> None:
    desk, command = bench.desk(), PaymentCommands().authorise()
    await desk.take(command, command)
    await desk.take(command)
    assert len(await desk.run()) == 1
    await desk.take(command)
    assert await desk.run() == []
    rows = await bench.pool.fetch("SELECT event_id, data FROM outbox ORDER BY id")
    assert len({row["event_id"] for row in rows}) == 2
    assert {row["data"] for row in rows} == {rows[0]["data"]}
    assert orjson.loads(rows[0]["data"])["attempt_id"] == command.attempt_id


async def test_a_crash_between_the_acquirers_commit_and_ours_charges_once(bench: Bench) -> None:
    before = bench.desk()
    await before.take(PaymentCommands().authorise())
    bench.clock.advance(timedelta(seconds=1))
    (claimed,) = await before.attempts.claim(10)
    request = request_of(claimed.attempt)
    assert isinstance(request, Authorise)
    await bench.simulator.authorise(request)  # and here the process dies
    after = bench.desk()
    assert await after.run(after_s=0) == [], "the lease still runs"
    await after.jobs.release()
    await after.run(after_s=0)
    assert await effects(bench) == [("authorise", 2)]
    assert await after.published() == [APPROVED]


async def test_another_slot_takes_a_lease_only_when_it_has_run_out(bench: Bench) -> None:
    dead, other = bench.desk("processor-0"), bench.desk("processor-1")
    await dead.take(PaymentCommands().authorise())
    bench.clock.advance(timedelta(seconds=1))
    assert len(await dead.attempts.claim(10)) == 1
    await other.jobs.release()
    assert await other.run(after_s=LEASE_S - 1) == []
    assert len(await other.run(after_s=1)) == 1


async def test_who_comes_late_with_an_answer_tells_nothing(bench: Bench) -> None:
    slow, quick = bench.desk("processor-0"), bench.desk("processor-1")
    await slow.take(PaymentCommands().authorise())
    bench.clock.advance(timedelta(seconds=1))
    (claimed,) = await slow.attempts.claim(10)
    await quick.run(after_s=LEASE_S)
    await slow.attempts.make(claimed)
    assert await quick.published() == [APPROVED]
    assert (await quick.jobs.counts()).completed == 1


async def test_two_workers_never_claim_the_same_attempt(bench: Bench) -> None:
    desks = [bench.desk(f"processor-{number}") for number in range(2)]
    await desks[0].take(*(PaymentCommands().authorise() for _ in range(100)))
    bench.clock.advance(timedelta(seconds=1))
    claims = await asyncio.gather(*(desk.attempts.claim(7) for _ in range(10) for desk in desks))
    claimed = [one.attempt.id for claim in claims for one in claim]
    assert len(claimed) == len(set(claimed)) == 100


async def test_lost_answers_never_charge_twice(bench: Bench) -> None:
    found_by_inquiry = bench.desk(acquirer=LosesAnswers(bench.simulator, losses=1))
    await found_by_inquiry.take(PaymentCommands().authorise())
    await found_by_inquiry.run()
    assert await found_by_inquiry.published() == [APPROVED]
    asked_again = bench.desk(acquirer=LosesAnswers(bench.simulator, losses=2))
    await asked_again.take(PaymentCommands().authorise())
    await asked_again.run()
    assert len(await asked_again.run(after_s=0.5)) == 1
    assert await asked_again.published() == [APPROVED, APPROVED]
    assert sorted(await effects(bench)) == [("authorise", 1), ("authorise", 2)]


async def test_a_payer_who_does_not_answer_is_asked_once_until_the_void(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    await desk.take(commands.authorise("pending@razorpay"))
    await desk.run()
    assert await desk.run(after_s=3600) == []
    counts = await desk.jobs.counts()
    assert (counts.pending, counts.processing, counts.completed) == (1, 0, 0)
    await desk.take(commands.void())
    await desk.run(after_s=0)
    await desk.run(after_s=0)
    assert await desk.published() == ["payment.void.accepted", DECLINED]
    assert (await desk.jobs.counts()).completed == 2


@pytest.mark.parametrize("silence_first", [True, False])
async def test_a_void_that_comes_with_the_payers_silence_still_ends_it(bench: Bench, silence_first: bool) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    await desk.take(commands.authorise("pending@razorpay"))
    bench.clock.advance(timedelta(seconds=1))
    (waiting,) = await desk.attempts.claim(10)
    silence = Answered(waiting.attempt, waiting.tries, PENDING)
    await desk.take(commands.void())
    if silence_first:
        await desk.attempts.answers.submit(silence)
        await desk.run(after_s=0)
    else:
        await desk.run(after_s=0)
        await desk.attempts.answers.submit(silence)
    await desk.run()
    assert await desk.published() == ["payment.void.accepted", DECLINED]


async def test_a_void_that_overtakes_wins(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    await desk.take(commands.void())
    await desk.run(after_s=0)
    await desk.take(commands.authorise())
    await desk.run()
    assert await desk.published() == ["payment.void.accepted", DECLINED]


async def test_a_capture_that_comes_too_early_is_asked_again(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    authorise, capture = commands.authorise(), commands.capture()
    await desk.take(authorise, capture)
    assert [one.attempt.id for one in await desk.run(after_s=0)] == [capture.attempt_id]
    for _ in range(2):
        await desk.run()
    assert await desk.published() == [APPROVED, "payment.capture.accepted"]


async def test_a_refused_capture_counts_as_failed_and_tells_nothing(bench: Bench) -> None:
    desk, commands = bench.desk(), PaymentCommands()
    await desk.take(commands.authorise())
    await desk.run()
    await desk.take(commands.capture())
    await desk.run(after_s=0)
    refused = commands.capture()
    await desk.take(refused)
    await desk.run(after_s=0)
    await desk.take(refused)
    assert await desk.published() == [APPROVED, "payment.capture.accepted"]
    counts = await desk.jobs.counts()
    assert (counts.completed, counts.failed) == (2, 1)


async def test_many_attempts_at_once_are_each_told_once(bench: Bench) -> None:
    desk = bench.desk()
    for _ in range(5):
        await desk.take(*(PaymentCommands().authorise() for _ in range(100)))
    bench.clock.advance(timedelta(seconds=1))
    claimed = await desk.attempts.claim(500)
    await asyncio.gather(*(desk.attempts.make(one) for one in claimed))
    assert await desk.published() == [APPROVED] * 500
    assert await bench.pool.fetchval("SELECT count(*) FROM job") == 0


async def test_no_card_number_is_kept(bench: Bench) -> None:
    desk = bench.desk()
    await desk.take(PaymentCommands().authorise_card("success"))
    await desk.run()
    for pool in (bench.pool, bench.acquirer_pool):
        for table in await pool.fetch("SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"):
            kept = await pool.fetch(f"SELECT t::text AS row FROM {table['name']} AS t")
            assert not any("4242424242424242" in row["row"] for row in kept), table["name"]
