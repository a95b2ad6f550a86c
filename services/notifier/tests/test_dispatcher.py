"""What the dispatcher does when Postgres fails it: nothing that it holds is forgotten, late, or repeated for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from chassis import pg
from chassis.runtime import Runtime
from services.notifier.settings import Settings
from services.notifier.state import NOT_KEPT
from services.notifier.tests.conftest import Process, attempts_of, deliveries_of, payment_event, records_in
from services.notifier.tests.receiver import Receiver, in_turn, status
from services.notifier.tests.test_deliveries import make_due
from tests.waiting import eventually


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


@pytest.mark.usefixtures("dispatching")
async def test_what_is_held_until_its_time_is_sent_although_its_claim_failed_once(
    runtime: Runtime[Settings], settings: Settings, process: Process, receiver: Receiver
) -> None:
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
