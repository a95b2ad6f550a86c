"""When an endpoint that fails is turned off, who is told, and what becomes of what was for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web

from chassis import counts, pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from chassis.tests.waiting import Watcher, until
from contracts.events.webhook import parse_webhook
from services.notifier import app
from services.notifier.health import FAILING_REASON, GONE_REASON, Patience, Report, Standing, after_report
from services.notifier.schemas import CreateEndpoint
from services.notifier.settings import Settings
from services.notifier.store import COUNTED
from services.notifier.tests.conftest import MERCHANT, Process, deliveries_of, payment_event, records_in
from services.notifier.tests.receiver import Receiver, in_turn, status

NOW = datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENCE = Patience(3 * DAY, failures_min=20)


def failed(count: int, at: datetime = NOW, **more: bool) -> Report:
    return Report([at + timedelta(seconds=number) for number in range(count)], **more)


def test_failures_are_counted_from_the_first_after_a_success() -> None:
    standing = after_report(Standing(), failed(3), PATIENCE, NOW)
    assert standing == Standing(NOW, 3)
    assert after_report(standing, failed(2, NOW + DAY), PATIENCE, NOW + DAY) == Standing(NOW, 5)
    assert after_report(standing, failed(9, succeeded=True), PATIENCE, NOW) == Standing()


def test_no_more_is_counted_than_matters() -> None:
    assert after_report(Standing(NOW, 19), failed(7), PATIENCE, NOW).failures == 20


@pytest.mark.parametrize(
    ("since", "failures", "off"),
    [
        (NOW - 3 * DAY, 20, False),
        (NOW - 3 * DAY - timedelta(seconds=1), 19, True),
        (NOW - 3 * DAY - timedelta(seconds=1), 18, False),
        (NOW - 30 * DAY, 5, False),
        (NOW - DAY, 20, False),
    ],
)
def test_it_takes_both_time_and_failures(since: datetime, failures: int, off: bool) -> None:
    standing = after_report(Standing(since, failures), failed(1), PATIENCE, NOW)
    assert standing.disabled_reason == (FAILING_REASON.format(since=since) if off else None)


def test_410_needs_no_patience() -> None:
    assert after_report(Standing(), failed(1, gone=True), PATIENCE, NOW).disabled_reason == GONE_REASON


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """Three days, and at least five failures."""
    return settings.model_copy(update={"webhook_disable_failures": 5})


@pytest.fixture
def clock(runtime: Runtime[Settings]) -> ManualClock:
    """The notifier's clock, to be moved."""
    made = ManualClock(datetime.now(UTC))
    runtime.clock = made
    return made


@pytest.fixture
async def process(clock: ManualClock, runtime: Runtime[Settings]) -> AsyncIterator[Process]:
    """A process that goes by that clock."""
    made = Process.make(runtime)
    yield made
    await made.sender.close()


@pytest.fixture
async def other(runtime: Runtime[Settings]) -> AsyncIterator[Receiver]:
    """Where the merchant's second endpoint leads, which asks for what is told of endpoints."""
    made = Receiver()
    await made.server.start_server()
    await create(runtime, made, ["webhook_endpoint.*"])
    yield made
    await made.server.close()


async def create(runtime: Runtime[Settings], receiver: Receiver, event_types: list[str]) -> None:
    """One more endpoint of the merchant."""
    async with pg.transaction(runtime.pool) as connection:
        asked = CreateEndpoint(url=receiver.url, event_types=event_types, description="Second")
        await app.make_endpoints(runtime.settings).create(connection, MERCHANT, asked, runtime.clock.now())


async def default_endpoint(runtime: Runtime[Settings]) -> Any:
    async with runtime.pool.acquire() as connection:
        return await connection.fetchrow("SELECT * FROM endpoint WHERE is_default AND merchant_id = $1", MERCHANT)


async def fail(process: Process, receiver: Receiver, count: int) -> None:
    """So many events that can't be delivered, one after the other."""
    receiver.answer = status(500)
    for _ in range(count):
        await process.take(payment_event())
        await process.idle()


async def test_an_endpoint_that_fails_for_days_is_turned_off_and_the_others_are_told(
    runtime: Runtime[Settings], clock: ManualClock, process: Process, receiver: Receiver, other: Receiver
) -> None:
    began = clock.now()
    await fail(process, receiver, 6)
    row = await default_endpoint(runtime)
    assert (row["failing_since"], row["failures"], row["enabled"]) == (began, 5, True)
    clock.advance(3 * DAY)
    await fail(process, receiver, 1)
    assert (await default_endpoint(runtime))["enabled"]
    clock.advance(timedelta(seconds=1))
    await fail(process, receiver, 1)
    row = await default_endpoint(runtime)
    assert (row["enabled"], row["disabled_at"], row["disablings"]) == (False, clock.now(), 1)
    assert row["disabled_reason"] == FAILING_REASON.format(since=began)
    told = [record for topic, record in await records_in(runtime.pool) if topic == "webhook.dispatch.v1"]
    assert len(told) == 1
    await process.take_records(*told)
    await process.idle()
    (taken,) = other.received
    payload = parse_webhook(taken.body)
    assert (payload.event, payload.sequence) == ("webhook_endpoint.disabled", 1)
    assert orjson.loads(taken.body)["data"] == {
        "webhook_endpoint": {
            "id": row["id"],
            "url": receiver.url,
            "description": "",
            "disabled_reason": row["disabled_reason"],
            "disabled_at": row["disabled_at"].isoformat().replace("+00:00", "Z"),
        }
    }


async def test_a_success_begins_the_days_anew(
    runtime: Runtime[Settings], clock: ManualClock, process: Process, receiver: Receiver
) -> None:
    await fail(process, receiver, 6)
    clock.advance(2 * DAY)
    receiver.answer = status(200)
    await process.take(payment_event())
    await process.idle()
    row = await default_endpoint(runtime)
    assert (row["failing_since"], row["failures"]) == (None, 0)
    clock.advance(2 * DAY)
    await fail(process, receiver, 6)
    row = await default_endpoint(runtime)
    assert (row["failing_since"], row["enabled"]) == (clock.now(), True)


async def test_a_success_counts_that_was_claimed_before_the_failures_were_noted(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def late(request: Any) -> Any:
        arrived.set()
        await go_on.wait()
        return await status(200)(request)

    receiver.answer = in_turn(late, status(500))
    await process.take(payment_event())
    await arrived.wait()
    await process.take(payment_event())

    async def noted() -> bool:
        return (await default_endpoint(runtime))["failing_since"] is not None

    await until(noted, "the failure is noted")
    go_on.set()
    await process.idle()
    assert (await default_endpoint(runtime))["failing_since"] is None


async def test_what_changes_nothing_is_not_written(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    async def version() -> Any:
        async with runtime.pool.acquire() as connection:
            return await connection.fetchval("SELECT xmin::text FROM endpoint WHERE is_default")

    receiver.answer = status(200)
    before = await version()
    await process.take(payment_event())
    await process.idle()
    assert await version() == before
    await fail(process, receiver, 5)
    failing = await version()
    assert failing != before
    await fail(process, receiver, 5)
    assert await version() == failing


async def test_two_processes_that_turn_an_endpoint_off_at_once_tell_it_once(
    runtime: Runtime[Settings], clock: ManualClock, process: Process, receiver: Receiver, other: Receiver
) -> None:
    """Somebody holds the endpoint's row until both have come to it with what they found."""
    await fail(process, receiver, 5)
    await records_in(runtime.pool)
    clock.advance(4 * DAY)
    second = Process.make(runtime)
    connection = await pg.connect(runtime.settings.database_url.get_secret_value(), name="holder")
    async with connection.transaction():
        await connection.execute("SELECT FROM endpoint WHERE is_default FOR NO KEY UPDATE")
        for one in (process, second):
            await one.take(payment_event())
        await Watcher(connection).until_blocked(2)
    await connection.close()
    for one in (process, second):
        await one.idle()
    await second.sender.close()
    assert (await default_endpoint(runtime))["disablings"] == 1
    told = [record for topic, record in await records_in(runtime.pool) if topic == "webhook.dispatch.v1"]
    await process.take_records(*told)
    await process.idle()
    assert len(other.received) == 1


async def test_410_is_told_as_well_and_each_time_with_the_next_sequence(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, other: Receiver
) -> None:
    for _ in range(2):
        receiver.answer = status(410)
        await process.take(payment_event())
        await process.idle()
        await process.take_records(*(record for _, record in await records_in(runtime.pool)))
        await process.idle()
        assert (await default_endpoint(runtime))["disabled_reason"] == GONE_REASON
        async with pg.transaction(runtime.pool) as connection:
            endpoints = app.make_endpoints(runtime.settings)
            await endpoints.set_url(connection, MERCHANT, receiver.url, runtime.clock.now())
        row = await default_endpoint(runtime)
        assert (row["enabled"], row["disabled_reason"], row["disabled_at"], row["failing_since"], row["failures"]) == (
            *(True, None, None, None),
            0,
        )
    assert [orjson.loads(taken.body)["sequence"] for taken in other.received] == [1, 2]


@pytest.mark.parametrize("code", [410, 500])
async def test_what_the_former_url_answers_late_says_nothing_about_the_new_one(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, other: Receiver, code: int
) -> None:
    answering = asyncio.Event()

    async def answer(_: web.Request) -> web.Response:
        await answering.wait()
        return web.Response(status=code)

    receiver.answer = answer
    await process.take(payment_event())
    await receiver.until(1)
    async with pg.transaction(runtime.pool) as connection:
        endpoints = app.make_endpoints(runtime.settings)
        await endpoints.set_url(connection, MERCHANT, other.url, runtime.clock.now())
    answering.set()
    await process.idle()
    row = await default_endpoint(runtime)
    assert (row["enabled"], row["disabled_reason"], row["failing_since"], row["failures"]) == (True, None, None, 0)


@pytest.mark.parametrize("ordering", ["none", "object"])
async def test_what_waits_for_an_endpoint_that_is_turned_off_ends(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, ordering: str
) -> None:
    async with runtime.pool.acquire() as connection:
        await connection.execute("UPDATE endpoint SET ordering = $1", ordering)
    receiver.answer = status(410)
    payments = [f"pay_0VxKb3RcW1uY7H{number:02}" for number in range(30)]
    await process.take(*(payment_event(id=payment) for payment in payments * 10))
    await process.idle()
    before = len(receiver.received)
    assert before < 10
    sweeper = process.sweeper()
    sweeping = asyncio.create_task(sweeper.run())

    async def ended() -> bool:
        return all(row["status"] == "failed" for row in await deliveries_of(runtime.pool))

    await until(ended, "all have ended")
    sweeper.stop()
    await sweeping
    assert len(receiver.received) == before
    rows = await deliveries_of(runtime.pool)
    assert {row["error"] for row in rows if row["attempts"] == 0} == {"endpoint disabled"}
    async with runtime.pool.acquire() as connection:
        assert await counts.by_status(connection, COUNTED) == {"pending": 0, "failed": 300}
