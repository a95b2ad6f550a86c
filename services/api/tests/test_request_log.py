"""The log of requests: what it keeps, whom it shows it to, and what it leaves out."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis.runtime import Runtime
from contracts import ids, test_merchant
from services.api.request_log import forget_requests
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, OTHER_HEADERS
from services.api.tests.test_delegated import note

Client = TestClient[Any, Any]
PATIENCE_S = 10.0


async def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> int:
    async with client.request(method, f"/api/v1{path}", json=body, headers={**HEADERS, **headers}) as response:
        return response.status


async def logged(
    client: Client, wanted: int, query: Mapping[str, str] | None = None, headers: Mapping[str, str] = HEADERS
) -> list[dict[str, Any]]:
    """The newest lines that match, once there are so many. Looking is a request as well: it is left out."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with client.get("/api/v1/request_logs", params=query or {}, headers=headers) as response:
                assert response.status == 200, await response.text()
                lines = [line for line in (await response.json())["data"] if line["route"] != "/api/v1/request_logs"]
            if len(lines) >= wanted:
                return lines
            await asyncio.sleep(0.05)


async def test_a_request_is_kept_with_what_came_of_it(client: Client) -> None:
    await send(client, "POST", "/orders", {"amount": 5000}, **{"Request-Id": "mine-1", "User-Agent": "shop/1"})
    [line] = await logged(client, 1)
    assert line.pop("duration_ms") > 0
    assert ids.is_id(line.pop("id"), ids.REQUEST)
    assert line.pop("at")
    assert line == {
        "method": "POST",
        "path": "/api/v1/orders",
        "route": "/api/v1/orders",
        "status": 201,
        "error_code": None,
        "request_id": "mine-1",
        "api_key": test_merchant.API_KEY,
        "user": None,
        "address": "127.0.0.1",
        "user_agent": "shop/1",
        "idempotency": None,
    }


async def test_an_answer_that_is_given_again_is_told_from_the_first(client: Client) -> None:
    for _ in range(2):
        await send(client, "POST", "/orders", {"amount": 5000}, **{"Idempotency-Key": "k"})
    assert [line["idempotency"] for line in await logged(client, 2)] == ["replayed", "first"]


async def test_what_is_refused_is_there_with_its_code_also_for_want_of_a_scope(client: Client) -> None:
    await send(client, "POST", "/orders", {"amount": 1})
    async with client.post("/api/v1/orders", json={"amount": 5000}, headers=note("orders:read")) as response:
        assert response.status == 403
    newest, first = await logged(client, 2, {"status_class": "4xx"})
    assert (first["status"], first["error_code"]) == (400, "BAD_REQUEST_ERROR")
    assert (newest["status"], newest["error_code"], newest["user"]) == (403, "PERMISSION_ERROR", "ann@example.com")
    assert (newest["api_key"], newest["address"]) == (None, "192.0.2.7")
    assert await logged(client, 1, {"status_class": "4xx", "by": "key"}) == [first]
    assert await logged(client, 1, {"status_class": "4xx", "by": "user"}) == [newest]


async def test_filters_find_what_they_name(client: Client) -> None:
    missing = ids.new_id(ids.PAYMENT)
    await send(client, "GET", f"/payments/{missing}")
    await send(client, "GET", "/orders", **{"Request-Id": "this-one"})
    await send(client, "POST", "/orders", {"amount": 5000})
    await logged(client, 3)
    queries: list[dict[str, str]] = [
        {"status_class": "4xx"},
        {"route": "/api/v1/payments/{id}"},
        {"error_code": "NOT_FOUND_ERROR"},
    ]
    for query in queries:
        [line] = await logged(client, 1, query)
        assert line["path"] == f"/api/v1/payments/{missing}", query
    [line] = await logged(client, 1, {"method": "POST"})
    assert line["status"] == 201
    [line] = await logged(client, 1, {"request_id": "this-one"})
    assert line["route"] == "/api/v1/orders"
    assert len(await logged(client, 3, {"api_key": test_merchant.API_KEY})) == 3
    assert await logged(client, 0, {"api_key": "key_other", "user": "nobody@example.com"}) == []


async def test_nobody_sees_another_merchant_s_requests(client: Client) -> None:
    await send(client, "GET", "/orders")
    await logged(client, 1)
    assert await logged(client, 0, headers=OTHER_HEADERS) == []


async def test_who_is_not_known_leaves_no_line(client: Client) -> None:
    async with client.get("/api/v1/orders", headers={**HEADERS, "X-Api-Secret": "wrong"}) as response:
        assert response.status == 401
    await send(client, "GET", "/refunds")
    assert [line["route"] for line in await logged(client, 1)] == ["/api/v1/refunds"]


@pytest.mark.parametrize("number", ["4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242"])
async def test_no_number_that_could_be_a_card_s_is_kept(client: Client, number: str) -> None:
    await send(client, "GET", f"/payments/{number}?vpa={number}", **{"User-Agent": f"shop {number}"})
    [line] = await logged(client, 1)
    assert line["path"] == "/api/v1/payments/…"
    assert line["user_agent"] == "shop …"
    assert "4242" not in str(line)


async def test_pages_follow_each_other_without_a_gap(client: Client) -> None:
    for _ in range(7):
        await send(client, "GET", "/refunds")
    await logged(client, 7)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        params = {"limit": "3", "route": "/api/v1/refunds", **cursor}
        async with client.get("/api/v1/request_logs", params=params, headers=HEADERS) as response:
            page = await response.json()
        seen += [line["id"] for line in page["data"]]
        if not page["has_more"]:
            break
        cursor = {"starting_after": page["next_cursor"]}
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 7


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"status_class": "9xx"}, {"starting_after": "evt_1"}, {"paths": "/"}]
)
async def test_what_no_log_can_show_is_refused(client: Client, query: dict[str, str]) -> None:
    async with client.get("/api/v1/request_logs", params=query, headers=HEADERS) as response:
        assert response.status == 400


async def test_what_is_old_is_forgotten_and_the_rest_stays(client: Client, runtime: Runtime[Settings]) -> None:
    await send(client, "GET", "/orders")
    await logged(client, 1)
    async with runtime.pool.acquire() as connection:
        await forget_requests(runtime.clock, 1)(connection)
        await logged(client, 1)
        await forget_requests(runtime.clock, -1)(connection)
        assert await connection.fetchval("SELECT count(*) FROM request_log WHERE route = '/api/v1/orders'") == 0
