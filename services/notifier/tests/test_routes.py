"""The internal HTTP as the api uses it."""

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts.events.webhook import parse_webhook
from services.notifier.settings import Settings
from services.notifier.tests.conftest import (
    MERCHANT,
    OTHER_MERCHANT,
    SECRET,
    TOKEN,
    Process,
    deliveries_of,
    payment_event,
    records_in,
)
from services.notifier.tests.receiver import Receiver, in_turn, status

Client = TestClient[Any, Any]
HEADERS = {"Authorization": f"Bearer {TOKEN}", "X-Merchant-Id": MERCHANT}
OTHER_HEADERS = {**HEADERS, "X-Merchant-Id": OTHER_MERCHANT}


async def call(
    client: Client, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """Status and JSON."""
    async with client.request(method, path, json=body, headers=headers or HEADERS) as response:
        return response.status, orjson.loads(await response.read())


@pytest.mark.parametrize(
    ("headers", "code"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": f"Bearer {TOKEN}"}, 400)],
)
async def test_only_the_gateways_services_may_call(client: Client, headers: dict[str, str], code: int) -> None:
    async with client.get("/internal/webhooks", headers=headers) as response:
        assert response.status == code


async def test_list_filters_and_pages(client: Client, process: Process, receiver: Receiver) -> None:
    receiver.answer = in_turn(status(500), status(200))
    for type_ in ("payment.created", "payment.success", "payment.success"):
        await process.take(payment_event(type_))
        await process.idle()
    code, page = await call(client, "GET", "/internal/webhooks?limit=2")
    assert code == 200
    assert {name: page[name] for name in ("total", "limit", "offset", "has_more")} == {
        "total": 3, "limit": 2, "offset": 0, "has_more": True,
    }  # fmt: skip
    assert [row["event"] for row in page["data"]] == ["payment.success", "payment.success"]
    assert page["data"] == sorted(page["data"], key=lambda row: row["id"], reverse=True)
    _, rest = await call(client, "GET", "/internal/webhooks?limit=2&offset=2")
    assert ([row["status"] for row in rest["data"]], rest["has_more"]) == (["pending"], False)
    for query, total in (
        ("status=pending", 1),
        ("status=success", 2),
        ("status=failed", 0),
        ("event=payment.success", 2),
        ("event=payment.created&status=pending", 1),
        ("event=payment.created&status=success", 0),
        ("event=no.such", 0),
    ):
        _, found = await call(client, "GET", f"/internal/webhooks?{query}")
        assert (len(found["data"]), found["total"]) == (total, total), query
    assert (await call(client, "GET", "/internal/webhooks", headers=OTHER_HEADERS))[1]["data"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "offset=-1", "offset=99999999999", "status=lost", "event=%00"]
)
async def test_bad_queries_are_refused(client: Client, query: str) -> None:
    code, answer = await call(client, "GET", f"/internal/webhooks?{query}")
    assert code == 400
    assert answer["error"]["description"]


async def test_a_delivery_shows_its_payload_and_every_attempt(
    client: Client, process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(503, {"Retry-After": "9"}, "later")
    await process.take(payment_event())
    await process.idle()
    _, page = await call(client, "GET", "/internal/webhooks")
    code, shown = await call(client, "GET", f"/internal/webhooks/{page['data'][0]['id']}")
    assert code == 200
    assert shown.items() >= page["data"][0].items()
    assert shown["payload"] == orjson.loads(receiver.received[0].body)
    (attempt,) = shown["attempt_log"]
    assert (attempt["response_status"], attempt["response_body"], attempt["error_class"]) == (503, "later", "status")
    assert attempt["request_headers"]["webhook-id"] == shown["event_id"]
    assert SECRET not in orjson.dumps(shown).decode()
    assert (await call(client, "GET", f"/internal/webhooks/{shown['id']}", headers=OTHER_HEADERS))[0] == 404
    for nothing in ("whd_0000000000000000", "evt_0000000000000000", "%00", "x"):
        code, answer = await call(client, "GET", f"/internal/webhooks/{nothing}")
        assert (code, answer["error"]["code"]) == (404, "NOT_FOUND_ERROR")


async def test_a_retry_is_scheduled_once_per_key(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    await process.take(payment_event())
    await process.idle()
    (delivery,) = await deliveries_of(runtime.pool)
    path = f"/internal/webhooks/{delivery['id']}/retry"

    async def post(key: str) -> tuple[int, bytes, str | None]:
        async with client.post(path, headers={**HEADERS, "Idempotency-Key": key}) as response:
            return response.status, await response.read(), response.headers.get("Idempotent-Replayed")

    answers = await asyncio.gather(*(post("k1") for _ in range(20)))
    assert {(code, body) for code, body, _ in answers} == {
        (200, f'{{"id":"{delivery["id"]}","status":"pending","message":"Webhook retry scheduled"}}'.encode())
    }
    assert sum(replayed is None for *_, replayed in answers) == 1
    assert [record.run for _, record in await records_in(runtime.pool)] == [2]
    await post("k2")
    assert [record.run for _, record in await records_in(runtime.pool)] == [3]
    assert (await call(client, "POST", path, headers=OTHER_HEADERS))[0] == 404


async def test_settings(client: Client, receiver: Receiver) -> None:
    _, shown = await call(client, "GET", "/internal/settings")
    assert (shown["webhook_url"], shown["webhook_secret"]) == (receiver.url, SECRET)
    url = "http://127.0.0.1:4000/other"
    code, saved = await call(client, "PUT", "/internal/settings", {"webhook_url": url})
    assert (code, saved["webhook_url"], saved["webhook_secret"]) == (200, url, SECRET)
    code, renewed = await call(client, "POST", "/internal/settings/regenerate-secret")
    assert code == 200
    assert renewed["webhook_secret"].startswith("whsec_")
    assert renewed["webhook_secret"] != SECRET
    _, shown = await call(client, "GET", "/internal/settings")
    assert (shown["webhook_url"], shown["webhook_secret"]) == (url, renewed["webhook_secret"])
    for empty in (None, "", "  "):
        code, cleared = await call(client, "PUT", "/internal/settings", {"webhook_url": empty})
        assert (code, cleared["webhook_url"]) == (200, None)


async def test_a_merchant_gets_an_endpoint_when_it_first_asks(client: Client) -> None:
    answers = await asyncio.gather(
        *(call(client, "GET", "/internal/settings", headers=OTHER_HEADERS) for _ in range(5))
    )
    assert {code for code, _ in answers} == {200}
    assert len({shown["webhook_secret"] for _, shown in answers}) == 1
    assert answers[0][1]["webhook_url"] is None


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "ftp://shop.example/",
        "http://user:pw@shop.example/",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:a9fe:a9fe]/",
        "http://127.0.0.1:5432/",
        "http://localhost:8000/webhook",
        "http://[::1]:8000/",
        "http://0.0.0.0:4000/",
        "http://shop.example:0/",
        "\x00",
        7,
    ],
)
async def test_a_url_that_can_not_be_used_is_refused_with_a_reason(client: Client, url: Any) -> None:
    code, answer = await call(client, "PUT", "/internal/settings", {"webhook_url": url})
    assert code == 400
    assert (answer["error"]["field"], answer["error"]["code"]) == ("webhook_url", "BAD_REQUEST_ERROR")
    assert "webhook_url" in answer["error"]["description"]


async def test_saving_the_url_turns_a_disabled_endpoint_on_again(
    client: Client, process: Process, receiver: Receiver
) -> None:
    receiver.answer = status(410)
    await process.take(payment_event())
    await process.idle()
    _, shown = await call(client, "GET", "/internal/settings")
    assert shown["webhook_enabled"] is False
    assert "410" in shown["webhook_disabled_reason"]
    code, refused = await call(client, "POST", "/internal/settings/test")
    told = "The endpoint is disabled; enable it first, or save its URL again"
    assert (code, refused["error"]["description"]) == (400, told)
    _, saved = await call(client, "PUT", "/internal/settings", {"webhook_url": receiver.url})
    assert (saved["webhook_enabled"], saved["webhook_disabled_reason"]) == (True, None)


async def test_an_answer_with_a_secret_is_kept_sealed(client: Client, runtime: Runtime[Settings]) -> None:
    headers = {**HEADERS, "Idempotency-Key": "k"}
    path = "/internal/settings/regenerate-secret"
    _, first = await call(client, "POST", path, headers=headers)
    _, again = await call(client, "POST", path, headers=headers)
    assert first == again
    async with runtime.pool.acquire() as connection:
        kept = await connection.fetchval("SELECT body FROM idempotency_key")
    assert first["webhook_secret"].encode() not in kept


async def test_a_test_event_follows_the_contract(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver
) -> None:
    code, answer = await call(client, "POST", "/internal/settings/test")
    assert (code, answer["event"], answer["status"]) == (200, "webhook.test", "pending")
    ((_, record),) = await records_in(runtime.pool)
    await process.take_records(record)
    await process.idle()
    assert parse_webhook(receiver.received[0].body).event == "webhook.test"
    assert (await call(client, "POST", "/internal/settings/test", headers=OTHER_HEADERS))[0] == 400


async def test_jobs_and_audit(client: Client, process: Process, receiver: Receiver) -> None:
    receiver.answer = in_turn(status(200), status(500))
    events = [payment_event(), payment_event("payment.captured"), payment_event(merchant_id=OTHER_MERCHANT)]
    for event in events:
        await process.take(event)
        await process.idle()
    _, jobs = await call(client, "GET", "/internal/jobs")
    assert jobs == {"pending": 1, "processing": 0, "completed": 1, "failed": 0}
    async with client.get("/internal/audit/messages", headers=HEADERS) as response:
        *rows, end = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert end == {"end": True, "rows": 3}
    assert [row["event_id"] for row in rows] == [event.attributes.id for event in events]
    assert [row["type"] for row in rows] == ["payment.success", "payment.captured", "payment.success"]
    async with client.get("/internal/audit/deliveries", headers=HEADERS) as response:
        *rows, end = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert end == {"end": True, "rows": 2}
    names = ("event_id", "pending", "success", "failed", "attempts_counted", "attempts_logged")
    assert [[row[name] for name in names] for row in rows] == [
        [events[0].attributes.id, 0, 1, 0, 1, 1],
        [events[1].attributes.id, 1, 0, 0, 1, 1],
    ]
    async with client.get(f"/internal/audit/messages?merchant_id={MERCHANT}", headers=HEADERS) as response:
        *rows, end = [orjson.loads(line) for line in (await response.read()).splitlines()]
    assert end == {"end": True, "rows": 2}
    assert [row["event_id"] for row in rows] == [event.attributes.id for event in events[:2]]
