"""The page for an order: what it says, who may see it, and that what others wrote stays in its place."""

import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chassis.runtime import Runtime
from contracts import ids
from services.checkout.page import embeddable
from services.checkout.settings import Settings
from services.checkout.tests.conftest import (
    KEY,
    LOCAL,
    MERCHANT,
    OTHER_MERCHANT,
    Api,
    Client,
    Seen,
    allow,
    policy_of,
    serving,
)

ATTACKS: Final = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "--></script><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    '"};alert(1);//',
    "</title><script>alert(1)</script>",
    "</TITLE\t><ScRiPt src=//evil.example>",
    "]]><script>alert(1)</script>",
    "\u2028alert(1)\u2029",
    "&lt;/script&gt;<b>&#x3c;/script&#x3e;",
    "\\u003c/script\\u003e<script>",
    "{{constructor.constructor('alert(1)')()}}",
    "</noscript><iframe src=javascript:alert(1)>",
    "\ufeff</script\x0c>",
    "\x1b[31m\r\n\r\n<script>alert(1)</script>",
)


async def page(client: Client, query: dict[str, str], status: int = 200, *, language: str = "en") -> tuple[Seen, Any]:
    """Load it."""
    async with client.get("/checkout", params=query, headers={"Accept-Language": language}) as response:
        assert response.status == status, await response.text()
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        return Seen(await response.text()), response.headers


async def test_the_page_tells_its_script_what_is_to_be_paid_and_to_whom(client: Client, api: Api) -> None:
    order_id = api.order()
    seen, _ = await page(client, {"order_id": order_id, "embedded": "true", "key": KEY, "theme": "dark"})
    told = seen.bootstrap
    assert datetime.fromisoformat(told.pop("now")).tzinfo is not None
    upi = told.pop("upi")
    assert told == {
        "version": 1,
        "test_mode": True,
        "api_url": "http://localhost:8000",
        "embedded": True,
        "key": KEY,
        "error": None,
        "merchant": {"name": "Test Merchant"},
        "order": {
            "id": order_id,
            "amount": 49_900,
            "currency": "INR",
            "status": "created",
            "receipt": "R-1",
            "description": "A lamp",
            "expires_at": None,
        },
        "session": None,
        "allowed_origins": LOCAL,
        "locale": "en",
        "direction": "ltr",
        "theme": "dark",
        "prefill": {},
    }
    assert upi["qr"] == f"/qr/{order_id}.svg"
    assert upi["link"].startswith(f"http://localhost:3001/upi/{order_id}?pa=")
    assert upi["link"].endswith(f"&pn=Test+Merchant&am=499.00&cu=INR&tr={order_id}")


async def test_the_page_loads_the_files_of_the_build_and_nothing_else(client: Client, api: Api) -> None:
    seen, _ = await page(client, {"order_id": api.order(), "embedded": "true"})
    assert ("html", {"lang": "en", "dir": "ltr", "data-theme": "auto"}) in seen.elements
    assert ("div", {"id": "app"}) in seen.elements
    loads = [(tag, told) for tag, told in seen.elements if tag in ("script", "link", "img", "iframe", "style")]
    assert loads == [
        ("link", {"rel": "icon", "href": "data:,"}),
        ("link", {"rel": "stylesheet", "href": "/assets/main-XyZ789.css"}),
        ("script", {"type": "module", "src": "/assets/main-AbC123.js"}),
        ("script", {"type": "application/json", "id": "bootstrap"}),
    ]


async def test_the_policy_of_a_page_in_a_frame_lets_in_what_it_needs_and_nothing_else(client: Client, api: Api) -> None:
    _, headers = await page(client, {"order_id": api.order(), "embedded": "true"})
    assert policy_of(headers) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self' http://localhost:8000 http://localhost:8010",
        "frame-src": "http://localhost:8010",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "http://localhost:* http://127.0.0.1:*",
        "require-trusted-types-for": "'script'",
    }
    assert headers["Referrer-Policy"] == "strict-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "payment=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Cross-Origin-Opener-Policy" not in headers
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("query", [{}, {"embedded": "false"}, {"embedded": "no"}])
async def test_a_page_of_its_own_is_framed_by_nobody(client: Client, api: Api, query: dict[str, str]) -> None:
    seen, headers = await page(client, {"order_id": api.order(), **query})
    assert policy_of(headers)["frame-ancestors"] == "'none'"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert seen.bootstrap["embedded"] is False
    assert seen.bootstrap["allowed_origins"] == []


@pytest.mark.parametrize(
    ("allowed", "ancestors"),
    [
        (["https://shop.example", "https://other.example:8443"], "https://shop.example https://other.example:8443"),
        ([], "'none'"),
        (None, "http://localhost:* http://127.0.0.1:*"),
    ],
)
async def test_each_merchant_says_who_may_frame_its_checkout(
    client: Client, runtime: Runtime[Settings], api: Api, allowed: list[str] | None, ancestors: str
) -> None:
    await allow(runtime, allowed)
    await allow(runtime, ["https://foreign.example"], OTHER_MERCHANT)
    seen, headers = await page(client, {"order_id": api.order(), "embedded": "true", "key": KEY})
    assert policy_of(headers)["frame-ancestors"] == ancestors
    assert seen.bootstrap["allowed_origins"] == (LOCAL if allowed is None else allowed)
    theirs = await page(client, {"order_id": api.order(merchant_id=OTHER_MERCHANT), "embedded": "true"})
    assert policy_of(theirs[1])["frame-ancestors"] == "https://foreign.example"


async def test_outside_test_mode_nobody_frames_who_was_not_named(settings: Settings, api: Api) -> None:
    async with serving(settings.model_copy(update={"test_mode": False})) as (client, runtime):
        order_id = api.order()
        seen, headers = await page(client, {"order_id": order_id, "embedded": "true"})
        assert policy_of(headers)["frame-ancestors"] == "'none'"
        assert (seen.bootstrap["test_mode"], seen.bootstrap["upi"]) == (False, None)
        await allow(runtime, ["https://shop.example"])
        _, headers = await page(client, {"order_id": order_id, "embedded": "true"})
        assert policy_of(headers)["frame-ancestors"] == "https://shop.example"


async def test_what_others_wrote_stays_in_its_place(client: Client, api: Api) -> None:
    expected, _ = await page(client, {"order_id": api.order(), "embedded": "true"})
    for attack in ATTACKS:
        await harmless(client, api, attack, expected.elements)


async def harmless(client: Client, api: Api, attack: str, elements: list[Any]) -> None:
    """Written wherever others write, it makes no element, ends no data block, and is read as it was written."""
    api.names[MERCHANT] = attack
    notes = {"description": attack, attack: attack}
    hostile = api.order(receipt=attack, notes=notes)
    seen, headers = await page(client, {"order_id": hostile, "embedded": "true", "locale": attack, "theme": attack})
    assert seen.elements == elements
    assert not set("<>&\u2028\u2029") & set(seen.texts["script#bootstrap"])
    told = seen.bootstrap
    assert told["merchant"] == {"name": attack}
    assert (told["order"]["receipt"], told["order"]["description"]) == (attack, attack)
    assert (told["locale"], told["theme"]) == ("en", "auto")
    assert "alert" not in str(dict(headers))


@examples(max_examples=50, deadline=None)
@given(
    st.recursive(
        st.text() | st.booleans() | st.none(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)
    )
)
def test_no_data_ends_its_block_and_all_is_read_as_it_was(data: Any) -> None:
    written = embeddable(data)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == data
    seen = Seen(f'<script type="application/json" id="bootstrap">{written}</script>')
    assert len(seen.elements) == 1


async def test_what_an_address_says_wrong_is_not_said_again(client: Client, api: Api) -> None:
    order_id = api.order()
    asked = [({"order_id": attack}, 404, attack) for attack in ATTACKS]
    asked += [({"order_id": order_id, "key": attack}, 401, attack) for attack in ATTACKS]
    for query, status, attack in asked:
        async with client.get("/checkout", params={**query, "embedded": "true"}) as response:
            assert response.status == status
            text = await response.text()
        assert attack not in text
        assert escape(attack) not in text
        assert Seen(text).bootstrap["key"] is None
    assert api.asked == len(ATTACKS), "only to learn whose frame may show that the key is wrong"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "BAD_REQUEST_ERROR"),
        ({"order_id": ""}, 400, "BAD_REQUEST_ERROR"),
        ({"order_id": "order_0000000000000000"}, 404, "NOT_FOUND_ERROR"),
        ({"order_id": "pay_0000000000000000"}, 404, "NOT_FOUND_ERROR"),
        ({"order_id": "order_0000000000000000", "key": KEY}, 404, "NOT_FOUND_ERROR"),
        ({"order_id": "order_0000000000000000", "key": "pk_unknown"}, 401, "AUTHENTICATION_ERROR"),
        ({"order_id": "../../internal/audit"}, 404, "NOT_FOUND_ERROR"),
    ],
)
async def test_without_an_order_the_page_says_so(client: Client, query: dict[str, str], status: int, code: str) -> None:
    seen, headers = await page(client, {**query, "embedded": "true"}, status)
    told = seen.bootstrap
    assert told["error"]["code"] == code
    assert seen.texts["p"] == told["error"]["description"]
    assert {told[name] for name in ("order", "merchant", "key", "upi", "session")} == {None}
    assert policy_of(headers)["script-src"] == "'self'"


@pytest.mark.parametrize(("key", "status"), [("pk_unknown", 401), ("pk_other", 404)])
async def test_a_wrong_key_shows_nothing_of_the_order_but_is_told_in_its_shops_frame(
    client: Client, runtime: Runtime[Settings], api: Api, key: str, status: int
) -> None:
    await allow(runtime, ["https://shop.example"])
    order_id = api.order()
    seen, headers = await page(client, {"order_id": order_id, "embedded": "true", "key": key}, status)
    assert policy_of(headers)["frame-ancestors"] == "https://shop.example"
    told = seen.bootstrap
    assert {told[name] for name in ("order", "merchant", "key", "upi")} == {None}
    assert order_id not in str(told)


@pytest.mark.parametrize(
    ("query", "header", "locale", "direction"),
    [
        ({}, "ar-EG,ar;q=0.9,en;q=0.5", "ar", "rtl"),
        ({}, "ja, nl;q=0.9", "en", "ltr"),
        ({"locale": "fr"}, "de", "fr", "ltr"),
        ({"locale": "ar"}, "de", "ar", "rtl"),
        ({"locale": "xx"}, "de", "de", "ltr"),
    ],
)
async def test_the_page_speaks_the_buyers_language(
    client: Client, api: Api, query: dict[str, str], header: str, locale: str, direction: str
) -> None:
    seen, headers = await page(client, {"order_id": api.order(), **query}, language=header)
    assert ("html", {"lang": locale, "dir": direction, "data-theme": "auto"}) in seen.elements
    assert (seen.bootstrap["locale"], seen.bootstrap["direction"]) == (locale, direction)
    assert headers["Vary"] == "Accept-Language"


async def test_a_merchants_other_notes_are_not_shown(client: Client, api: Api) -> None:
    async with client.get("/checkout", params={"order_id": api.order()}) as response:
        assert "the merchant's own" not in await response.text()


@pytest.mark.parametrize("description", [None, 5, {"a": 1}, ["x"], ""])
async def test_a_description_that_is_no_text_is_none(client: Client, api: Api, description: Any) -> None:
    seen, _ = await page(client, {"order_id": api.order(notes={"description": description})})
    assert seen.bootstrap["order"]["description"] is None


async def test_upi_is_offered_for_rupees_alone(client: Client, api: Api) -> None:
    seen, _ = await page(client, {"order_id": api.order(currency="EUR")})
    assert seen.bootstrap["upi"] is None


async def test_when_the_api_is_away_a_person_can_read_that(client: Client, api: Api) -> None:
    order_id = api.order()
    await api.server.close()
    seen, headers = await page(client, {"order_id": order_id, "embedded": "true"}, 503)
    assert seen.bootstrap["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert "Nothing was taken" in seen.texts["p"]
    assert headers["Retry-After"] == "2"


async def test_when_postgres_is_away_a_person_can_read_that(
    client: Client, runtime: Runtime[Settings], api: Api
) -> None:
    order_id = api.order()
    await runtime.pool.close()
    seen, _ = await page(client, {"order_id": order_id, "embedded": "true"}, 503)
    assert seen.bootstrap["error"]["code"] == "SERVICE_UNAVAILABLE"


async def test_before_the_page_is_built_it_says_what_to_do(settings: Settings, api: Api, tmp_path: Path) -> None:
    async with serving(settings.model_copy(update={"ui_dist_dir": str(tmp_path / "nothing")})) as (client, _):
        seen, headers = await page(client, {"order_id": api.order(), "embedded": "true"}, 503)
        assert "run `make ui`" in seen.texts["p"]
        assert policy_of(headers)["frame-ancestors"] == "'none'"
        assert "script" not in {tag for tag, _ in seen.elements}


async def test_an_api_that_answers_astray_is_taken_for_away(client: Client, api: Api) -> None:
    order_id = api.order()

    async def another(request: web.Request) -> web.StreamResponse:
        return web.json_response({"data": [{"order": {**api.orders[order_id], "amount": "499"}, "merchant": {}}]})

    api.misbehave = another
    await page(client, {"order_id": order_id}, 503)


async def test_the_name_that_the_merchant_has_now_is_shown_once_it_was_told(
    client: Client, runtime: Runtime[Settings], api: Api
) -> None:
    await runtime.pool.execute("INSERT INTO merchant (id, name) VALUES ($1, 'Lamps & Co')", MERCHANT)
    seen, _ = await page(client, {"order_id": api.order()})
    assert seen.bootstrap["merchant"] == {"name": "Lamps & Co"}
    assert seen.texts["title"] == "Checkout · Lamps & Co"


async def test_a_head_request_gets_the_headers_of_the_page(client: Client, api: Api) -> None:
    async with client.head("/checkout", params={"order_id": api.order()}) as response:
        assert response.status == 200
        assert "Content-Security-Policy" in response.headers
        assert await response.read() == b""


async def test_an_expired_order_is_shown_as_it_is(client: Client, api: Api) -> None:
    past = datetime(2026, 1, 1, tzinfo=UTC).isoformat()
    seen, _ = await page(client, {"order_id": api.order(expires_at=past)})
    assert seen.bootstrap["order"]["expires_at"] == "2026-01-01T00:00:00Z"
    assert ids.is_id(seen.bootstrap["order"]["id"], ids.ORDER)
