"""Ordered delivery: what an endpoint gets about one object it gets one after another, and nothing waits for ever."""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from chassis import pg
from chassis.pg import Pool
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.notifier import dispatcher, ordering, retries, store
from services.notifier.settings import Settings
from services.notifier.state import Exchange, Job, Outcome
from services.notifier.tests.conftest import (
    MERCHANT,
    Process,
    attempts_of,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Answer, Receiver, after, in_turn, status, when
from services.notifier.tests.test_routes import HEADERS, call
from tests.figures import Figures

ONE, TWO = "pay_0000000000000001", "pay_0000000000000002"
WITHOUT_THE_LOCK = """
    SELECT d.id, d.endpoint_id, d.ordered_by, d.waiting, d.queued, d.next_attempt_at
    FROM pg_sleep(0.05), unnest($1::text[], $2::text[]) AS w (endpoint_id, object)
    JOIN delivery AS d ON d.endpoint_id = w.endpoint_id AND d.ordered_by = w.object"""
"""`lock_lines` as a plain read, whose reader thinks for a while."""

ROUNDS = [
    pytest.param(10, id="small"),
    pytest.param(200, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(600)]),
]


@pytest.fixture(autouse=True)
async def in_order(runtime: Runtime[Settings]) -> None:
    """The test merchant's endpoint asks for order."""
    await execute(runtime.pool, "UPDATE endpoint SET ordering = 'object'")


@pytest.fixture
async def working(process: Process) -> AsyncIterator[Process]:
    """A process whose dispatcher runs."""
    async with dispatching(process):
        yield process


@pytest.fixture
async def other(runtime: Runtime[Settings]) -> AsyncIterator[Process]:
    """Another process, whose dispatcher runs; as far as leases go, the next one of the same slot."""
    made = Process.make(runtime)
    async with dispatching(made):
        yield made
    await made.sender.close()


async def test_the_next_event_waits_for_the_former_and_goes_right_after_it(
    runtime: Runtime[Settings], process: Process, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering = [asyncio.Event() for _ in range(3)]
    receiver.answer = in_turn(*(when(told) for told in answering))
    monkeypatch.setattr(dispatcher, "IDLE_S", 3600.0)  # only the end of the former wakes it: nothing polls
    async with dispatching(process):
        await process.take(event(ONE, 1))
        await process.take(event(ONE, 2), event(ONE, 3))
        for number, told in enumerate(answering, start=1):
            await receiver.until(number)
            behind = dict.fromkeys(range(number + 1, 4), "waiting")
            assert await places(runtime.pool) == {number: "leased", **behind}
            told.set()
        await process.idle()
    assert got(receiver) == [(ONE, 1), (ONE, 2), (ONE, 3)]
    assert receiver.running_most == 1
    assert {(row["status"], row["ordered_by"]) for row in await deliveries_of(runtime.pool)} == {("success", None)}
    assert await records_in(runtime.pool) == []


async def test_objects_do_not_wait_for_each_other(working: Process, receiver: Receiver) -> None:
    receiver.answer = by_object({ONE: status(500)}, status(200))
    await working.take(event(ONE, 1), event(ONE, 2), event(TWO, 1), event(TWO, 2))
    await receiver.until(3)
    await working.idle()
    assert sorted(got(receiver)) == [(ONE, 1), (TWO, 1), (TWO, 2)]


async def test_endpoints_do_not_wait_for_each_other(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    """A second endpoint of the merchant fails: only its own line stands; and one without ordering has none."""
    async with failing_endpoint(runtime.pool, "object") as ordered, failing_endpoint(runtime.pool, "none") as free:
        await working.take(event(ONE, 1), event(ONE, 2))
        await receiver.until(2)
        await free.until(2)
        await working.idle()
        assert got(receiver) == [(ONE, 1), (ONE, 2)]
        assert got(ordered) == [(ONE, 1)]
        assert sorted(got(free)) == [(ONE, 1), (ONE, 2)]


async def test_order_is_kept_whatever_fails_and_however_often(
    runtime: Runtime[Settings], working: Process, other: Process, receiver: Receiver, seed: int
) -> None:
    """Thirty objects with six events each, over two processes, half of all attempts failing, some for good."""
    chance = random.Random(seed)

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(chance.random() * 0.01)
        return web.Response(status=500 if chance.random() < 0.5 else 200)

    receiver.answer = answer
    objects = [f"pay_{number:016}" for number in range(30)]
    arriving = [event(object_, sequence) for sequence in range(1, 7) for object_ in objects]
    while arriving:
        size = chance.randint(1, 20)
        await chance.choice((working, other)).take(*arriving[:size])
        del arriving[:size]
        await carry(runtime, chance.choice((working, other)))
    await until(lambda: carried_to_the_end(runtime, working), "all are delivered or given up")
    seen = defaultdict(list)
    for object_, sequence in got(receiver):
        seen[object_].append(sequence)
    assert all(sequences == sorted(sequences) for sequences in seen.values())
    assert all(set(sequences) == set(range(1, 7)) for sequences in seen.values())
    assert len(seen) == len(objects)
    assert {row["status"] for row in await deliveries_of(runtime.pool)} == {"success", "failed"}


async def test_a_delivery_that_failed_for_good_releases_the_next(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(*[status(500)] * 5, status(200))
    await working.take(event(ONE, 1), event(ONE, 2))
    await until(lambda: carried_to_the_end(runtime, working), "both end")
    assert got(receiver) == [(ONE, 1)] * 5 + [(ONE, 2)]
    assert [row["status"] for row in await deliveries_of(runtime.pool)] == ["success", "failed"]


async def test_an_event_that_comes_again_waits_for_nothing_and_is_sent_once(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    receiver.answer = after(0.1)
    first, second = event(ONE, 1), event(ONE, 2)
    await working.take(first, first, second)
    await working.take(second, first)
    await receiver.until(2)
    await working.take(second, first)
    await working.idle()
    assert got(receiver) == [(ONE, 1), (ONE, 2)]
    assert len(await deliveries_of(runtime.pool)) == 2


async def test_what_has_waited_long_enough_goes_one_at_a_time(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    """The first is tried again later; it is waited for no more, and its end releases nobody."""
    second, again, third = (asyncio.Event() for _ in range(3))
    # Not 500: after that the endpoint would get one at a time whatever waits for what.
    receiver.answer = in_turn(status(404), when(second), when(again), when(third), status(200))
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3), event(ONE, 4))
    await working.idle()
    ((_, scheduled),) = await records_in(runtime.pool)
    assert not await pass_bounds(runtime)
    assert await places(runtime.pool) == {1: "scheduled", 2: "waiting", 3: "waiting", 4: "waiting"}

    await execute(runtime.pool, "UPDATE delivery SET next_attempt_at = now() - interval '1 s' WHERE waiting")
    await pass_bounds(runtime)
    working.dispatcher.note_backlog({row["endpoint_id"] for row in await deliveries_of(runtime.pool)})
    await receiver.until(2)
    assert await places(runtime.pool) == {1: "scheduled", 2: "leased", 3: "waiting", 4: "waiting"}
    await execute(runtime.pool, "UPDATE delivery SET next_attempt_at = now() WHERE id = $1", scheduled.delivery_id)
    await working.take_records(scheduled)
    await receiver.until(3)
    assert got(receiver) == [(ONE, 1), (ONE, 2), (ONE, 1)], "the first again, beside the second"
    again.set()
    await until(lambda: ended(runtime.pool, 1), "the first ends")
    assert await places(runtime.pool) == {2: "leased", 3: "waiting", 4: "waiting"}
    second.set()
    await receiver.until(4)
    assert await places(runtime.pool) == {3: "leased", 4: "waiting"}
    third.set()
    await receiver.until(5)
    await working.idle()
    assert got(receiver)[3:] == [(ONE, 3), (ONE, 4)], "one after the other, still"
    assert {row["status"] for row in await deliveries_of(runtime.pool)} == {"success"}


async def test_the_sweeper_passes_bounds(runtime: Runtime[Settings], working: Process, receiver: Receiver) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3))
    await working.idle()
    await execute(runtime.pool, "UPDATE delivery SET next_attempt_at = now() WHERE waiting")
    sweeper = working.sweeper()
    sweeping = asyncio.create_task(sweeper.run())
    await receiver.until(3)
    sweeper.stop()
    await sweeping
    assert got(receiver) == [(ONE, 1), (ONE, 2), (ONE, 3)]


async def test_a_process_that_dies_as_it_records_the_end_leaves_nobody_waiting(
    runtime: Runtime[Settings], settings: Settings, process: Process, receiver: Receiver
) -> None:
    """The session ends with everything written and nothing committed: the end never was, and it comes again."""
    await started(runtime, process, event(ONE, 1), event(ONE, 2))
    (job,) = await leased(runtime, process)
    dying = await pg.connect(settings.database_url.get_secret_value(), name="dying")
    block = dying.transaction()
    await block.start()
    assert await process.record(dying, success(job, runtime)) == {job.endpoint.id}
    dying.terminate()
    await next_process_delivers(runtime, receiver, [(ONE, 1), (ONE, 2)])


async def test_a_process_that_dies_right_after_the_end_leaves_nobody_waiting(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    await started(runtime, process, event(ONE, 1), event(ONE, 2))
    (job,) = await leased(runtime, process)
    async with pg.transaction(runtime.pool) as connection:
        await process.record(connection, success(job, runtime))
    # The process dies here: nobody was told that something is queued.
    await next_process_delivers(runtime, receiver, [(ONE, 2)])


async def test_a_process_that_dies_with_the_first_delays_the_next_no_longer_than_the_first(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    await started(runtime, process, event(ONE, 1), event(ONE, 2))
    await next_process_delivers(runtime, receiver, [(ONE, 1), (ONE, 2)])


async def test_410_ends_all_who_wait_unsent(runtime: Runtime[Settings], working: Process, receiver: Receiver) -> None:
    receiver.answer = status(410)
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3))
    await until(lambda: carried_to_the_end(runtime, working), "all end")
    assert got(receiver) == [(ONE, 1)]
    rows = await deliveries_of(runtime.pool)
    assert [(row["status"], row["error"]) for row in rows] == [
        ("failed", "endpoint disabled"),
        ("failed", "endpoint disabled"),
        ("failed", "The endpoint answered 410"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "enabled = false, disabled_reason = 'by hand'",
        "enabled = false, disabled_reason = 'deleted', deleted_at = now()",
        "url = NULL",
    ],
)
async def test_an_endpoint_that_goes_away_while_some_wait_gets_nothing_more(
    runtime: Runtime[Settings], working: Process, receiver: Receiver, change: str
) -> None:
    receiver.answer = status(500)
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3))
    await receiver.until(1)
    await working.idle()
    await execute(runtime.pool, f"UPDATE endpoint SET {change}")
    await until(lambda: carried_to_the_end(runtime, working), "all end")
    assert got(receiver) == [(ONE, 1)]
    assert {row["status"] for row in await deliveries_of(runtime.pool)} == {"failed"}


async def test_ordering_that_is_switched_off_releases_all_who_wait(
    runtime: Runtime[Settings], client: TestClient[Any, Any], working: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3))
    await receiver.until(1)
    await working.idle()
    endpoint_id = (await deliveries_of(runtime.pool))[0]["endpoint_id"]
    path = f"/internal/webhook_endpoints/{endpoint_id}"
    assert (await call(client, "PATCH", path, {"ordering": "none"}, headers=HEADERS))[0] == 200
    assert await places(runtime.pool) == {1: "scheduled", 2: "queued", 3: "queued"}
    working.dispatcher.note_backlog({endpoint_id})
    await receiver.until(3)
    await working.take(event(ONE, 4))
    await receiver.until(4)
    assert sorted(got(receiver)) == [(ONE, 1), (ONE, 2), (ONE, 3), (ONE, 4)]
    await until(lambda: carried_to_the_end(runtime, working), "the first ends, too")


async def test_a_retry_takes_one_that_waits_out_of_the_order(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await working.take(event(ONE, 1), event(ONE, 2), event(ONE, 3))
    await receiver.until(1)
    await working.idle()
    ((_, first),) = await records_in(runtime.pool)
    await retry(runtime, (await by_sequence(runtime.pool))[2])
    ((_, second),) = await records_in(runtime.pool)
    await working.take_records(second)
    await working.idle()
    assert got(receiver) == [(ONE, 1), (ONE, 2)]
    assert await places(runtime.pool) == {1: "scheduled", 3: "waiting"}
    await execute(runtime.pool, "UPDATE delivery SET next_attempt_at = now() WHERE id = $1", first.delivery_id)
    await working.take_records(first)
    await receiver.until(4)
    assert got(receiver)[2:] == [(ONE, 1), (ONE, 3)]


async def test_a_retry_of_the_first_keeps_its_place(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await working.take(event(ONE, 1), event(ONE, 2))
    await receiver.until(1)
    await working.idle()
    await records_in(runtime.pool)
    await retry(runtime, (await by_sequence(runtime.pool))[1])
    assert await places(runtime.pool) == {1: "scheduled", 2: "waiting"}
    await until(lambda: carried_to_the_end(runtime, working), "both end")
    assert got(receiver) == [(ONE, 1), (ONE, 1), (ONE, 2)]


async def test_a_retry_of_what_has_ended_holds_nobody_up(
    runtime: Runtime[Settings], working: Process, receiver: Receiver
) -> None:
    await working.take(event(ONE, 1))
    await receiver.until(1)
    await working.idle()
    await retry(runtime, (await by_sequence(runtime.pool))[1])
    await working.take(event(ONE, 2))
    await receiver.until(2)
    assert got(receiver) == [(ONE, 1), (ONE, 2)]


async def test_a_delivery_that_waits_says_so(
    runtime: Runtime[Settings], client: TestClient[Any, Any], process: Process, receiver: Receiver
) -> None:
    await started(runtime, process, event(ONE, 1), event(ONE, 2))
    _, page = await call(client, "GET", "/internal/webhooks?status=pending", headers=HEADERS)
    second, first = page["data"]
    assert page["total"] == 2
    assert (first["waiting_for"], second["waiting_for"]) == (None, "order")
    bound = timedelta(seconds=runtime.settings.webhook_order_wait_s)
    (row, _) = await deliveries_of(runtime.pool)
    assert row["next_attempt_at"] == row["created_at"] + bound
    assert second["next_attempt_at"] == row["next_attempt_at"].isoformat().replace("+00:00", "Z")
    _, jobs = await call(client, "GET", "/internal/jobs", headers=HEADERS)
    assert (jobs["pending"], jobs["processing"]) == (1, 1)


@pytest.mark.parametrize("rounds", ROUNDS)
async def test_an_end_that_races_with_an_arrival_in_another_process_leaves_nobody_waiting(
    runtime: Runtime[Settings],
    working: Process,
    other: Process,
    receiver: Receiver,
    seed: int,
    rounds: int,
    figures: Figures,
) -> None:
    chance = random.Random(seed)
    waited = 0
    for number in range(rounds):
        answer_s = chance.random() * 0.005
        receiver.answer = after(answer_s)
        pause_s = max(0.0, answer_s + chance.uniform(-0.004, 0.004))
        waited += await race(runtime, working, other, receiver, f"pay_{number:016}", pause_s)
    figures(f"{rounds} rounds, in {waited} of which the second had to wait")
    await until(lambda: carried_to_the_end(runtime, working), "all end")
    assert len(receiver.received) == 2 * rounds


async def test_the_race_is_there_to_be_lost(
    runtime: Runtime[Settings],
    working: Process,
    other: Process,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the lock, who arrives sees a first that is no more there when it commits, and waits for nothing."""
    monkeypatch.setattr("services.notifier.store.queries.lock_lines.text", WITHOUT_THE_LOCK)
    receiver.answer = after(0.02)

    async def rounds() -> None:
        for number in range(5):
            await race(runtime, working, other, receiver, f"pay_{number:016}", 0.005)

    with pytest.raises(AssertionError, match="waits for nobody"):
        await rounds()


async def race(
    runtime: Runtime[Settings], one: Process, two: Process, receiver: Receiver, object_: str, pause_s: float
) -> bool:
    """The first of an object ends in one process while the second arrives in the other; whether that one waited."""
    before = len(receiver.received)
    await one.take(event(object_, 1))
    await asyncio.sleep(pause_s)
    await two.take(event(object_, 2))
    waited = "waiting" in (await places(runtime.pool)).values()
    await one.idle()
    assert await waits_for_nobody(runtime.pool) == [], "waits for nobody"
    await receiver.until(before + 2)
    await one.idle()
    await two.idle()
    assert got(receiver)[before:] == [(object_, 1), (object_, 2)]
    return waited


def event(object_: str, sequence: int) -> Any:
    return payment_event(id=object_, sequence=sequence)


def got(receiver: Receiver) -> list[tuple[str, int]]:
    """Objects and sequences, as they came."""
    bodies = [orjson.loads(one.body) for one in receiver.received]
    return [(body["data"]["payment"]["id"], body["sequence"]) for body in bodies]


def by_object(answers: dict[str, Answer], otherwise: Answer) -> Answer:
    async def answer(request: web.Request) -> web.StreamResponse:
        payment = (await request.json())["data"]["payment"]["id"]
        return await answers.get(payment, otherwise)(request)

    return answer


@contextlib.asynccontextmanager
async def dispatching(process: Process) -> AsyncIterator[None]:
    running = asyncio.create_task(process.dispatcher.run())
    yield
    process.dispatcher.stop()
    await running


@contextlib.asynccontextmanager
async def failing_endpoint(pool: Pool, ordering_: str) -> AsyncIterator[Receiver]:
    """One more endpoint of the test merchant, whose server always answers 500."""
    made = Receiver()
    made.answer = status(500)
    await made.server.start_server()
    await execute(
        pool,
        "INSERT INTO endpoint"
        " (id, merchant_id, url, secret_sealed, is_default, enabled, created_at, updated_at, ordering)"
        " SELECT 'we_' || $3, merchant_id, $2, secret_sealed, false, true, created_at, updated_at, $3"
        " FROM endpoint WHERE merchant_id = $1 AND is_default",
        MERCHANT,
        made.url,
        ordering_,
    )
    yield made
    await made.server.close()


async def execute(pool: Pool, statement: str, *arguments: Any) -> None:
    async with pool.acquire() as connection:
        await connection.execute(statement, *arguments)


async def by_sequence(pool: Pool) -> dict[int, str]:
    """Deliveries' ids by their messages' sequence."""
    async with pool.acquire() as connection:
        rows = await connection.fetch("SELECT d.id, m.sequence FROM delivery d JOIN message m ON m.id = d.message_id")
    return {row["sequence"]: row["id"] for row in rows}


async def places(pool: Pool) -> dict[int, str]:
    """Where the pending ones are, by sequence."""
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT m.sequence, CASE WHEN d.waiting THEN 'waiting' WHEN d.queued IS NOT NULL THEN 'queued'"
            " WHEN d.lease_until IS NOT NULL THEN 'leased' ELSE 'scheduled' END AS place"
            " FROM delivery d JOIN message m ON m.id = d.message_id WHERE d.status = 'pending' ORDER BY m.sequence"
        )
    return {row["sequence"]: row["place"] for row in rows}


async def ended(pool: Pool, sequence: int) -> bool:
    return sequence not in await places(pool)


async def waits_for_nobody(pool: Pool) -> list[str]:
    """Deliveries that wait in a line without a first: only their bound would end that."""
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT id FROM delivery AS d WHERE waiting AND NOT EXISTS (SELECT 1 FROM delivery AS f WHERE NOT f.waiting"
            " AND f.status = 'pending' AND f.endpoint_id = d.endpoint_id AND f.ordered_by = d.ordered_by)"
        )
    return [row["id"] for row in rows]


async def carry(runtime: Runtime[Settings], process: Process) -> None:
    """What Kafka does, in no time: each record is due and comes back."""
    records = [record for _, record in await records_in(runtime.pool)]
    # In the order of ids, as all who lock several do.
    await execute(
        runtime.pool,
        "UPDATE delivery SET next_attempt_at = now() WHERE id = ANY (ARRAY("
        "SELECT id FROM delivery WHERE id = ANY ($1::text[]) AND status = 'pending' AND NOT waiting"
        " ORDER BY id FOR NO KEY UPDATE))",
        [record.delivery_id for record in records],
    )
    if records:
        await process.take_records(*records)


async def carried_to_the_end(runtime: Runtime[Settings], process: Process) -> bool:
    await carry(runtime, process)
    async with runtime.pool.acquire() as connection:
        return not await connection.fetchval("SELECT count(*) FROM delivery WHERE status = 'pending'")


async def pass_bounds(runtime: Runtime[Settings]) -> bool:
    async with pg.transaction(runtime.pool) as connection:
        return await ordering.pass_bounds(connection, runtime.clock.now(), 500)


async def retry(runtime: Runtime[Settings], delivery_id: str) -> None:
    async with pg.transaction(runtime.pool) as connection:
        await retries.retry(connection, MERCHANT, delivery_id, runtime.clock.now())


async def started(runtime: Runtime[Settings], process: Process, *events: Any) -> None:
    """Events are claimed by a process that sends nothing of them."""
    apply = process.events.event_handlers()["payment.success"].apply
    async with pg.transaction(runtime.pool) as connection:
        await apply(connection, list(events))


async def leased(runtime: Runtime[Settings], process: Process) -> list[Job]:
    """What a process has claimed."""
    async with runtime.pool.acquire() as connection:
        endpoints = await store.listening_endpoints(connection, [MERCHANT])
        rows = await connection.fetch(
            "SELECT d.*, m.body FROM delivery d JOIN message m ON m.id = d.message_id WHERE leased_by = $1",
            process.lease.holder,
        )
    (endpoint,) = endpoints[MERCHANT]
    return [Job(row["id"], row["run"], 1, "auto", endpoint, row["message_id"], row["body"]) for row in rows]


def success(job: Job, runtime: Runtime[Settings]) -> Outcome:
    now = runtime.clock.now()
    return Outcome(job, now, Exchange(now, 1.0, {}, 200), "success", 1)


async def next_process_delivers(
    runtime: Runtime[Settings], receiver: Receiver, expected: list[tuple[str, int]]
) -> None:
    """The next process of the slot takes over and delivers just this, with no time passing."""
    following = Process.make(runtime)
    sweeper = following.sweeper()
    async with dispatching(following):
        sweeping = asyncio.create_task(sweeper.run())
        await receiver.until(len(expected))
        sweeper.stop()
        await sweeping
    await following.sender.close()
    assert got(receiver) == expected
    rows = await deliveries_of(runtime.pool)
    assert {row["status"] for row in rows} == {"success"}
    for row in rows:
        assert len({attempt["number"] for attempt in await attempts_of(runtime.pool, row["id"])}) == 1
