"""A delivery that failed is a dead letter: it says why, is listed by that, and is sent again when its time has come."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from services.notifier.settings import Settings
from services.notifier.tests.conftest import Process, payment_event, records_in
from services.notifier.tests.receiver import Receiver, status
from services.notifier.tests.test_routes import call

Client = TestClient[Any, Any]
REASONS = ["endpoint_deleted", "endpoint_disabled", "gone"]


@pytest.fixture
async def failed(client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver) -> None:
    """One was answered 410, one came after that, and one to an endpoint that was deleted meanwhile."""
    asked = {"url": receiver.url, "event_types": ["refund.*"]}
    _, made = await call(client, "POST", "/internal/webhook_endpoints", asked)
    receiver.answer = status(500)
    for type_ in ("payment.success", "refund.processed"):
        await process.take(payment_event(type_))
        await process.idle()
    assert (await call(client, "DELETE", f"/internal/webhook_endpoints/{made['id']}"))[0] == 200
    async with runtime.pool.acquire() as connection:
        past = runtime.clock.now() - timedelta(seconds=1)
        await connection.execute("UPDATE delivery SET next_attempt_at = $1 WHERE status = 'pending'", past)
    receiver.answer = status(410)
    for _, record in await records_in(runtime.pool):
        await process.take_records(record)
        await process.idle()


async def reasons(client: Client, asked: str = "") -> list[str]:
    """Of the failed deliveries."""
    _, page = await call(client, "GET", f"/internal/webhooks?status=failed{asked}")
    assert page["total"] == len(page["data"])
    return sorted(row["failure_reason"] for row in page["data"])


async def test_each_says_why_and_is_listed_by_it(client: Client, failed: None) -> None:
    assert await reasons(client) == REASONS
    for reason in REASONS:
        assert await reasons(client, f"&failure_reason={reason}") == [reason]
        assert await reasons(client, f"&failure_reason={reason}&payment_id=pay_0VxKb3RcW1uY7HdE") == [reason]
    assert await reasons(client, "&failure_reason=exhausted") == []
    assert (await call(client, "GET", "/internal/webhooks?failure_reason=bored"))[0] == 400


async def test_those_of_a_kind_are_sent_again_once_somebody_listens(
    client: Client, runtime: Runtime[Settings], process: Process, receiver: Receiver, failed: None
) -> None:
    asked = {"filter": {"failure_reason": "endpoint_disabled"}}
    assert (await call(client, "POST", "/internal/webhooks/retry", asked))[0] == 400
    await call(client, "PUT", "/internal/settings", {"webhook_url": receiver.url})
    _, told = await call(client, "POST", "/internal/webhooks/retry", asked)
    assert (told["scheduled"], told["remaining"]) == (1, 0)
    _, pending = await call(client, "GET", "/internal/webhooks?status=pending")
    assert [row["failure_reason"] for row in pending["data"]] == [None]
    receiver.answer = status(200)
    await process.take_records(*(record for _, record in await records_in(runtime.pool)))
    await process.idle()
    assert await reasons(client) == ["endpoint_deleted", "gone"]
    _, told = await call(client, "POST", "/internal/webhooks/retry", {"filter": {}, "dry_run": True})
    assert told["scheduled"] == 1, "what its endpoint's end left behind has nowhere to go"
