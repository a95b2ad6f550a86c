"""The api by way of the dashboard: with the session's rights and nothing that the browser claims."""

import asyncio
from datetime import timedelta
from itertools import product
from typing import Any, Final

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from contracts import test_merchant
from services.dashboard.settings import Settings
from services.dashboard.state import SCOPES, Role
from services.dashboard.tests.conftest import ADMIN, ORIGIN, OTHER_MERCHANT, Api, Browser, Served, read_until, serving

PAYMENT: Final = "pay_0VxKb1QmZ8aT4RfL"
PIECE: Final = b"order_1,pay_1,5000\n" * 1000
ELSEWHERE: Final = (
    "/api/v1/..%2f..%2finternal/checkout/orders",
    "/api/v1/../../internal/checkout/orders",
    "/api/v1/%2e%2e/%2e%2e/internal",
    "/api/v1/webhooks/..%2Faudit",
    "/api/v1/webhooks/..%5Caudit",
    "/api/v1//payments",
    "/api/v1/payments/%00",
    "/api/v1/payments/a%20b",
    "/api/v1/payments%3Fmerchant_id=1",
    "/api/v1/payments;x=1",
    "/api/v1/@evil.example",
    "/api/v1/" + "%25" * 3 + "2f",
    "/api/v1/payments/",
)
"""What is no path of the api."""


@pytest.mark.parametrize("role", SCOPES)
async def test_the_api_is_told_who_asks_and_what_they_may(served: Served, api: Api, role: Role) -> None:
    user = await served.add("zed@other.example", role, OTHER_MERCHANT)
    browser = await served.signed_in("zed@other.example")
    assert (await browser.ask("GET", "/api/v1/payments?status=success&limit=5"))[0] == 200
    (asked,) = api.asked
    assert (asked.method, asked.path, asked.query) == ("GET", "/api/v1/payments", "status=success&limit=5")
    note = asked.note(served.clock.now().timestamp())
    assert (note.tenant, note.user_id, note.user) == (OTHER_MERCHANT, user.id, "zed@other.example")
    assert note.address == "127.0.0.1"
    assert set(note.scopes) == SCOPES[role]
    assert note.expires_at == int(served.clock.now().timestamp()) + 30


async def test_what_a_browser_claims_about_itself_goes_no_further(served: Served, browser: Browser, api: Api) -> None:
    claimed = {
        "Authorization": "Bearer secret_test_xyz789",
        "X-Api-Key": test_merchant.API_KEY,
        "X-Api-Secret": test_merchant.API_SECRET,
        "X-Merchant-Id": OTHER_MERCHANT,
        "X-Admin-Key": "guess",
        "X-Forwarded-For": "10.0.0.1",
        "Forwarded": "for=10.0.0.1",
        "X-HTTP-Method-Override": "DELETE",
        "Idempotency-Key": "once",
        "Request-Id": "req_mine",
    }
    assert (await browser.ask("POST", "/api/v1/orders", {"amount": 5000}, claimed))[0] == 200
    (asked,) = api.asked
    assert asked.note(served.clock.now().timestamp()).tenant == test_merchant.ID
    assert asked.body == b'{"amount": 5000}'
    sent = {name.lower(): value for name, value in asked.headers.items()}
    assert sent.pop("idempotency-key") == "once"
    assert sent.pop("request-id") == "req_mine"
    assert set(sent) <= {
        *("authorization", "traceparent", "host", "accept", "accept-encoding"),
        *("content-type", "content-length", "user-agent"),
    }
    assert browser.cookie not in "".join(sent.values())


async def test_no_path_leads_anywhere_else(served: Served, browser: Browser, api: Api) -> None:
    for path, method in product(ELSEWHERE, ("GET", "POST")):
        url = URL(str(served.client.make_url("")).rstrip("/") + path, encoded=True)
        headers = {"Origin": ORIGIN, **browser.cookies}
        async with served.client.session.request(method, url, headers=headers) as response:
            assert response.status in (404, 405), (method, path)
    assert api.asked == []
    _, trail = await browser.ask("GET", "/dashboard/api/trail")
    assert [one["action"] for one in trail["data"]] == ["sign in"]


async def test_an_answer_comes_back_with_what_it_says_about_itself(served: Served, browser: Browser, api: Api) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"Retry-After": "7", "RateLimit-Remaining": "0", "Idempotent-Replayed": "true", "X-Internal": "1"}
        response = web.json_response({"error": {"code": "X"}}, status=429, headers=headers)
        response.set_cookie("paygate_session", "planted")
        return response

    api.behave = answer
    async with served.client.get("/api/v1/payments", headers={**browser.cookies, "Request-Id": "req_1"}) as response:
        assert (response.status, await response.json()) == (429, {"error": {"code": "X"}})
        told = response.headers
    expected = {"Retry-After": "7", "RateLimit-Remaining": "0", "Idempotent-Replayed": "true", "Request-Id": "req_1"}
    assert {name: told[name] for name in expected} == expected
    assert told["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in told
    assert "X-Internal" not in told


async def test_what_is_the_operator_s_is_refused_and_the_session_stays(browser: Browser, api: Api) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        return web.json_response({"error": {"code": "AUTHENTICATION_ERROR"}}, status=401)

    api.behave = refuse
    status, told = await browser.ask("POST", "/api/v1/merchants", {})
    assert (status, told["error"]["code"]) == (403, "PERMISSION_ERROR")


async def test_a_redirect_is_not_followed(browser: Browser, api: Api) -> None:
    async def lead_away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/internal/checkout/orders"})

    api.behave = lead_away
    await browser.ask("GET", "/api/v1/payments")
    assert [one.path for one in api.asked] == ["/api/v1/payments"]


async def test_a_body_that_is_too_large_is_refused(browser: Browser, api: Api) -> None:
    for path in ("/api/v1/orders", "/dashboard/api/users"):
        status, told = await browser.ask("POST", path, {"notes": "x" * 70_000})
        assert (status, told["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert api.asked == []


async def test_an_api_that_is_away_is_told_as_such(served: Served, browser: Browser, api: Api) -> None:
    await api.server.close()
    for method in ("GET", "POST"):
        status, told = await browser.ask(method, "/api/v1/payments", None if method == "GET" else {})
        assert (status, told["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert told["error"]["description"] == "The api can't be reached at the moment; try again"
    _, trail = await browser.ask("GET", "/dashboard/api/trail")
    assert (trail["data"][0]["action"], trail["data"][0]["status"]) == ("POST /api/v1/payments", 503)


async def test_an_answer_that_was_lost_is_not_told_as_if_nothing_had_happened(browser: Browser, api: Api) -> None:
    async def break_off(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    api.behave = break_off
    assert (await browser.ask("GET", "/api/v1/payments"))[1]["error"]["code"] == "SERVICE_UNAVAILABLE"
    status, told = await browser.ask("POST", f"/api/v1/payments/{PAYMENT}/capture", {})
    assert (status, told["error"]["code"]) == (503, "OUTCOME_UNKNOWN")


async def test_an_answer_without_end_is_not_kept_in_memory(served: Served, browser: Browser, api: Api) -> None:
    async def flood(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b" " * (served.settings.api_answer_max_bytes + 1), content_type="application/json")

    api.behave = flood
    assert (await browser.ask("GET", "/api/v1/payments"))[0] == 503


class Stream:
    """An answer that goes on until it is told to end."""

    def __init__(self, content_type: str = "text/event-stream", *, broken: bool = False) -> None:
        self.more: asyncio.Queue[bytes] = asyncio.Queue()
        self.left = asyncio.Event()
        self._content_type = content_type
        self._broken = broken

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": self._content_type, "Content-Disposition": 'attachment; filename="a.csv"'}
        )
        await response.prepare(request)
        try:
            while piece := await self._next(request):
                await response.write(piece)
        finally:
            self.left.set()
        if self._broken and request.transport is not None:
            request.transport.abort()
        return response

    async def _next(self, request: web.Request) -> bytes:
        while True:
            try:
                return await asyncio.wait_for(self.more.get(), 0.02)
            except TimeoutError:
                if request.transport is None or request.transport.is_closing():
                    return b""


def streaming(served: Served, browser: Browser, path: str = "/api/v1/stream", **headers: str) -> Any:
    """A request for a stream."""
    return served.client.get(path, headers={**browser.cookies, **headers}, timeout=aiohttp.ClientTimeout(total=30))


async def test_events_come_as_they_happen_from_where_the_reader_was(served: Served, browser: Browser, api: Api) -> None:
    api.behave = stream = Stream()
    async with streaming(served, browser, **{"Last-Event-ID": "41"}) as response:
        assert response.content_type == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store, no-transform"
        assert api.asked[0].headers["Last-Event-ID"] == "41"
        for n in (42, 43):
            stream.more.put_nowait(b"id: %d\n\n" % n)
            await read_until(response, b"id: %d\n\n" % n)
    await asyncio.wait_for(stream.left.wait(), 10)


@pytest.mark.parametrize("ending", ["sign out", "end elsewhere", "disabled", "idle", "idle in view"])
async def test_a_stream_ends_with_its_session(served: Served, browser: Browser, api: Api, ending: str) -> None:
    api.behave = stream = Stream()
    await served.add("bob@example.com")
    other = await served.signed_in("bob@example.com")
    async with streaming(served, other) as response:
        stream.more.put_nowait(b": hello\n\n")
        await read_until(response, b": hello\n\n")
        match ending:
            case "sign out":
                await other.ask("POST", "/dashboard/api/logout")
            case "end elsewhere":
                await (await served.signed_in("bob@example.com")).ask("POST", "/dashboard/api/sessions/end-all")
            case "disabled":
                _, people = await browser.ask("GET", "/dashboard/api/users")
                await browser.ask("PATCH", f"/dashboard/api/users/{people['data'][1]['id']}", {"disabled": True})
            case "idle in view":
                for _ in range(4):
                    served.clock.advance(served.parts.sessions.life.idle / 3)
                    await asyncio.sleep(5 * served.settings.session_check_s)
            case _:
                served.clock.advance(timedelta(days=1))
        async with asyncio.timeout(10):
            assert await response.content.read() == b""
    await asyncio.wait_for(stream.left.wait(), 10)


async def test_a_session_has_only_so_many_streams(served: Served, browser: Browser, api: Api) -> None:
    api.behave = Stream()
    async with streaming(served, browser), streaming(served, browser):
        async with streaming(served, browser) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (429, "5")
        async with streaming(served, await served.signed_in(ADMIN)) as another:
            assert another.status == 200


async def test_a_page_that_was_left_gives_its_place_back_though_nothing_is_said(settings: Settings, api: Api) -> None:
    api.behave = Stream()
    async with serving(settings.model_copy(update={"api_timeout_s": 120.0})) as served:
        await served.add(ADMIN)
        browser = await served.signed_in()
        async with streaming(served, browser) as one, streaming(served, browser) as other:
            assert (one.status, other.status) == (200, 200)
        async with asyncio.timeout(20):
            while True:
                async with streaming(served, browser) as again:
                    if again.status == 200:
                        break
                await asyncio.sleep(0.05)


async def test_streams_end_when_the_process_is_to_end(served: Served, browser: Browser, api: Api) -> None:
    api.behave = Stream()
    async with streaming(served, browser) as response:
        served.parts.upstream.end_streams()
        async with asyncio.timeout(10):
            assert await response.content.read() == b""


async def test_an_export_passes_through_piece_by_piece(served: Served, browser: Browser, api: Api) -> None:
    api.behave = stream = Stream("text/csv; charset=utf-8")
    async with streaming(served, browser, "/api/v1/payments/export?columns=id") as response:
        assert response.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        stream.more.put_nowait(PIECE)
        await read_until(response, PIECE)
        stream.more.put_nowait(b"")
        assert await response.content.read() == b""


async def test_half_an_export_does_not_look_like_a_whole_one(served: Served, browser: Browser, api: Api) -> None:
    api.behave = stream = Stream("text/csv", broken=True)
    async with streaming(served, browser, "/api/v1/payments/export") as response:
        stream.more.put_nowait(PIECE)
        await read_until(response, PIECE)
        stream.more.put_nowait(b"")
        with pytest.raises(aiohttp.ClientError):
            await response.content.read()
