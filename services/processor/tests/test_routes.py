"""The processor's internal HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from services.processor.routes import ProcessorRoutes, internal_routes
from services.processor.tests.conftest import Bench, Desk, PaymentCommands

TOKEN = {"Authorization": "Bearer test-token"}


@pytest.fixture
async def desk(bench: Bench) -> Desk:
    """With three payments made and one to make."""
    made = bench.desk()
    await made.take(*(PaymentCommands().authorise() for _ in range(3)))
    await made.run()
    await made.take(PaymentCommands().authorise())
    return made


@pytest.fixture
async def client(bench: Bench, desk: Desk) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of the processor."""
    routes = internal_routes(
        ProcessorRoutes(bench.pool, bench.acquirer_pool, desk.jobs), internal_only(SecretStr("test-token"))
    )
    kit = HttpKit(HttpConfig(65_536, 5.0), metrics=Metrics(), wide=WideLog("processor"))
    async with TestClient(TestServer(kit.application(routes))) as made:
        yield made


async def lines(client: TestClient[Any, Any], path: str) -> list[dict[str, Any]]:
    response = await client.get(path, headers=TOKEN)
    assert response.status == 200
    return [orjson.loads(line) for line in (await response.read()).splitlines()]


async def test_jobs_in_figures(client: TestClient[Any, Any]) -> None:
    response = await client.get("/internal/jobs", headers=TOKEN)
    assert await response.json() == {"pending": 1, "processing": 0, "completed": 3, "failed": 0}


async def test_attempts_for_the_audit(client: TestClient[Any, Any]) -> None:
    *rows, end = await lines(client, "/internal/audit/attempts")
    assert end == {"end": True, "rows": 4}
    assert sorted(rows[0]) == ["action", "amount_minor", "attempt_id", "outcome", "payment_id"]
    assert [row["attempt_id"] for row in rows] == sorted(row["attempt_id"] for row in rows)
    assert [row["outcome"] for row in rows].count("approved") == 3


async def test_effects_for_the_audit(client: TestClient[Any, Any]) -> None:
    *rows, end = await lines(client, "/internal/audit/effects")
    assert end == {"end": True, "rows": 3}
    assert sorted(rows[0]) == ["amount_minor", "calls", "key", "merchant_id", "operation", "outcome", "payment_id"]
    assert [row["payment_id"] for row in rows] == sorted(row["payment_id"] for row in rows)


@pytest.mark.parametrize("what", ["attempts", "effects"])
async def test_one_merchants_rows(client: TestClient[Any, Any], what: str) -> None:
    assert len(await lines(client, f"/internal/audit/{what}?merchant_id=merchant-1")) > 1
    assert await lines(client, f"/internal/audit/{what}?merchant_id=other") == [{"end": True, "rows": 0}]


@pytest.mark.parametrize("path", ["/internal/jobs", "/internal/audit/attempts", "/internal/audit/effects"])
async def test_nobody_else_may_ask(client: TestClient[Any, Any], path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert (await client.get(path, headers=headers)).status == 401
