"""What the dead, the slow and the many do to each other's webhooks: nothing. Kafka's part is played by the test."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from chassis import pg
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.notifier import deliveries, retries, store
from services.notifier.settings import Settings
from services.notifier.tests.conftest import (
    MERCHANT,
    CountedTurns,
    Process,
    add_endpoint,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Receiver, after, status

OPENS_AFTER = 5
EACH = 40


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """Breakers that open early and are probed often."""
    quick = {
        "webhook_breaker_failures": OPENS_AFTER,
        "webhook_breaker_cooldown_s": 0.05,
        "webhook_breaker_cooldown_max_s": 0.2,
    }
    return settings.model_copy(update=quick)


@pytest.fixture
async def running(process: Process) -> AsyncIterator[Process]:
    """The process with its dispatcher and its sweeper at work."""
    sweeper = process.sweeper()
    workers = [asyncio.create_task(sweeper.run()), asyncio.create_task(process.dispatcher.run())]
    yield process
    sweeper.stop()
    process.dispatcher.stop()
    await asyncio.gather(*workers)


async def until_open(process: Process) -> None:
    """Return once a breaker is open and nothing is under way."""
    await until(lambda: process.dispatcher.lanes.breakers_open, "a breaker opens")
    await process.idle()


async def bring_back_all(runtime: Runtime[Settings], process: Process) -> None:
    """Time passes, and Kafka brings back what is scheduled, until nothing is pending."""
    async with asyncio.timeout(60):
        while any(row["status"] == "pending" for row in await deliveries_of(runtime.pool)):
            async with runtime.pool.acquire() as connection:
                # In the order of ids, as all who lock several do.
                await connection.execute(
                    "UPDATE delivery SET next_attempt_at = $1 WHERE id = ANY (ARRAY("
                    "SELECT id FROM delivery WHERE status = 'pending' ORDER BY id FOR NO KEY UPDATE))",
                    runtime.clock.now() - timedelta(milliseconds=1),
                )
            await process.take_records(*(record for _, record in await records_in(runtime.pool)))
            await asyncio.sleep(0.05)
    await process.idle()


async def test_a_dead_endpoint_gets_few_attempts_and_everything_once_it_is_back(
    runtime: Runtime[Settings], running: Process, receiver: Receiver
) -> None:
    receiver.answer = status(503)
    loop = asyncio.get_running_loop()
    first_s = loop.time()
    await running.take(*(payment_event() for _ in range(100)))
    await until_open(running)
    for _ in range(2):
        await running.take(*(payment_event() for _ in range(100)))
    began_s, before = loop.time(), len(receiver.received)
    # There may have been probes by now, 0.05, 0.15, 0.35, 0.55 s and so on after it opened.
    probes_most = 1.25 + (began_s - first_s) / 0.2
    assert before < OPENS_AFTER + runtime.settings.webhook_endpoint_slots + probes_most
    await receiver.until(before + 4)
    # Four probes, after 0.05, 0.1, 0.2 and 0.2 s; the first cool-down may have passed already.
    assert loop.time() - began_s >= 0.45
    receiver.answer = status(200)
    await bring_back_all(runtime, running)
    rows = await deliveries_of(runtime.pool)
    assert len(rows) == 300
    assert {row["status"] for row in rows} == {"success"}
    assert running.dispatcher.lanes.breakers_open == 0
    received = Counter(taken.headers["webhook-id"] for taken in receiver.received)
    assert received == {row["message_id"]: row["attempts"] for row in rows}
    async with runtime.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM attempt") == len(receiver.received)


async def test_a_half_open_breaker_lets_one_through_at_a_time(running: Process, receiver: Receiver) -> None:
    receiver.answer = status(503)
    await running.take(*(payment_event() for _ in range(100)))
    await until_open(running)
    receiver.answer = after(0.1, 503)
    receiver.running_most, before = 0, len(receiver.received)
    await receiver.until(before + 4)
    assert receiver.running_most == 1


async def test_what_waits_for_a_breaker_costs_no_turns_of_the_loop(
    runtime: Runtime[Settings], running: Process, receiver: Receiver
) -> None:
    receiver.answer = status(503)
    await running.take(*(payment_event() for _ in range(100)))
    await until_open(running)
    turns = CountedTurns()
    running.dispatcher.progress = turns
    before = len(receiver.received)
    await receiver.until(before + 5)
    # A turn to claim a probe, one when its slot is free again, and one in each second anyway.
    assert turns.count < 20
    await running.idle()
    assert len(await records_in(runtime.pool)) == len(receiver.received)


async def test_an_open_breaker_dies_with_its_process_and_loses_nothing(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(503)
    work = asyncio.create_task(process.dispatcher.run())
    await process.take(*(payment_event() for _ in range(60)))
    await until_open(process)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await process.sender.close()
    receiver.answer = status(200)
    following = Process.make(runtime)
    sweeper = following.sweeper()
    workers = [asyncio.create_task(sweeper.run()), asyncio.create_task(following.dispatcher.run())]
    await bring_back_all(runtime, following)
    sweeper.stop()
    following.dispatcher.stop()
    await asyncio.gather(*workers)
    await following.sender.close()
    rows = await deliveries_of(runtime.pool)
    assert (len(rows), {row["status"] for row in rows}) == (60, {"success"})
    assert Counter(taken.headers["webhook-id"] for taken in receiver.received) == {
        row["message_id"]: row["attempts"] for row in rows
    }


async def test_a_manual_retry_and_a_test_event_do_not_wait_for_the_breaker(
    runtime: Runtime[Settings], settings: Settings, receiver: Receiver
) -> None:
    """No dispatcher runs here: whatever arrives was claimed at once. No cool-down ends meanwhile, however slow."""
    never = {"webhook_breaker_cooldown_s": 600.0, "webhook_breaker_cooldown_max_s": 600.0}
    runtime.settings = settings.model_copy(update=never)
    process = Process.make(runtime)
    receiver.answer = status(503)
    while not process.dispatcher.lanes.breakers_open:
        await process.take(payment_event())
        await process.idle()
    await process.take(payment_event())
    await process.idle()
    before = len(receiver.received)
    assert before == OPENS_AFTER
    waiting = (await deliveries_of(runtime.pool))[0]
    await records_in(runtime.pool)
    async with pg.transaction(runtime.pool) as connection:
        await retries.retry(connection, MERCHANT, waiting["id"], runtime.clock.now())
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await process.idle()
    assert len(receiver.received) == before + 1
    receiver.answer = status(200)
    async with pg.transaction(runtime.pool) as connection:
        (endpoint,) = (await store.listening_endpoints(connection, [MERCHANT]))[MERCHANT]
        await deliveries.send_test(connection, endpoint, runtime.clock.now())
    await process.take_records(*(record for topic, record in await records_in(runtime.pool) if "dispatch" in topic))
    await process.idle()
    assert len(receiver.received) == before + 2
    assert process.dispatcher.lanes.breakers_open == 0
    await process.sender.close()


async def test_healthy_endpoints_get_everything_while_others_hang_and_fail(
    runtime: Runtime[Settings], settings: Settings
) -> None:
    """No attempt that hangs ends before the healthy ones have all of theirs; in the end everything is accounted for."""
    process, over = Process.make(runtime), asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.Response(status=500)

    answers = {"hang-1": hang, "hang-2": hang, "fail-1": status(500), "fail-2": status(500), "ok-1": status(200)}
    receivers = {name: Receiver() for name in answers}
    for name, one in receivers.items():
        one.answer = answers[name]
        await one.server.start_server()
        await add_endpoint(settings, runtime.pool, one.url, name)
    work = asyncio.create_task(process.dispatcher.run())
    for _ in range(EACH):
        await process.take(*(payment_event(merchant_id=name) for name in receivers))
    await receivers["ok-1"].until(EACH, timeout_s=60)
    hanging = [receivers["hang-1"], receivers["hang-2"]]
    assert all(0 < one.running == len(one.received) <= settings.webhook_endpoint_slots for one in hanging)
    over.set()
    process.dispatcher.stop()
    await work
    for name, one in receivers.items():
        rows = await deliveries_of(runtime.pool, name)
        assert len(rows) == EACH
        assert {row["status"] for row in rows} == {"success" if name == "ok-1" else "pending"}
        assert sum(row["attempts"] for row in rows) == len(one.received)
        await one.server.close()
    await process.sender.close()
