"""The audit finds nothing where nothing is wrong."""

import asyncio

from tests.audit.conftest import Scene
from tests.gateway import HEADERS
from tests.waiting import eventually


async def test_a_settled_gateway_has_no_difference(scene: Scene) -> None:
    report = await scene.gateway.audit()
    assert (report["ok"], report["differences"], report["in_flight"], report["skipped"]) == (True, [], [], 0)
    assert report["checked"]["payments"] == 10


async def test_a_merchant_sees_the_same_of_its_own_rows(scene: Scene) -> None:
    everything, mine = await scene.gateway.audit(), await scene.gateway.audit(headers=HEADERS)
    assert mine["ok"], mine
    assert mine["checked"] == everything["checked"]


async def test_a_merchant_has_one_audit_at_a_time_and_its_payments_go_on_meanwhile(scene: Scene) -> None:
    gateway = scene.gateway

    async def some_wait() -> bool:
        return bool(await gateway.admin.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

    async with gateway.admin.transaction():
        await gateway.admin.execute("LOCK TABLE refunder.execution IN ACCESS EXCLUSIVE MODE")
        first = asyncio.create_task(gateway.audit(headers=HEADERS))
        await eventually(some_wait, "it waits for the table")
        async with gateway.client.get("/api/v1/audit", headers=HEADERS) as refused:
            assert (refused.status, (await refused.json())["error"]["code"]) == (429, "RATE_LIMIT_ERROR")
        status, _ = await gateway.post("/orders", {"amount": 5000})
        assert status == 201
    assert (await first)["ok"]
