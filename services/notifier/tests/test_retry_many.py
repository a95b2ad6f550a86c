"""Many deliveries are sent again: those that a filter names, in bounded steps, once per key."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts import ids
from services.notifier.retries import NOBODY_LISTENS
from services.notifier.settings import Settings
from services.notifier.tests.conftest import (
    MERCHANT,
    OTHER_MERCHANT,
    Process,
    add_endpoint,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Receiver, in_turn, status
from services.notifier.tests.test_routes import HEADERS, OTHER_HEADERS, call

Client = TestClient[Any, Any]
PATH = "/internal/webhooks/retry"
FAILED = 5


@pytest.fixture
async def failed(runtime: Runtime[Settings], process: Process, receiver: Receiver) -> list[str]:
    """Five deliveries that failed, oldest first, the last one of another payment, and one that did not."""
    receiver.answer = in_turn(*[status(500)] * FAILED, status(200))
    for number in range(FAILED + 1):
        payment = "pay_0VxKb3RcW1uY7HdE" if number < FAILED - 1 else "pay_0VxKb3RcW1uY7Hd0"
        await process.take(payment_event("payment.created" if number == 0 else "payment.success", id=payment))
        await process.idle()
    async with runtime.pool.acquire() as connection:
        await connection.execute(
            "UPDATE delivery SET status = 'failed', next_attempt_at = NULL, attempts = 5 WHERE status = 'pending'"
        )
        await connection.execute(
            "UPDATE count_delta SET status = 'failed' WHERE status = 'pending' AND id IN "
            "(SELECT id FROM count_delta WHERE status = 'pending' AND delta = 1 ORDER BY id LIMIT $1)",
            FAILED,
        )
    await records_in(runtime.pool)
    return [row["id"] for row in reversed(await deliveries_of(runtime.pool)) if row["status"] == "failed"]


async def retry(client: Client, body: Any, **headers: str) -> tuple[int, Any]:
    return await call(client, "POST", PATH, body, {**HEADERS, **headers})


async def statuses(client: Client) -> dict[str, int]:
    found = {}
    for name in ("pending", "success", "failed"):
        _, page = await call(client, "GET", f"/internal/webhooks?status={name}")
        assert len(page["data"]) == page["total"]
        found[name] = page["total"]
    return found


async def test_what_failed_starts_afresh_the_oldest_first_until_none_remains(
    client: Client, runtime: Runtime[Settings], failed: list[str]
) -> None:
    told = [(await retry(client, {"filter": {}, "limit": 2}))[1] for _ in range(4)]
    assert [(one["scheduled"], one["remaining"]) for one in told] == [(2, 3), (2, 1), (1, 0), (0, 0)]
    records = [record for _, record in await records_in(runtime.pool)]
    assert [record.delivery_id for record in records] == failed
    assert {(record.run, record.attempt) for record in records} == {(2, 1)}
    assert await statuses(client) == {"pending": FAILED, "success": 1, "failed": 0}


async def test_they_are_delivered(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, failed: list[str]
) -> None:
    receiver.answer = status(200)
    before = len(receiver.received)
    await retry(client, {"filter": {}})
    running = asyncio.create_task(process.dispatcher.run())
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await receiver.until(before + FAILED)
    process.dispatcher.stop()
    await running
    assert len(receiver.received) - before == FAILED
    assert await statuses(client) == {"pending": 0, "success": FAILED + 1, "failed": 0}
    _, shown = await call(client, "GET", f"/internal/webhooks/{failed[0]}")
    assert [(one["run"], one["attempt"], one["trigger"]) for one in shown["attempt_log"]] == [
        (1, 1, "auto"),
        (2, 1, "bulk"),
    ]


async def test_a_dry_run_tells_and_does_nothing(client: Client, runtime: Runtime[Settings], failed: list[str]) -> None:
    for _ in range(2):
        _, told = await retry(client, {"filter": {}, "limit": 3, "dry_run": True})
        assert told == {"scheduled": 3, "remaining": 2, "next_cursor": failed[2], "dry_run": True}
    assert await records_in(runtime.pool) == []
    assert (await statuses(client))["failed"] == len(failed)


async def test_a_filter_names_status_event_payment_and_range(client: Client, failed: list[str]) -> None:
    now = datetime.now(UTC)
    earlier, later = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    for asked, count in [
        ({"status": "failed"}, 5),
        ({"status": "success"}, 1),
        ({"event": "payment.created"}, 1),
        ({"event": "payment.success"}, 4),
        ({"event": "refund.failed"}, 0),
        ({"payment_id": "pay_0VxKb3RcW1uY7HdE"}, 4),
        ({"payment_id": "pay_0VxKb3RcW1uY7Hd0"}, 1),
        ({"payment_id": "pay_0VxKb3RcW1uY7Hd0", "event": "payment.created"}, 0),
        ({"payment_id": "nothing"}, 0),
        ({"created_from": earlier, "created_to": later}, 5),
        ({"created_from": later}, 0),
        ({"created_to": earlier}, 0),
        ({"created_to": "2000-01-01T00:00:00"}, 0),
        ({"payment_id": "pay_0VxKb3RcW1uY7HdE", "created_from": later}, 0),
    ]:
        code, told = await retry(client, {"filter": asked, "dry_run": True})
        assert (code, told["scheduled"]) == (200, count), asked


async def test_a_key_does_it_once(client: Client, runtime: Runtime[Settings], failed: list[str]) -> None:
    body = {"filter": {}, "limit": 2}
    answers = await asyncio.gather(*(retry(client, body, **{"Idempotency-Key": "k"}) for _ in range(10)))
    expected = {"scheduled": 2, "remaining": 3, "dry_run": False, "next_cursor": failed[1]}
    assert all(answer == (200, expected) for answer in answers)
    assert [record.delivery_id for _, record in await records_in(runtime.pool)] == failed[:2]
    code, refused = await retry(client, {"filter": {}}, **{"Idempotency-Key": "k"})
    assert (code, refused["error"]["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_two_at_once_start_no_run_twice(client: Client, runtime: Runtime[Settings], failed: list[str]) -> None:
    answers = await asyncio.gather(*(retry(client, {"filter": {}}) for _ in range(6)))
    assert sum(told["scheduled"] for _, told in answers) == FAILED
    records = [record for _, record in await records_in(runtime.pool)]
    assert sorted(record.delivery_id for record in records) == failed
    assert {record.run for record in records} == {2}


async def test_more_than_can_be_counted_is_said_to_be_more(
    client: Client, failed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifier.lists.MATCH_WINDOW", 4)
    _, told = await retry(client, {"filter": {}, "limit": 1})
    assert told.pop("next_cursor") == failed[0]
    assert told == {"scheduled": 1, "remaining": 3, "remaining_capped": True, "dry_run": False}
    asked = {"filter": {"event": "refund.failed"}, "limit": 1}
    _, told = await retry(client, asked)
    assert told.pop("next_cursor") == failed[4]
    assert told == {"scheduled": 0, "remaining": 0, "remaining_capped": True, "dry_run": False}
    _, told = await retry(client, {**asked, "starting_after": failed[4]})
    assert told == {"scheduled": 0, "remaining": 0, "dry_run": False}


async def test_who_goes_on_from_the_cursor_meets_each_once_though_they_fail_again(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, failed: list[str]
) -> None:
    receiver.answer = status(410)
    records, calls = [], 0
    asked: dict[str, Any] = {"filter": {}, "limit": 2}
    while True:
        code, told = await retry(client, asked)
        assert code == 200
        calls += 1
        records += [record for _, record in await records_in(runtime.pool)]
        # As when the endpoint's server is as broken as it was.
        async with runtime.pool.acquire() as connection:
            again = "UPDATE delivery SET status = 'failed', next_attempt_at = NULL WHERE status = 'pending' AND run = 2"
            await connection.execute(again)
        if "next_cursor" not in told:
            break
        asked["starting_after"] = told["next_cursor"]
    assert calls == 3
    assert [record.delivery_id for record in records] == failed
    assert {record.run for record in records} == {2}
    _, told = await retry(client, {"filter": {}, "limit": 2, "dry_run": True})
    assert (told["scheduled"], told["remaining"]) == (2, 3), "who begins anew meets them anew"


async def test_of_one_endpoint(
    client: Client, runtime: Runtime[Settings], settings: Settings, receiver: Receiver, failed: list[str]
) -> None:
    (row,) = {row["endpoint_id"] for row in await deliveries_of(runtime.pool)}
    _, told = await retry(client, {"filter": {"webhook_endpoint_id": row}, "dry_run": True})
    assert told["scheduled"] == FAILED
    await add_endpoint(settings, runtime.pool, receiver.url, OTHER_MERCHANT)
    async with runtime.pool.acquire() as connection:
        other = await connection.fetchval("SELECT id FROM endpoint WHERE merchant_id = $1", OTHER_MERCHANT)
    for stranger in (other, ids.new_id(ids.ENDPOINT)):
        code, refused = await retry(client, {"filter": {"webhook_endpoint_id": stranger}})
        assert (code, refused["error"]["field"]) == (400, "filter.webhook_endpoint_id")


async def test_another_merchants_are_not_touched(
    client: Client, runtime: Runtime[Settings], settings: Settings, receiver: Receiver, failed: list[str]
) -> None:
    code, refused = await call(client, "POST", PATH, {"filter": {}}, OTHER_HEADERS)
    assert (code, refused["error"]["description"]) == (400, NOBODY_LISTENS)
    await add_endpoint(settings, runtime.pool, receiver.url, OTHER_MERCHANT)
    assert await call(client, "POST", PATH, {"filter": {}}, OTHER_HEADERS) == (
        200,
        {"scheduled": 0, "remaining": 0, "dry_run": False},
    )
    assert {row["merchant_id"] for row in await deliveries_of(runtime.pool)} == {MERCHANT}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "filter"),
        ({"filter": None}, "filter"),
        ({"filter": {"status": "pending"}}, "filter.status"),
        ({"filter": {"state": "failed"}}, "filter.state"),
        ({"filter": {}, "all": True}, "all"),
        ({"filter": {"event": "payment.sucess"}}, "filter.event"),
        ({"filter": {"payment_id": "\x00"}}, "filter.payment_id"),
        ({"filter": {"created_from": "yesterday"}}, "filter.created_from"),
        ({"filter": {"created_to": "9999-12-31T23:59:59-23:00"}}, "filter.created_to"),
        ({"filter": {"created_to": 1e300}}, "filter.created_to"),
        ({"filter": {"webhook_endpoint_id": "whd_0VxKb3RcW1uY7HdE"}}, "filter.webhook_endpoint_id"),
        ({"filter": {}, "starting_after": "we_0VxKb3RcW1uY7HdEx"}, "starting_after"),
        ({"filter": {}, "limit": 0}, "limit"),
        ({"filter": {}, "limit": 1001}, "limit"),
        ({"filter": {}, "limit": "10"}, "limit"),
        ({"filter": {}, "dry_run": "yes"}, "dry_run"),
    ],
)
async def test_what_can_not_be_meant_is_refused(client: Client, body: Any, field: str) -> None:
    code, answer = await retry(client, body)
    assert (code, answer["error"]["field"]) == (400, field)
