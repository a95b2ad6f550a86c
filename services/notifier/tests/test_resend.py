"""An event is sent again: to every endpoint that wants it, or to the one that is named."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts import ids
from services.notifier import app
from services.notifier.endpoints import insert_default
from services.notifier.retries import NOBODY_LISTENS
from services.notifier.settings import Settings
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
from services.notifier.tests.receiver import Receiver, status
from services.notifier.tests.test_routes import HEADERS, OTHER_HEADERS, call

Client = TestClient[Any, Any]


async def resend(client: Client, event_id: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    return await call(client, "POST", f"/internal/events/{event_id}/resend", body or {}, {**HEADERS, **headers})


async def add_second(client: Client, url: str, **asked: Any) -> str:
    """One more endpoint of the merchant; its id."""
    code, made = await call(client, "POST", "/internal/webhook_endpoints", {"url": url, **asked})
    assert code == 201, made
    return str(made["id"])


async def sent(runtime: Runtime[Settings], process: Process) -> None:
    """What was scheduled has been sent."""
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await process.idle()


async def test_a_delivery_that_there_is_begins_its_next_run(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    (row,) = await deliveries_of(runtime.pool)
    code, told = await resend(client, event.attributes.id)
    delivery = {"id": row["id"], "webhook_endpoint_id": row["endpoint_id"], "run": 2}
    assert (code, told["event"], told["deliveries"]) == (200, "payment.success", [delivery])
    await sent(runtime, process)
    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == event.attributes.id
    attempts = await attempts_of(runtime.pool, row["id"])
    assert [(one["run"], one["number"], one["trigger"]) for one in attempts] == [(1, 1, "auto"), (2, 1, "manual")]
    (row,) = await deliveries_of(runtime.pool)
    assert (row["status"], row["run"]) == ("success", 2)


async def test_an_endpoint_that_came_later_gets_its_first_delivery(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    later = await add_second(client, receiver.url)
    code, told = await resend(client, event.attributes.id, {"webhook_endpoint_id": later})
    ((first,), _) = (told["deliveries"], code)
    assert (code, first["webhook_endpoint_id"], first["run"]) == (200, later, 1)
    await sent(runtime, process)
    assert len(receiver.received) == 2
    (attempt,) = await attempts_of(runtime.pool, first["id"])
    assert attempt["trigger"] == "manual"
    _, told = await resend(client, event.attributes.id)
    assert sorted(one["run"] for one in told["deliveries"]) == [2, 2]


async def test_who_does_not_want_it_gets_it_only_when_named(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    other = await add_second(client, receiver.url, event_types=["refund.*"])
    _, told = await resend(client, event.attributes.id)
    assert len(told["deliveries"]) == 1
    _, told = await resend(client, event.attributes.id, {"webhook_endpoint_id": other})
    assert [one["webhook_endpoint_id"] for one in told["deliveries"]] == [other]


async def test_an_event_that_nobody_listened_to_is_delivered_after_all(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, settings: Settings
) -> None:
    event = payment_event(merchant_id=OTHER_MERCHANT)
    await process.take(event)
    assert await deliveries_of(runtime.pool, OTHER_MERCHANT) == []
    path = f"/internal/events/{event.attributes.id}/resend"
    code, refused = await call(client, "POST", path, {}, OTHER_HEADERS)
    assert (code, refused["error"]["description"]) == (400, NOBODY_LISTENS)
    await add_endpoint(settings, runtime.pool, receiver.url, OTHER_MERCHANT)
    code, told = await call(client, "POST", path, {}, OTHER_HEADERS)
    assert (code, len(told["deliveries"])) == (200, 1)
    await sent(runtime, process)
    assert len(receiver.received) == 1


async def test_many_at_once_make_one_first_delivery(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    later = await add_second(client, receiver.url)
    answers = await asyncio.gather(
        *(resend(client, event.attributes.id, {"webhook_endpoint_id": later}) for _ in range(8))
    )
    assert {code for code, _ in answers} == {200}
    assert len({told["deliveries"][0]["id"] for _, told in answers}) == 1
    assert sorted(told["deliveries"][0]["run"] for _, told in answers) == list(range(1, 9))
    await sent(runtime, process)
    assert len(receiver.received) == 2, "the runs before the last are void"


async def test_a_key_does_it_once(client: Client, runtime: Runtime[Settings], process: Process) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    answers = [await resend(client, event.attributes.id, **{"Idempotency-Key": "k"}) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(await records_in(runtime.pool)) == 1


async def test_what_is_unknown_today_may_be_known_tomorrow(
    client: Client, runtime: Runtime[Settings], process: Process
) -> None:
    event = payment_event()
    key = {"Idempotency-Key": "k"}
    assert (await resend(client, event.attributes.id, **key))[0] == 404
    await process.take(event)
    await process.idle()
    assert (await resend(client, event.attributes.id, **key))[0] == 200


async def test_a_strangers_event_or_endpoint_is_none(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, settings: Settings
) -> None:
    event = payment_event()
    await process.take(event)
    await process.idle()
    async with runtime.pool.acquire() as connection:
        now = runtime.clock.now()
        cipher = app.make_cipher(settings)
        await insert_default(connection, cipher, OTHER_MERCHANT, url=receiver.url, secret="whsec_x", now=now)
        other = await connection.fetchval("SELECT id FROM endpoint WHERE merchant_id = $1", OTHER_MERCHANT)
    path = f"/internal/events/{event.attributes.id}/resend"
    assert (await call(client, "POST", path, {}, OTHER_HEADERS))[0] == 404
    for stranger in (other, ids.new_id(ids.ENDPOINT)):
        code, refused = await resend(client, event.attributes.id, {"webhook_endpoint_id": stranger})
        assert (code, refused["error"]["field"]) == (400, "webhook_endpoint_id")
    assert await records_in(runtime.pool) == []
    assert {row["merchant_id"] for row in await deliveries_of(runtime.pool)} == {MERCHANT}


@pytest.mark.parametrize("event_id", ["nothing", "%00", "evt_0VxKb3RcW1uY7HdE", "whd_0VxKb3RcW1uY7HdE"])
async def test_what_can_be_no_event_is_not_found(client: Client, event_id: str) -> None:
    code, answer = await resend(client, event_id)
    assert (code, answer["error"]["code"]) == (404, "NOT_FOUND_ERROR")


async def test_an_unknown_field_is_a_mistake(client: Client, process: Process, receiver: Receiver) -> None:
    receiver.answer = status(200)
    code, answer = await resend(client, "evt_0VxKb3RcW1uY7HdE", {"endpoint": "we_0VxKb3RcW1uY7HdE"})
    assert (code, answer["error"]["field"]) == (400, "endpoint")
