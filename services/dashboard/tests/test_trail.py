"""The audit trail: who did what, written before it is done, and how it ended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from services.dashboard.tests.conftest import ADMIN, Api, Browser, Served
from services.dashboard.trail import Deed, deed_of

TRAIL = "/dashboard/api/trail"
PAYMENT = "pay_0VxKb1QmZ8aT4RfL"


def test_a_deed_names_the_path_s_shape_and_the_thing() -> None:
    assert deed_of("POST", f"/api/v1/payments/{PAYMENT}/refunds") == Deed("POST /api/v1/payments/{id}/refunds", PAYMENT)
    assert deed_of("POST", "/api/v1/orders") == Deed("POST /api/v1/orders")
    assert deed_of("DELETE", "/api/v1/api_keys/key_test_abc123").object_id == "key_test_abc123"
    assert deed_of("POST", "/api/v1/webhooks/7d0e8400-e29b-41d4-a716-446655440001/retry").action == (
        "POST /api/v1/webhooks/{id}/retry"
    )


async def test_a_change_is_in_the_trail_while_it_is_under_way_and_afterwards(
    served: Served, browser: Browser, api: Api
) -> None:
    seen: list[object] = []

    async def look(request: web.Request) -> web.StreamResponse:
        async with served.pool.acquire() as connection:
            seen.append(await connection.fetchval("SELECT status FROM trail ORDER BY id DESC LIMIT 1"))
        return web.json_response({}, status=201)

    api.behave = look
    await browser.ask("POST", f"/api/v1/payments/{PAYMENT}/refunds", {}, {"Request-Id": "req_mine"})
    await browser.ask("GET", "/api/v1/payments")
    assert seen[0] is None
    _, told = await browser.ask("GET", TRAIL)
    first = told["data"][0]
    assert (first["action"], first["object_id"], first["status"]) == (
        "POST /api/v1/payments/{id}/refunds",
        PAYMENT,
        201,
    )
    assert (first["user"]["email"], first["request_id"], first["address"]) == (ADMIN, "req_mine", "127.0.0.1")
    assert [one["action"] for one in told["data"][1:]] == ["sign in"], "who only looks leaves no trace"


async def test_nothing_is_done_that_can_not_be_written_down(served: Served, browser: Browser, api: Api) -> None:
    async with lock_of(served):
        status, _ = await browser.ask("POST", "/api/v1/orders", {})
    assert status == 409
    assert api.asked == []


async def test_what_was_done_is_not_denied_when_its_end_can_not_be_written_down(
    served: Served, browser: Browser, api: Api
) -> None:
    async with contextlib.AsyncExitStack() as held:

        async def take_all(request: web.Request) -> web.StreamResponse:
            await held.enter_async_context(lock_of(served))
            return web.json_response({"id": "order_1"}, status=201)

        api.behave = take_all
        status, told = await browser.ask("POST", "/api/v1/orders", {})
        assert (status, told) == (201, {"id": "order_1"})
    api.behave = None
    _, trail = await browser.ask("GET", TRAIL)
    assert (trail["data"][0]["action"], trail["data"][0]["status"]) == ("POST /api/v1/orders", None)


@contextlib.asynccontextmanager
async def lock_of(served: Served) -> AsyncIterator[None]:
    """Nobody writes to the trail meanwhile."""
    async with served.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE trail IN SHARE MODE")
        yield


async def test_the_trail_is_read_page_by_page_and_person_by_person(served: Served, browser: Browser) -> None:
    bob = await served.add("bob@example.com")
    other = await served.signed_in("bob@example.com")
    for n in range(5):
        await (browser if n % 2 else other).ask("POST", "/api/v1/orders", {"n": n})
    _, first = await browser.ask("GET", f"{TRAIL}?limit=3")
    _, second = await browser.ask("GET", f"{TRAIL}?limit=10&starting_after={first['data'][-1]['id']}")
    assert (len(first["data"]), first["has_more"], second["has_more"]) == (3, True, False)
    all_ids = [one["id"] for one in (*first["data"], *second["data"])]
    assert all_ids == sorted(all_ids, reverse=True)
    assert len(set(all_ids)) == 7
    _, theirs = await browser.ask("GET", f"{TRAIL}?user_id={bob.id}")
    assert [one["user"]["email"] for one in theirs["data"]] == ["bob@example.com"] * 4
    for query in ("limit=0", "limit=101", "starting_after=x", "user=1"):
        assert (await browser.ask("GET", f"{TRAIL}?{query}"))[0] == 400


async def test_signing_in_and_out_and_changing_people_is_in_the_trail(served: Served, browser: Browser) -> None:
    await served.signed_in()
    _, sessions = await browser.ask("GET", "/dashboard/api/sessions")
    _, made = await browser.ask(
        "POST", "/dashboard/api/users", {"email": "b@example.com", "name": "B", "role": "admin"}
    )
    await browser.ask("PATCH", f"/dashboard/api/users/{made['id']}", {"role": "support"})
    await browser.ask("POST", f"/dashboard/api/users/{made['id']}/reset-password")
    await browser.ask("DELETE", f"/dashboard/api/sessions/{sessions['data'][0]['id']}")
    await browser.ask("POST", "/dashboard/api/logout")
    again = await served.signed_in()
    _, told = await again.ask("GET", TRAIL)
    await again.ask("POST", "/dashboard/api/sessions/end-all")
    assert [one["action"] for one in reversed(told["data"])] == [
        "sign in",
        "sign in",
        "POST /dashboard/api/users",
        "PATCH /dashboard/api/users/{id}",
        "POST /dashboard/api/users/{id}/reset-password",
        "sign out elsewhere",
        "sign out",
        "sign in",
    ]
    assert {one["object_id"] for one in told["data"][3:6]} == {made["id"]}
    async with served.pool.acquire() as connection:
        assert await connection.fetchval("SELECT max(action) FROM trail WHERE action LIKE '%everywhere'")


async def test_deeds_at_once_have_a_row_each(served: Served, browser: Browser) -> None:
    await asyncio.gather(*(browser.ask("POST", "/api/v1/orders", {"n": n}) for n in range(20)))
    _, told = await browser.ask("GET", f"{TRAIL}?limit=100")
    assert [one["status"] for one in told["data"] if one["action"] == "POST /api/v1/orders"] == [200] * 20
