"""The refunder's internal HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from acquirer.tests.asks import Payment
from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from services.refunder.routes import RefunderRoutes, internal_routes
from services.refunder.tests.conftest import Desk, refund_of

TOKEN = {"Authorization": "Bearer test-token"}


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of a refunder with two refunds executed and one to execute."""
    payment = Payment()
    await desk.simulator.authorise(payment.authorise())
    await desk.simulator.capture(payment.capture())
    await desk.take(refund_of(payment.id), refund_of(payment.id, 1001))
    await desk.run()
    await desk.take(refund_of(payment.id))
    routes = internal_routes(RefunderRoutes(desk.pool, desk.jobs), internal_only(SecretStr("test-token")))
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("refunder"))
    async with TestClient(TestServer(kit.application(routes))) as made:
        yield made


async def lines(client: TestClient[Any, Any], path: str) -> list[dict[str, Any]]:
    response = await client.get(path, headers=TOKEN)
    assert response.status == 200
    return [orjson.loads(line) for line in (await response.read()).splitlines()]


async def test_jobs_in_figures(client: TestClient[Any, Any]) -> None:
    response = await client.get("/internal/jobs", headers=TOKEN)
    assert await response.json() == {"pending": 1, "processing": 0, "completed": 2, "failed": 0}


async def test_executions_for_the_audit(client: TestClient[Any, Any]) -> None:
    *rows, end = await lines(client, "/internal/audit/executions")
    assert end == {"end": True, "rows": 3}
    assert sorted(rows[0]) == ["amount_minor", "kind", "merchant_id", "outcome", "payment_id", "refund_id"]
    assert [row["refund_id"] for row in rows] == sorted(row["refund_id"] for row in rows)
    assert [row["outcome"] for row in rows] == ["succeeded", "failed", None]


async def test_one_merchants_rows(client: TestClient[Any, Any]) -> None:
    assert len(await lines(client, "/internal/audit/executions?merchant_id=merchant-1")) == 4
    assert await lines(client, "/internal/audit/executions?merchant_id=other") == [{"end": True, "rows": 0}]


@pytest.mark.parametrize("path", ["/internal/jobs", "/internal/audit/executions"])
async def test_nobody_else_may_ask(client: TestClient[Any, Any], path: str) -> None:
    assert (await client.get(path)).status == 401
