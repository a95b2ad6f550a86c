"""Deliveries from event to end, on a real Postgres with real receivers; Kafka's part is played by the test."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta

import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from chassis import counts, pg
from chassis.consumer import Message
from chassis.errors import Reject
from chassis.runtime import Runtime
from chassis.tests.waiting import Stopwatch
from contracts.topics import delay_topic_name
from services.notifier import retries
from services.notifier.settings import Settings
from services.notifier.store import COUNTED, queries
from services.notifier.tests.conftest import (
    MERCHANT,
    OTHER_MERCHANT,
    Process,
    add_endpoint,
    attempts_of,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Receiver, after, in_turn, status, when

HANGING_S = 3.0
"""How long an attempt may take where none is answered: the others get theirs meanwhile."""


@pytest.fixture
async def other_process(runtime: Runtime[Settings]) -> AsyncIterator[Process]:
    """A second process; as far as leases go, the next one of the same slot."""
    made = Process.make(runtime)
    yield made
    await made.sender.close()


async def test_an_event_reaches_its_merchant_signed_and_logged(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event(metadata={"note": "Zoë", "whole": 2.0, "part": 0.5}, added_later=[1.0])
    await process.take(event)
    await process.idle()
    taken = receiver.received[0]
    body = orjson.loads(taken.body)
    assert body == {
        "id": event.attributes.id,
        "event": "payment.success",
        "timestamp": int(event.attributes.time.timestamp()),
        "sequence": 3,
        "data": {"payment": orjson.loads(event.raw)["payment"]},
    }
    assert b'"metadata":{"note":"Zo\xc3\xab","whole":2,"part":0.5},"added_later":[1]' in taken.body
    as_base64 = "d2hzZWNfdGVzdF9hYmMxMjM="
    assert Webhook(as_base64).verify(taken.body.decode(), taken.headers)
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"], delivery["response_code"]) == ("success", 1, 200)
    (attempt,) = await attempts_of(runtime.pool, delivery["id"])
    assert (attempt["trigger"], attempt["error_class"], attempt["url"]) == ("auto", None, receiver.url)
    assert attempt["request_headers"].items() <= taken.headers.items()
    assert await records_in(runtime.pool) == []


async def test_a_refund_carries_its_payment(process: Process, receiver: Receiver) -> None:
    event = payment_event("refund.created")
    raw = orjson.dumps({**orjson.loads(event.raw), "refund": {"id": "rfnd_1"}})
    await process.take(Message(event.attributes, event.data, raw, event.key))
    await process.idle()
    assert list(orjson.loads(receiver.received[0].body)["data"]) == ["refund", "payment"]


async def test_an_event_without_a_payment_is_rejected_whole(process: Process, runtime: Runtime[Settings]) -> None:
    event = payment_event()
    broken = Message(event.attributes, event.data, b'{"sequence":1,"merchant_id":"m"}', event.key)
    with pytest.raises(Reject):
        await process.take(event, broken)
    assert await deliveries_of(runtime.pool) == []


async def test_an_event_that_comes_twice_is_delivered_once(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event()
    await process.take(event, event)
    await process.take(event)
    await process.idle()
    assert len(receiver.received) == 1
    assert len(await deliveries_of(runtime.pool)) == 1


async def test_a_merchant_without_a_url_gets_a_message_and_no_delivery(
    runtime: Runtime[Settings], settings: Settings, process: Process
) -> None:
    await add_endpoint(settings, runtime.pool, None)
    await process.take(payment_event(merchant_id=OTHER_MERCHANT))
    assert await deliveries_of(runtime.pool, OTHER_MERCHANT) == []
    async with runtime.pool.acquire() as connection:
        (row,) = await queries.audit_messages_of_merchant.rows(connection, merchant_id=OTHER_MERCHANT)
    assert row["type"] == "payment.success"


async def test_what_a_rolled_back_slice_claimed_is_not_sent(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    apply = process.events.event_handlers()["payment.success"].apply
    with contextlib.suppress(ZeroDivisionError):
        async with pg.transaction(runtime.pool) as connection:
            await apply(connection, [payment_event()])
            raise ZeroDivisionError
    process.events.rolled_back()
    process.events.committed()
    await process.idle()
    assert receiver.received == []
    assert process.dispatcher.lanes.unsettled == 0


async def test_five_attempts_then_failed(runtime: Runtime[Settings], process: Process, receiver: Receiver) -> None:
    """Each failure leaves one record on the delay topic of its gap; the record's return makes the next attempt."""
    receiver.answer = status(500, text="broken")
    await process.take(payment_event())
    await process.idle()
    topics = []
    for _ in range(4):
        ((topic, record),) = await records_in(runtime.pool)
        topics.append(topic)
        await make_due(runtime)
        await process.take_records(record, record)
        await process.idle()
    assert topics == [delay_topic_name(gap_s) for gap_s in (5, 10, 15, 20)]
    assert await records_in(runtime.pool) == []
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"], delivery["next_attempt_at"]) == ("failed", 5, None)
    assert delivery["failure_reason"] == "exhausted"
    attempts = await attempts_of(runtime.pool, delivery["id"])
    assert [(a["number"], a["error_class"], a["response_body"]) for a in attempts] == [
        (number, "status", b"broken") for number in range(1, 6)
    ]
    assert len({taken.headers["webhook-id"] for taken in receiver.received}) == 1
    assert len({taken.body for taken in receiver.received}) == 1


async def test_a_record_before_its_time_is_held_until_then(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    ((_, record),) = await records_in(runtime.pool)
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await make_due(runtime, in_s=0.5)
    async with Stopwatch() as watch:
        running = asyncio.create_task(process.dispatcher.run())
        await process.take_records(record)
        await receiver.until(2)
        assert loop.time() - began_s >= 0.49
    assert watch.lived_s < 1.0
    process.dispatcher.stop()
    await running
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"]) == ("success", 2)


async def test_410_disables_the_endpoint(runtime: Runtime[Settings], process: Process, receiver: Receiver) -> None:
    receiver.answer = status(410)
    await process.take(payment_event())
    await process.idle()
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"], delivery["response_code"]) == ("failed", 1, 410)
    await process.take(payment_event())
    assert len(await deliveries_of(runtime.pool)) == 1
    with pytest.raises(Exception, match="disabled"):
        async with pg.transaction(runtime.pool) as connection:
            await retries.retry(connection, MERCHANT, delivery["id"], runtime.clock.now())


async def test_what_is_pending_when_its_endpoint_is_disabled_is_not_sent(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(410))
    await process.take(payment_event())
    await process.idle()
    await process.take(payment_event())
    await process.idle()
    ((_, record),) = await records_in(runtime.pool)
    await make_due(runtime)
    await process.take_records(record)
    await process.idle()
    assert len(receiver.received) == 2
    rows = await deliveries_of(runtime.pool)
    assert [(row["status"], row["error"], row["failure_reason"]) for row in rows] == [
        ("failed", "The endpoint answered 410", "gone"),
        ("failed", "endpoint disabled", "endpoint_disabled"),
    ]
    assert await attempts_counted(runtime) == {"webhooks_failed": 2}


async def test_a_manual_retry_starts_a_run_and_older_records_drop(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    ((_, scheduled),) = await records_in(runtime.pool)
    async with pg.transaction(runtime.pool) as connection:
        await retries.retry(connection, MERCHANT, scheduled.delivery_id, runtime.clock.now())
    ((topic, fresh),) = await records_in(runtime.pool)
    assert (topic, fresh.run, fresh.attempt) == ("webhook.dispatch.v1", 2, 1)
    await process.take_records(scheduled)
    await process.idle()
    assert len(receiver.received) == 1
    await process.take_records(fresh, scheduled)
    await process.take_records(fresh)
    await process.idle()
    assert len(receiver.received) == 2
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["run"], delivery["attempts"]) == ("success", 2, 1)
    log = await attempts_of(runtime.pool, delivery["id"])
    assert [(a["run"], a["number"], a["trigger"]) for a in log] == [(1, 1, "auto"), (2, 1, "manual")]


async def test_a_retry_while_an_attempt_is_under_way_wins(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    answering = asyncio.Event()
    receiver.answer = in_turn(when(answering, 500), status(200))
    await process.take(payment_event())
    await receiver.until(1)
    (delivery,) = await deliveries_of(runtime.pool)
    async with pg.transaction(runtime.pool) as connection:
        await retries.retry(connection, MERCHANT, delivery["id"], runtime.clock.now())
    ((_, fresh),) = await records_in(runtime.pool)
    answering.set()
    await process.idle()
    assert await records_in(runtime.pool) == []
    await process.take_records(fresh)
    await process.idle()
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["run"], delivery["attempts"]) == ("success", 2, 1)
    assert [(a["run"], a["number"]) for a in await attempts_of(runtime.pool, delivery["id"])] == [(1, 1), (2, 1)]


async def test_two_processes_with_one_record_send_once(
    runtime: Runtime[Settings], process: Process, other_process: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    ((_, record),) = await records_in(runtime.pool)
    await make_due(runtime)
    await asyncio.gather(process.take_records(record), other_process.take_records(record))
    await process.idle()
    await other_process.idle()
    assert len(receiver.received) == 2


@pytest.mark.parametrize("comes", ["before the other's answer", "after it"])
async def test_a_claim_that_was_lost_changes_nothing(
    runtime: Runtime[Settings], process: Process, other_process: Process, receiver: Receiver, comes: str
) -> None:
    """The first process is taken for dead while it waits for its answer: its late failure must not count."""
    late, taken_up = asyncio.Event(), asyncio.Event()
    receiver.answer = in_turn(when(late, 500), when(taken_up, 200))
    await process.take(payment_event())
    await receiver.until(1)
    sweeping = asyncio.create_task(sweep_until(other_process, receiver, 2))
    await receiver.until(2)
    answers = [(late, process), (taken_up, other_process)]
    for told, sender in answers if comes == "before the other's answer" else reversed(answers):
        told.set()
        await sender.idle()
    await sweeping
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"], delivery["response_code"]) == ("success", 1, 200)
    assert await records_in(runtime.pool) == []


async def test_a_restarted_slot_takes_its_own_back_at_once(
    runtime: Runtime[Settings], process: Process, other_process: Process, receiver: Receiver
) -> None:
    apply = process.events.event_handlers()["payment.success"].apply
    async with pg.transaction(runtime.pool) as connection:
        await apply(connection, [payment_event()])
    # The first process dies here: claimed, committed, never sent.
    await sweep_until(other_process, receiver, 1)
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"]) == ("success", 1)
    (attempt,) = await attempts_of(runtime.pool, delivery["id"])
    assert attempt["trigger"] == "sweeper"


async def test_the_sweeper_makes_up_for_a_lost_record(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = in_turn(status(500), status(200))
    await process.take(payment_event())
    await process.idle()
    ((_, lost),) = await records_in(runtime.pool)
    await make_due(runtime)
    await sweep_until(process, receiver, 2)
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"]) == ("success", 2)
    await process.take_records(lost)
    await process.idle()
    assert len(receiver.received) == 2


async def test_the_sweeper_leaves_what_is_not_due(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(500)
    await process.take(payment_event())
    await process.idle()
    await process.sweep()
    assert len(receiver.received) == 1


async def test_slots_bound_what_one_endpoint_gets_at_once_and_nothing_is_lost(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    receiver.answer = after(0.02)
    await process.take(*(payment_event() for _ in range(100)))
    slots = runtime.settings.webhook_endpoint_slots
    async with runtime.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM delivery WHERE queued IS NOT NULL") >= 100 - slots
    # Only now: it claims what is queued, and the more the quicker the answers come.
    running = asyncio.create_task(process.dispatcher.run())
    await receiver.until(100)
    await process.idle()
    process.dispatcher.stop()
    await running
    assert receiver.running_most <= slots
    rows = await deliveries_of(runtime.pool)
    assert {(row["status"], row["attempts"]) for row in rows} == {("success", 1)}
    assert len({taken.headers["webhook-id"] for taken in receiver.received}) == 100


async def test_a_hanging_endpoint_delays_no_other(
    runtime: Runtime[Settings], settings: Settings, receiver: Receiver
) -> None:
    runtime.settings = settings.model_copy(update={"webhook_timeout_s": HANGING_S, "webhook_lease_s": 2 * HANGING_S})
    process, hanging = Process.make(runtime), Receiver()
    hanging.answer = after(30)
    await hanging.server.start_server()
    await add_endpoint(settings, runtime.pool, hanging.url)
    running = asyncio.create_task(process.dispatcher.run())
    await process.take(*(payment_event(merchant_id=OTHER_MERCHANT) for _ in range(50)))
    async with Stopwatch() as watch:
        await process.take(*(payment_event() for _ in range(50)))
        await receiver.until(50)
    assert watch.lived_s < HANGING_S
    process.dispatcher.stop()
    await running
    rows = await deliveries_of(runtime.pool, OTHER_MERCHANT)
    assert {row["status"] for row in rows} == {"pending"}
    assert sum(row["attempts"] for row in rows) == len(hanging.received)
    await process.sender.close()
    await hanging.server.close()


async def test_a_process_that_stops_gives_back_what_it_has_not_sent(
    runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    running = asyncio.create_task(process.dispatcher.run())
    await process.take(*(payment_event() for _ in range(30)))
    await receiver.until(30)
    await process.idle()
    receiver.answer = after(0.2)
    await process.take(*(payment_event() for _ in range(30)))
    process.dispatcher.stop()
    await running
    async with runtime.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM delivery WHERE lease_until IS NOT NULL") == 0
        waiting = await connection.fetchval("SELECT count(*) FROM delivery WHERE queued = 'slot' AND attempts = 0")
    counted = await attempts_counted(runtime)
    assert waiting == 60 - counted.total(), "what was not sent did not fail"
    assert waiting > 0


async def test_every_change_is_counted(runtime: Runtime[Settings], process: Process, receiver: Receiver) -> None:
    receiver.answer = in_turn(status(200), status(500), status(410))
    for expected in (
        {"pending": 0, "success": 1},
        {"pending": 1, "success": 1},
        {"pending": 1, "success": 1, "failed": 1},
    ):
        await process.take(payment_event())
        await process.idle()
        async with runtime.pool.acquire() as connection:
            assert await counts.by_status(connection, COUNTED) == expected


async def attempts_counted(runtime: Runtime[Settings]) -> Counter[str]:
    """How many attempts came to what, of all hours together."""
    now = runtime.clock.now()
    async with runtime.pool.acquire() as connection:
        told = await counts.between(connection, MERCHANT, now - timedelta(hours=2), now + timedelta(hours=2))
    found: Counter[str] = Counter()
    for (_, figure), number in told.items():
        found[figure] += number
    return found


async def make_due(runtime: Runtime[Settings], in_s: float = 0) -> None:
    """Time passes: what is scheduled is due."""
    async with runtime.pool.acquire() as connection:
        await connection.execute(
            "UPDATE delivery SET next_attempt_at = $1 WHERE next_attempt_at IS NOT NULL",
            runtime.clock.now() + timedelta(seconds=in_s),
        )


async def sweep_until(process: Process, receiver: Receiver, count: int) -> None:
    """Run a process's sweeper and dispatcher until the receiver has so many webhooks."""
    sweeper = process.sweeper()
    workers = [asyncio.create_task(sweeper.run()), asyncio.create_task(process.dispatcher.run())]
    await receiver.until(count)
    sweeper.stop()
    process.dispatcher.stop()
    await asyncio.gather(*workers)
