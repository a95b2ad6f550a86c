"""What the log tells of an attempt, how long it tells it, and that what it has forgotten is no difference."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson
import pytest
from aiohttp.test_utils import TestClient

from chassis import pg
from chassis.runtime import Runtime
from chassis.tests.waiting import Stopwatch
from contracts import ids
from services.notifier.retention import Retention
from services.notifier.settings import Settings
from services.notifier.store import queries
from services.notifier.tests.conftest import (
    SECRET,
    Process,
    attempts_of,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Receiver, status
from services.notifier.tests.test_routes import HEADERS, call

Client = TestClient[Any, Any]
LONG_AGO = datetime(2020, 1, 15, tzinfo=UTC)
OLD = ids.id_floor(ids.DELIVERY, LONG_AGO)


@pytest.fixture
async def owner(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """The schema's owner, who may do what the service may not."""
    assert settings.migrate_database_url is not None
    made = await asyncpg.connect(settings.migrate_database_url.get_secret_value())
    yield made
    await made.close()


async def forget(runtime: Runtime[Settings], days: int = 30) -> bool:
    """One turn of the sweep's step."""
    async with pg.transaction(runtime.pool) as connection:
        return await Retention(days).drop_old_attempts(connection)


async def partitions(owner: asyncpg.Connection) -> set[str]:
    rows = await owner.fetch("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'attempt'::regclass")
    return {row[0] for row in rows}


async def add_partition(owner: asyncpg.Connection, name: str, start: datetime, end: datetime) -> None:
    bounds = [ids.id_floor(ids.DELIVERY, at) for at in (start, end)]
    await owner.execute(f"CREATE TABLE {name} PARTITION OF attempt FOR VALUES FROM ('{bounds[0]}') TO ('{bounds[1]}')")


async def make_old(owner: asyncpg.Connection, delivery_id: str) -> None:
    """As if the delivery had been made long ago, and its attempts, too."""
    await owner.execute("UPDATE delivery SET id = $2 WHERE id = $1", delivery_id, OLD)
    await owner.execute(
        "UPDATE attempt SET delivery_id = $2, at = $3 WHERE delivery_id = $1", delivery_id, OLD, LONG_AGO
    )


async def audited(client: Client) -> list[list[int]]:
    """Of each event: attempts that are counted, logged, forgotten."""
    async with client.get("/internal/audit/deliveries", headers=HEADERS) as response:
        *rows, _ = [orjson.loads(line) for line in (await response.read()).splitlines()]
    return [[row[f"attempts_{name}"] for name in ("counted", "logged", "forgotten")] for row in rows]


async def test_a_signature_can_be_verified_from_what_the_log_shows(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    await process.take(payment_event(notes={"name": "Zoë"}))
    await process.idle()
    (row,) = await deliveries_of(runtime.pool)
    _, shown = await call(client, "GET", f"/internal/webhooks/{row['id']}")
    assert shown["request_body"].encode() == receiver.received[0].body
    assert orjson.loads(shown["request_body"]) == shown["payload"]
    (attempt,) = shown["attempt_log"]
    expected = hmac.new(SECRET.encode(), shown["request_body"].encode(), hashlib.sha256).hexdigest()
    assert attempt["request_headers"]["X-Webhook-Signature"] == expected
    assert shown["attempt_log_whole"] is True


async def test_an_attempt_tells_when_the_next_one_was_to_be_made(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    await process.take(payment_event())
    await process.idle()
    (row,) = await deliveries_of(runtime.pool)
    _, shown = await call(client, "GET", f"/internal/webhooks/{row['id']}")
    (attempt,) = shown["attempt_log"]
    assert attempt["next_attempt_at"] == shown["next_attempt_at"] is not None
    assert attempt["response_body_truncated"] is False


async def test_a_partition_that_is_old_enough_is_dropped_and_its_attempts_are_no_difference(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    for _ in range(2):
        await process.take(payment_event())
        await process.idle()
    newer, older = await deliveries_of(runtime.pool)
    await add_partition(owner, "attempt_2020m01", LONG_AGO - timedelta(days=14), LONG_AGO + timedelta(days=17))
    await make_old(owner, older["id"])
    before = await partitions(owner)
    assert await audited(client) == [[1, 1, 0], [1, 1, 0]]
    assert await forget(runtime) is True
    assert await forget(runtime) is False
    assert before - await partitions(owner) == {"attempt_2020m01"}
    assert await attempts_of(runtime.pool, OLD) == []
    assert len(await attempts_of(runtime.pool, newer["id"])) == 1
    assert await audited(client) == [[0, 0, 1], [1, 1, 0]]
    _, shown = await call(client, "GET", f"/internal/webhooks/{OLD}")
    assert (shown["attempts"], shown["attempt_log"], shown["attempt_log_whole"]) == (1, [], False)


async def test_an_old_delivery_is_sent_again_and_logged_although_its_partition_is_gone(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    await process.take(payment_event())
    await process.idle()
    (row,) = await deliveries_of(runtime.pool)
    await add_partition(owner, "attempt_2020m01", LONG_AGO - timedelta(days=14), LONG_AGO + timedelta(days=17))
    await make_old(owner, row["id"])
    assert await forget(runtime)
    assert (await call(client, "POST", f"/internal/webhooks/{OLD}/retry"))[0] == 200
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await process.idle()
    await forget(runtime)
    _, shown = await call(client, "GET", f"/internal/webhooks/{OLD}")
    assert [(one["run"], one["attempt"]) for one in shown["attempt_log"]] == [(2, 1)]
    assert (shown["status"], shown["attempt_log_whole"]) == ("success", False)
    await owner.execute("UPDATE attempt SET at = $1", LONG_AGO)
    await forget(runtime)
    assert await attempts_of(runtime.pool, OLD) == []


async def test_what_lies_in_no_partition_is_removed_in_bounded_steps(
    client: Client, runtime: Runtime[Settings], process: Process, owner: asyncpg.Connection, receiver: Receiver
) -> None:
    await process.take(payment_event())
    await process.idle()
    (row,) = await deliveries_of(runtime.pool)
    await make_old(owner, row["id"])
    await owner.execute(
        "INSERT INTO attempt SELECT (jsonb_populate_record(a, jsonb_build_object('number', n))).* "
        "FROM attempt AS a, generate_series(2, 5) AS n"
    )
    await owner.execute("UPDATE delivery SET attempts = 5")
    assert await audited(client) == [[5, 5, 0]]
    async with runtime.pool.acquire() as connection:
        turns = [await queries.drop_old_attempts.row(connection, days=30, most=2) for _ in range(4)]
    assert [(row["dropped"], row["deleted"]) for row in turns if row] == [(None, 2), (None, 2), (None, 1), (None, 0)]
    assert await audited(client) == [[0, 0, 5]]


async def test_nothing_younger_than_seven_days_is_dropped_whatever_is_asked_for(
    runtime: Runtime[Settings], owner: asyncpg.Connection
) -> None:
    for name in await partitions(owner) - {"attempt_default"}:
        await owner.execute(f"DROP TABLE {name}")
    now = datetime.now(UTC)
    await add_partition(owner, "attempt_older", now - timedelta(days=20), now - timedelta(days=8))
    await add_partition(owner, "attempt_younger", now - timedelta(days=8), now - timedelta(days=6))
    async with runtime.pool.acquire() as connection:
        for days in (30, 0, -5):
            await queries.drop_old_attempts.row(connection, days=days, most=10)
    assert await partitions(owner) == {"attempt_default", "attempt_younger"}


async def test_whoever_reads_the_log_is_waited_for_no_longer_than_attempts_can_bear(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, owner: asyncpg.Connection
) -> None:
    await add_partition(owner, "attempt_2020m01", LONG_AGO - timedelta(days=14), LONG_AGO + timedelta(days=17))
    reading = owner.transaction()
    await reading.start()
    await owner.fetch("SELECT count(*) FROM attempt")
    async with Stopwatch() as watch:
        refused, _ = await asyncio.gather(forget(runtime), process.take(payment_event()), return_exceptions=True)
        await process.idle()
    assert isinstance(refused, asyncpg.LockNotAvailableError)
    assert pg.fate_of(refused) is pg.Fate.LOCKED, "the sweep goes on"
    assert watch.lived_s < 2
    (row,) = await deliveries_of(runtime.pool)
    assert len(await attempts_of(runtime.pool, row["id"])) == 1
    await reading.rollback()
    assert await forget(runtime) is True
    assert "attempt_2020m01" not in await partitions(owner)


async def test_after_a_refusal_the_step_rests(runtime: Runtime[Settings], owner: asyncpg.Connection) -> None:
    await add_partition(owner, "attempt_2020m01", LONG_AGO - timedelta(days=14), LONG_AGO + timedelta(days=17))
    retention = Retention(30)
    async with owner.transaction():
        await owner.fetch("SELECT count(*) FROM attempt")
        with pytest.raises(asyncpg.LockNotAvailableError):
            async with pg.transaction(runtime.pool) as connection:
                await retention.drop_old_attempts(connection)
    async with pg.transaction(runtime.pool) as connection:
        assert await retention.drop_old_attempts(connection) is False
    assert "attempt_2020m01" in await partitions(owner)


async def test_the_service_may_drop_nothing_by_itself(runtime: Runtime[Settings], owner: asyncpg.Connection) -> None:
    await add_partition(owner, "attempt_2020m01", LONG_AGO - timedelta(days=14), LONG_AGO + timedelta(days=17))
    async with runtime.pool.acquire() as connection:
        for statement in (
            "DROP TABLE attempt_2020m01",
            "ALTER TABLE attempt DETACH PARTITION attempt_2020m01",
            "DELETE FROM attempt_default",
            "UPDATE attempt_log_start SET delivery_id = 'x'",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_the_database_knows_the_ids_of_an_instant(runtime: Runtime[Settings]) -> None:
    async with runtime.pool.acquire() as connection:
        for at in (LONG_AGO, datetime(2026, 11, 26, 2, 48, 53, 123_000, tzinfo=UTC), datetime(2080, 1, 1, tzinfo=UTC)):
            told = await connection.fetchval("SELECT delivery_id_floor($1)", at)
            assert told == ids.id_floor(ids.DELIVERY, at)
