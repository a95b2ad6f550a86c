"""Hosted sessions: made, shown, listed and ended for their merchant, and paid on a page that nobody frames."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import counts, pg
from chassis.runtime import Runtime
from services.checkout.settings import Settings
from services.checkout.tests.conftest import (
    MERCHANT,
    OTHER_MERCHANT,
    Api,
    Client,
    Seen,
    in_an_hour,
    internal,
    policy_of,
)

SESSIONS = "/internal/checkout/sessions"
WHOLE = {
    "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "http://localhost:4000/cart",
    "locale": "ar",
    "theme": "dark",
    "prefill": {"vpa": "asha@upi", "holder_name": "Asha </script><script>"},
}


async def ask(
    client: Client, method: str, path: str, status: int, *, merchant_id: str = MERCHANT, key: str = "", **how: Any
) -> dict[str, Any]:
    """As the api forwards; the body."""
    headers = internal(merchant_id, **({"Idempotency-Key": key} if key else {}))
    async with client.request(method, path, headers=headers, **how) as response:
        assert response.status == status, await response.text()
        told: dict[str, Any] = await response.json()
        return told


async def make(client: Client, order_id: str, **more: Any) -> dict[str, Any]:
    """A new session."""
    return await ask(client, "POST", SESSIONS, 201, json={"order_id": order_id, **more})


async def page(client: Client, session_id: str, status: int = 200, **query: str) -> tuple[Seen, Any]:
    """Load its page."""
    async with client.get(f"/checkout/{session_id}", params=query) as response:
        assert response.status == status, await response.text()
        return Seen(await response.text()), response.headers


async def test_a_session_shows_what_it_was_made_with(client: Client, api: Api) -> None:
    order_id = api.order()
    made = await make(client, order_id, **WHOLE)
    assert await ask(client, "GET", f"{SESSIONS}/{made['id']}", 200) == made
    created = datetime.fromisoformat(made.pop("created_at"))
    assert datetime.fromisoformat(made.pop("expires_at")) - created == timedelta(days=1)
    assert made == {
        "id": made["id"],
        "url": f"http://localhost:3001/checkout/{made['id']}",
        "order_id": order_id,
        "amount": 49_900,
        "currency": "INR",
        "status": "open",
        **WHOLE,
    }
    assert made["id"].startswith("cs_")


async def test_only_the_order_must_be_named(client: Client, api: Api) -> None:
    made = await make(client, api.order())
    nothing = {name: made[name] for name in WHOLE}
    assert nothing == {"success_url": None, "cancel_url": None, "locale": None, "theme": None, "prefill": {}}


async def test_the_page_of_a_session_is_its_own(client: Client, api: Api) -> None:
    made = await make(client, api.order(), **WHOLE)
    seen, headers = await page(client, made["id"])
    assert policy_of(headers)["frame-ancestors"] == "'none'"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert ("html", {"lang": "ar", "dir": "rtl", "data-theme": "dark"}) in seen.elements
    told = seen.bootstrap
    assert told["session"] == {
        "id": made["id"],
        "success_url": f"https://shop.example/thanks?session={made['id']}",
        "cancel_url": "http://localhost:4000/cart",
        "expires_at": made["expires_at"],
    }
    assert told["prefill"] == WHOLE["prefill"]
    assert (told["embedded"], told["allowed_origins"], told["error"], told["key"]) == (False, [], None, None)
    assert told["order"]["id"] == made["order_id"]


async def test_the_address_of_the_page_may_ask_for_another_language_and_look(client: Client, api: Api) -> None:
    made = await make(client, api.order(), **WHOLE)
    seen, _ = await page(client, made["id"], locale="de", theme="light")
    assert (seen.bootstrap["locale"], seen.bootstrap["theme"]) == ("de", "light")
    seen, headers = await page(client, made["id"], embedded="true")
    assert policy_of(headers)["frame-ancestors"] == "'none'"
    assert seen.bootstrap["embedded"] is False


@pytest.mark.parametrize(
    "session_id", ["cs_0000000000000000", "cs_", "order_0000000000000000", "%3Cscript%3E", "cs_0000000000000000%00"]
)
async def test_there_is_no_page_without_its_session(client: Client, session_id: str) -> None:
    async with client.get(f"/checkout/{session_id}") as response:
        assert response.status == 404
        seen = Seen(await response.text())
    assert seen.bootstrap["error"]["code"] == "NOT_FOUND_ERROR"
    assert seen.bootstrap["session"] is None


async def test_a_session_is_complete_when_its_order_is_paid(client: Client, api: Api) -> None:
    order_id = api.order()
    made = await make(client, order_id)
    api.paid(order_id)
    shown = await ask(client, "GET", f"{SESSIONS}/{made['id']}", 200)
    assert shown == {**made, "status": "complete"}
    seen, _ = await page(client, made["id"])
    assert (seen.bootstrap["error"], seen.bootstrap["order"]["status"]) == (None, "paid")
    refused = await ask(client, "POST", f"{SESSIONS}/{made['id']}/expire", 400)
    assert refused["error"]["description"] == "The session is complete: its order is paid"


async def test_a_session_that_its_merchant_ended_is_over(client: Client, api: Api) -> None:
    order_id = api.order()
    made = await make(client, order_id)
    path = f"{SESSIONS}/{made['id']}/expire"
    ended = await ask(client, "POST", path, 200, key="end-1")
    assert ended["status"] == "expired"
    assert ended["expires_at"] < made["expires_at"]
    assert await ask(client, "POST", path, 200) == ended
    assert await ask(client, "POST", path, 200, key="end-1") == ended
    seen, _ = await page(client, made["id"], 410)
    assert seen.bootstrap["session"]["expires_at"] == ended["expires_at"] <= seen.bootstrap["now"]
    assert seen.bootstrap["order"] is not None
    api.paid(order_id)
    assert (await ask(client, "GET", f"{SESSIONS}/{made['id']}", 200))["status"] == "expired"


async def test_a_session_ends_by_itself(client: Client, runtime: Runtime[Settings], api: Api) -> None:
    made = await make(client, api.order(), expires_at=in_an_hour())
    await runtime.pool.execute("UPDATE session SET expires_at = now() - interval '1 s'")
    assert (await ask(client, "GET", f"{SESSIONS}/{made['id']}", 200))["status"] == "expired"
    await page(client, made["id"], 410)


async def test_another_merchants_session_is_not_there(client: Client, api: Api) -> None:
    made = await make(client, api.order())
    one = f"{SESSIONS}/{made['id']}"
    for method, path in (("GET", one), ("POST", f"{one}/expire")):
        refused = await ask(client, method, path, 404, merchant_id=OTHER_MERCHANT)
        assert refused["error"]["code"] == "NOT_FOUND_ERROR"
        await ask(client, method, path.replace(made["id"], "cs_0000000000000000"), 404)
        await ask(client, method, path.replace(made["id"], "order_0000000000000000"), 404)
    assert (await ask(client, "GET", SESSIONS, 200, merchant_id=OTHER_MERCHANT))["data"] == []
    assert (await ask(client, "GET", one, 200))["status"] == "open"


async def test_a_session_is_for_an_order_of_the_merchants_that_can_be_paid(client: Client, api: Api) -> None:
    paid, old = api.order(), api.order(expires_at=datetime(2026, 1, 1, tzinfo=UTC).isoformat())
    api.paid(paid)
    for order_id, status, why in (
        ("order_0000000000000000", 404, "Order not found"),
        ("none", 404, "Order not found"),
        (api.order(merchant_id=OTHER_MERCHANT), 404, "Order not found"),
        (paid, 400, "The order is paid already"),
        (old, 400, "The order has expired"),
    ):
        refused = await ask(client, "POST", SESSIONS, status, json={"order_id": order_id})
        assert (refused["error"]["description"], refused["error"]["field"]) == (why, "order_id")


WRONG: list[tuple[str, Any]] = [
    ("order_id", None),
    ("order_id", 5),
    ("order_id", "x" * 65),
    ("order_id", "order_\x00"),
    ("more", 1),
    ("amount", 5),
    ("expires_at", "2020-01-01T00:00:00Z"),
    ("expires_at", "2079-01-01T00:00:00Z"),
    ("expires_at", "soon"),
    ("locale", "xx"),
    ("locale", "EN"),
    ("theme", "pink"),
    ("prefill", []),
    ("prefill", {"card_number": "4242424242424242"}),
    ("prefill", {"vpa": 5}),
    ("prefill", {"vpa": "x" * 256}),
    ("prefill", {"holder_name": "a\x00"}),
]
ADDRESSES = (
    "",
    "shop.example",
    "/thanks",
    "//shop.example",
    "https:",
    "https://",
    "https:///x",
    "https:shop.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//http://x",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "ftp://shop.example",
    "https://user@shop.example",
    "https://user:word@shop.example",
    "https://shop.example\\@evil.example",
    "https://shop.example/\n",
    "https://shop.example/a b",
    "https://shop.example/\x00",
    "https://shop.example/<script>",
    'https://shop.example/"',
    "https://shop.example/'",
    "https://shop.example/{OTHER}",
    "https://{CHECKOUT_SESSION_ID}.evil.example/",
    "https://shop.example:99999/",
    "https://shop.example:port/",
    "https://[::1/",
    "https://müller.example/",
    "https://shop.example/ü",
    " https://shop.example/",
    "https://shop.example/" + "x" * 2048,
)


async def test_what_makes_no_sense_is_refused_by_its_name_and_nothing_is_made(client: Client, api: Api) -> None:
    order_id = api.order()
    cases = [*WRONG, *((name, address) for name in ("success_url", "cancel_url") for address in ADDRESSES)]
    for name, value in cases:
        refused = await ask(client, "POST", SESSIONS, 400, json={"order_id": order_id, name: value})
        assert refused["error"]["field"].split(".")[0] == name, (name, value)
    assert (await ask(client, "GET", SESSIONS, 200))["total"] == 0


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:4000/thanks",
        "https://shop.example",
        "https://shop.example:8443/a/b?c=d&e=%20#f",
        "https://shop.example/[x]~(y)!$&*+,;=:@",
        "HTTPS://SHOP.EXAMPLE/",
        "http://[::1]:4000/",
        "https://shop.example/{CHECKOUT_SESSION_ID}",
        "https://shop.example?session={CHECKOUT_SESSION_ID}",
        "https://shop.example#{CHECKOUT_SESSION_ID}",
        "https://xn--mller-kva.example/",
    ],
)
async def test_an_address_of_the_web_is_kept_as_it_is(client: Client, api: Api, address: str) -> None:
    made = await make(client, api.order(), success_url=address)
    assert made["success_url"] == address


async def test_the_same_key_makes_one_session(client: Client, runtime: Runtime[Settings], api: Api) -> None:
    order_id, path = api.order(), SESSIONS
    asked = {"order_id": order_id, **WHOLE}
    answers = await asyncio.gather(*(ask(client, "POST", path, 201, key="k-1", json=asked) for _ in range(5)))
    assert len({answer["id"] for answer in answers}) == 1
    api.paid(order_id)
    assert await ask(client, "POST", path, 201, key="k-1", json=asked) == answers[0]
    reused = await ask(client, "POST", path, 422, key="k-1", json={**asked, "theme": "light"})
    assert reused["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await runtime.pool.fetchval("SELECT count(*) FROM session") == 1
    kept = await runtime.pool.fetchval("SELECT body FROM idempotency_key")
    assert b"asha@upi" not in kept


async def test_a_list_goes_by_cursors_in_both_directions(client: Client, runtime: Runtime[Settings], api: Api) -> None:
    orders = [api.order() for _ in range(3)]
    made = [(await make(client, orders[number % 3]))["id"] for number in range(7)]
    await make(client, api.order())
    newest_first = made[::-1]
    api.paid(orders[0])

    async def listed(**query: Any) -> dict[str, Any]:
        return await ask(client, "GET", SESSIONS, 200, params={name: str(value) for name, value in query.items()})

    first = await listed(limit=4)
    assert [one["id"] for one in first["data"]][1:] == newest_first[:3]
    assert (first["total"], first["limit"], first["offset"], first["has_more"]) == (8, 4, 0, True)
    second = await listed(limit=4, starting_after=first["next_cursor"])
    assert [one["id"] for one in second["data"]] == newest_first[3:]
    assert not second["has_more"]
    assert "next_cursor" not in second
    before = await listed(limit=2, ending_before=newest_first[3])
    assert [one["id"] for one in before["data"]] == newest_first[1:3]
    assert before["has_more"]
    again = await listed(limit=2, ending_before=before["next_cursor"])
    assert [one["id"] for one in again["data"]][1:] == newest_first[:1]
    assert [one["id"] for one in (await listed(limit=2, offset=7))["data"]] == newest_first[6:]
    of_order = await listed(order_id=orders[0])
    assert [(one["id"], one["status"]) for one in of_order["data"]] == [
        (made[number], "complete") for number in (6, 3, 0)
    ]
    assert of_order["total"] == 3
    assert (await listed(order_id="order_0000000000000000"))["data"] == []
    async with pg.transaction(runtime.pool) as connection:
        await counts.fold(connection)
    assert (await listed())["total"] == 8


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"offset": "-1"},
        {"offset": "100001"},
        {"order_id": "x"},
        {"starting_after": "order_0000000000000000"},
        {"starting_after": "cs_0000000000000000", "ending_before": "cs_0000000000000000"},
        {"starting_after": "cs_0000000000000000", "offset": "1"},
        {"status": "open"},
    ],
)
async def test_a_list_that_can_not_be_is_refused(client: Client, query: dict[str, str]) -> None:
    refused = await ask(client, "GET", SESSIONS, 400, params=query)
    assert refused["error"]["code"] == "BAD_REQUEST_ERROR"


async def test_while_the_api_is_away_merchants_are_told_and_nothing_is_made(
    client: Client, runtime: Runtime[Settings], api: Api
) -> None:
    order_id = api.order()
    made = await make(client, order_id)
    await runtime.pool.execute("INSERT INTO merchant (id, name) VALUES ($1, 'Lamps & Co')", MERCHANT)
    await api.server.close()
    one = f"{SESSIONS}/{made['id']}"
    for method, path, body in (
        ("POST", SESSIONS, {"order_id": order_id}),
        ("GET", SESSIONS, None),
        ("GET", one, None),
        ("POST", f"{one}/expire", None),
    ):
        refused = await ask(client, method, path, 503, json=body)
        assert refused["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert await runtime.pool.fetchval("SELECT count(*) FROM session WHERE expired_at IS NULL") == 1
    seen, _ = await page(client, made["id"], 503)
    assert seen.bootstrap["merchant"] == {"name": "Lamps & Co"}
    assert seen.bootstrap["session"]["id"] == made["id"]
    assert "Nothing was taken" in seen.texts["p"]


async def test_sessions_are_for_the_api_alone(client: Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong", "X-Merchant-Id": MERCHANT}):
        for method, path in (("GET", SESSIONS), ("POST", SESSIONS), ("POST", f"{SESSIONS}/cs_0000000000000000/expire")):
            async with client.request(method, path, headers=headers) as response:
                assert response.status == 401
