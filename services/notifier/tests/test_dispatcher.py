"""What the dispatcher does when Postgres fails it, answers are strange or things happen at once: nothing that it holds
is forgotten, late, or repeated for ever."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from chassis import pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.notifier import deliveries, dispatcher
from services.notifier.deliveries import QueuedClaims
from services.notifier.retries import retry
from services.notifier.settings import Settings
from services.notifier.state import NOT_KEPT, Outcome
from services.notifier.tests.conftest import MERCHANT, Process, attempts_of, deliveries_of, payment_event, records_in
from services.notifier.tests.receiver import Receiver, in_turn, status, when
from services.notifier.tests.test_deliveries import make_due
from tests.waiting import eventually


@pytest.fixture
async def clock(runtime: Runtime[Settings]) -> ManualClock:
    """The notifier's clock, which stands still; to be asked for before what looks at it."""
    runtime.clock = made = ManualClock(datetime.now(UTC))
    return made


@pytest.fixture
async def dispatching(process: Process) -> AsyncIterator[None]:
    """The dispatcher runs."""
    running = asyncio.create_task(process.dispatcher.run())
    yield
    process.dispatcher.stop()
    await asyncio.wait_for(running, 20)


@asynccontextmanager
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may change the schema."""
    assert settings.migrate_database_url is not None
    connection = await pg.connect(settings.migrate_database_url.get_secret_value(), name="test")
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.usefixtures("clock", "dispatching")
async def test_what_is_held_until_its_time_is_sent_although_its_claim_failed_once(
    runtime: Runtime[Settings], settings: Settings, clock: ManualClock, process: Process, receiver: Receiver
) -> None:
    """Its time comes when somebody else has locked it."""
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    ((_, record),) = await records_in(runtime.pool)
    await make_due(runtime, in_s=0.5)
    await process.take_records(record)
    async with owner(settings) as connection, owner(settings) as looking:

        async def somebody_waits() -> bool:
            return bool(await looking.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> $1", pid))

        async def nobody_waits() -> bool:
            return not await somebody_waits()

        pid = await looking.fetchval("SELECT pg_backend_pid()")
        transaction = connection.transaction()
        await transaction.start()
        await connection.fetch("SELECT id FROM delivery FOR UPDATE")
        clock.advance(timedelta(seconds=0.5))
        await eventually(somebody_waits, "the claim to want the row", every_s=0.02)
        await eventually(nobody_waits, "the claim to give up", every_s=0.02)
        assert len(receiver.received) == 1
        await transaction.rollback()
    # No sweeper runs here: only the dispatcher itself can have kept it.
    await receiver.until(2)


@pytest.mark.parametrize(("answered", "ends"), [(200, ("success", 1)), (500, ("pending", 1))])
async def test_an_answer_that_cannot_be_stored_is_told_without_it(
    runtime: Runtime[Settings],
    settings: Settings,
    process: Process,
    receiver: Receiver,
    answered: int,
    ends: tuple[str, int],
) -> None:
    receiver.answer = status(answered, text="poison")
    async with owner(settings) as connection:
        await connection.execute("ALTER TABLE attempt ADD CONSTRAINT picky CHECK (response_body <> 'poison')")
        try:
            await process.take(payment_event())
            await process.idle()
        finally:
            await connection.execute("ALTER TABLE attempt DROP CONSTRAINT picky")
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"]) == ends
    (attempt,) = await attempts_of(runtime.pool, delivery["id"])
    assert (attempt["response_status"], attempt["response_body"]) == (answered, None)
    assert attempt["error"] == (None if answered == 200 else NOT_KEPT)


async def test_an_answer_with_an_impossible_date_keeps_no_room(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(503, {"Retry-After": "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"})
    await process.take(payment_event())
    await process.idle()
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"]) == ("pending", 1)
    assert process.dispatcher.lanes.unsettled == 0


async def test_a_run_that_ends_together_with_the_one_before_it_is_recorded(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    """A manual retry beside a running attempt: both answers come while Postgres is busy, so one batch holds both."""
    batches: list[int] = []
    write = process.dispatcher.write
    answering, writing = asyncio.Event(), asyncio.Event()

    async def counted(outcomes: Sequence[Outcome]) -> list[None]:
        batches.append(len(outcomes))
        await writing.wait()
        return await write(outcomes)

    receiver.answer = in_turn(status(200), when(answering))
    process.dispatcher.recorder = recorder = runtime.batcher("counted", counted)
    await process.take(payment_event())
    await until(lambda: batches, "another delivery's write keeps Postgres busy")
    await process.take(payment_event())
    await receiver.until(2)
    delivery, _ = await deliveries_of(runtime.pool)
    async with pg.transaction(runtime.pool) as connection:
        await retry(connection, MERCHANT, delivery["id"], runtime.clock.now())
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await receiver.until(3)
    answering.set()
    await until(lambda: recorder.unanswered == 3, "both answers wait for that write to end")
    writing.set()
    await process.idle()
    assert batches == [1, 2]
    delivery, _ = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["run"], delivery["attempts"]) == ("success", 2, 1)
    assert [(a["run"], a["number"]) for a in await attempts_of(runtime.pool, delivery["id"])] == [(1, 1), (2, 1)]


async def test_what_is_queued_while_its_endpoint_is_looked_through_in_vain_is_sent_at_once(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    (delivery,) = await deliveries_of(runtime.pool)
    endpoint_ids = {delivery["endpoint_id"]}
    claim_queued = deliveries.claim_queued

    async def found_too_early(*given: Any, **named: Any) -> QueuedClaims:
        found = await claim_queued(*given, **named)
        monkeypatch.setattr(deliveries, "claim_queued", claim_queued)
        async with runtime.pool.acquire() as other:
            await other.execute("UPDATE delivery SET queued = 'slot', next_attempt_at = now()")
        process.dispatcher.note_backlog(endpoint_ids)
        return found

    monkeypatch.setattr(deliveries, "claim_queued", found_too_early)
    monkeypatch.setattr(dispatcher, "IDLE_S", 3600.0)  # nothing else wakes it
    process.dispatcher.note_backlog(endpoint_ids)
    running = asyncio.create_task(process.dispatcher.run())
    await receiver.until(2)
    process.dispatcher.stop()
    await asyncio.wait_for(running, 20)
