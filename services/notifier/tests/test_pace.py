"""No more is sent to an endpoint than its limit says, by however many processes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.progress import Worker
from chassis.runtime import Runtime
from chassis.tests.waiting import Stopwatch, until
from services.notifier.pace import LOOK_EVERY_S, Pace
from services.notifier.settings import Settings
from services.notifier.tests.conftest import CountedTurns, Process, deliveries_of, payment_event
from services.notifier.tests.receiver import Receiver, after

NOW = datetime(2026, 11, 23, 10, 15, 30, 118204, tzinfo=UTC)
RATE = 20


@given(
    rate=st.integers(1, 1000),
    moves=st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(0, 2000)), max_size=60),
)
def test_what_is_taken_stays_within_the_rate_and_one_second_of_burst(rate: int, moves: list[tuple[int, int]]) -> None:
    pace, taken, passed_us = Pace(rate, NOW, NOW), 0, 0
    for wait_us, wanted in moves:
        passed_us += wait_us
        pace = Pace(rate, pace.full_at, NOW + timedelta(microseconds=passed_us))
        count = min(wanted, pace.tokens)
        pace = pace.after(count)
        taken += count
        # Rounding to the microsecond of each claim is less than a token in all.
        assert taken <= rate * (1 + passed_us / 1e6) + 1
        assert pace.tokens >= 0


@given(rate=st.integers(1, 1000), taken=st.integers(0, 1000))
def test_who_waits_as_long_as_is_said_finds_a_token(rate: int, taken: int) -> None:
    pace = Pace(rate, NOW, NOW).after(min(taken, rate))
    later = Pace(rate, pace.full_at, NOW + timedelta(seconds=pace.wait_s))
    assert pace.wait_s >= LOOK_EVERY_S
    assert later.tokens > pace.tokens or later.tokens == rate


@pytest.mark.parametrize("rate", [1, 3, 7, 20, 999])
def test_a_bucket_holds_a_second_and_fills_evenly(rate: int) -> None:
    pace = Pace(rate, NOW - timedelta(hours=1), NOW)
    assert pace.tokens == rate
    assert pace.after(rate).tokens == 0
    half = Pace(rate, pace.after(rate).full_at, NOW + timedelta(seconds=0.5))
    assert half.tokens == rate // 2


@pytest.fixture
async def processes(runtime: Runtime[Settings]) -> AsyncIterator[list[Process]]:
    """Two processes at work on one database, whose test merchant's endpoint has a limit."""
    async with runtime.pool.acquire() as connection:
        await connection.execute("UPDATE endpoint SET rate_limit_per_s = $1", RATE)
    made = [Process.make(runtime) for _ in range(2)]
    workers: list[Worker] = [worker for one in made for worker in (one.dispatcher, one.sweeper())]
    running = [asyncio.create_task(worker.run()) for worker in workers]
    yield made
    for worker in workers:
        worker.stop()
    await asyncio.gather(*running)
    for one in made:
        await one.sender.close()


async def test_two_processes_keep_one_limit_between_them_and_are_not_slower_than_it(
    runtime: Runtime[Settings], processes: list[Process], receiver: Receiver
) -> None:
    began_s = asyncio.get_running_loop().time()
    turns = CountedTurns()
    async with Stopwatch() as watch:
        for process in processes:
            await process.take(*(payment_event() for _ in range(2 * RATE)))
        processes[0].dispatcher.progress = turns
        await receiver.until(4 * RATE)
    for count, taken in enumerate(receiver.received, start=1):
        assert count <= RATE * (1 + taken.at_s - began_s)
    assert watch.lived_s < 6
    # Each 50 ms one look for tokens, and what each of the attempts wakes.
    assert turns.count < 6 / LOOK_EVERY_S + 4 * RATE
    await until(lambda: all_delivered(runtime), "all are recorded")


async def all_delivered(runtime: Runtime[Settings]) -> bool:
    return {row["status"] for row in await deliveries_of(runtime.pool)} == {"success"}


async def test_a_new_process_goes_on_with_the_bucket_that_its_predecessor_left(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    async with runtime.pool.acquire() as connection:
        await connection.execute("UPDATE endpoint SET rate_limit_per_s = $1", RATE)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    running = asyncio.create_task(process.dispatcher.run())
    await process.take(*(payment_event() for _ in range(3 * RATE)))
    await receiver.until(RATE)
    process.dispatcher.stop()
    await running
    following = Process.make(runtime)
    sweeper = following.sweeper()
    workers = [asyncio.create_task(sweeper.run()), asyncio.create_task(following.dispatcher.run())]
    await receiver.until(3 * RATE)
    for count, taken in enumerate(receiver.received, start=1):
        assert count <= RATE * (1 + taken.at_s - began_s)
    sweeper.stop()
    following.dispatcher.stop()
    await asyncio.gather(*workers)
    await following.sender.close()


async def test_a_slow_endpoint_is_not_made_up_for_by_a_burst(
    runtime: Runtime[Settings], settings: Settings, processes: list[Process], receiver: Receiver
) -> None:
    """What has its token is sent at once: nothing gathers that would go out together later."""
    receiver.answer = after(0.4)
    await processes[0].take(*(payment_event() for _ in range(3 * RATE)))
    await receiver.until(settings.webhook_endpoint_slots)
    async with runtime.pool.acquire() as connection:
        leased = await connection.fetchval("SELECT count(*) FROM delivery WHERE lease_until IS NOT NULL")
    assert leased <= len(processes) * settings.webhook_endpoint_slots
    receiver.answer = after(0)
    began_s, before = asyncio.get_running_loop().time(), len(receiver.received)
    await receiver.until(3 * RATE)
    for count, taken in enumerate(receiver.received[before:], start=1):
        assert count <= RATE * (1 + taken.at_s - began_s)


async def test_an_endpoint_without_a_limit_has_no_bucket(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    running = asyncio.create_task(process.dispatcher.run())
    await process.take(*(payment_event() for _ in range(50)))
    await receiver.until(50)
    process.dispatcher.stop()
    await running
    async with runtime.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM endpoint_pace") == 0
