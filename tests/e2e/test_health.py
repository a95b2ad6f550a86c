"""What the gateway says of itself when all is well."""

import pytest

from deploy.embedded.stack import Stack
from tests.backstage import Backstage
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = pytest.mark.stack


async def test_health_names_everything(merchant: Merchant) -> None:
    health = (await merchant.call("GET", "//health", anonymous=True)).expect(200)
    assert set(health) == {"status", "database", "kafka", "redis", "worker", "timestamp"}
    assert health["status"] == "healthy"
    assert {health[name] for name in ("database", "kafka", "redis")} == {"connected"}
    assert health["worker"] == "running"
    assert health["timestamp"]


async def test_every_process_is_live_and_ready(stack: Stack, backstage: Backstage) -> None:
    for row in stack.status():
        if row.http:
            for path in ("/live", "/ready"):
                status, body = await backstage.ask("GET", f"{row.url}{path}")
                assert status == 200, (row.name, path, body)


async def test_the_test_merchant_is_told_without_credentials(merchant: Merchant) -> None:
    told = (await merchant.call("GET", "/test/merchant", anonymous=True)).expect(200)
    assert told == {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "seeded": True,
    }


async def test_the_figures_of_the_jobs_are_true(merchant: Merchant) -> None:
    async def jobs() -> dict[str, int | str]:
        told: dict[str, int | str] = (await merchant.call("GET", "/test/jobs/status", anonymous=True)).expect(200)
        return told

    before = await jobs()
    assert set(before) == {"pending", "processing", "completed", "failed", "worker_status"}
    assert before["worker_status"] == "running"
    await merchant.captured()

    async def counted() -> bool:
        # At least the authorisation and the capture; webhooks are jobs, too.
        return int((await jobs())["completed"]) >= int(before["completed"]) + 2

    await eventually(counted, "the jobs of one payment are counted as completed")


async def test_nothing_is_served_without_credentials(merchant: Merchant) -> None:
    for path in ("/orders", "/payments", "/refunds", "/webhooks", "/merchants/profile", "/audit"):
        for headers in ({}, {"X-Api-Key": "key_test_abc123", "X-Api-Secret": "wrong"}, {"Authorization": "Bearer x"}):
            reply = await merchant.call("GET", path, anonymous=True, headers=headers)
            assert (reply.status, reply.error["code"]) == (401, "AUTHENTICATION_ERROR"), (path, headers)
