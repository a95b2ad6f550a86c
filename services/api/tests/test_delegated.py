"""People for whom the dashboard vouches: what their role allows, of their own merchant, while the note is young."""

import time
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from chassis.delegation import Delegation, sign
from contracts import test_merchant
from services.api.auth import SCOPES
from services.api.tests.conftest import HEADERS, OTHER_HEADERS, OTHER_MERCHANT

Client = TestClient[Any, Any]
TOKEN = "test-token"


def note(*scopes: str, tenant: str = test_merchant.ID, life_s: int = 30, secret: str = TOKEN) -> dict[str, str]:
    """What the dashboard sends for somebody with these scopes."""
    delegation = Delegation(
        tenant=tenant,
        user_id="usr_1",
        user="ann@example.com",
        scopes=sorted(scopes),
        expires_at=int(time.time()) + life_s,
        address="192.0.2.7",
    )
    return {"Authorization": sign(delegation, secret)}


async def ask(
    client: Client, method: str, path: str, headers: dict[str, str], body: Any = None
) -> tuple[int, dict[str, Any]]:
    async with client.request(method, f"/api/v1{path}", json=body, headers=headers) as response:
        return response.status, await response.json()


async def paid(client: Client, headers: dict[str, str]) -> dict[str, Any]:
    """A new payment, pending."""
    _, order = await ask(client, "POST", "/orders", headers, {"amount": 50_000})
    status, payment = await ask(
        client, "POST", "/payments", headers, {"order_id": order["id"], "method": "upi", "vpa": "success@upi"}
    )
    assert status == 201, payment
    return payment


async def test_who_is_signed_in_acts_for_the_merchant_and_the_timeline_says_who(client: Client) -> None:
    payment = await paid(client, note("orders:write", "payments:write"))
    assert payment["merchant_id"] == test_merchant.ID
    status, seen = await ask(client, "GET", f"/payments/{payment['id']}?expand=timeline", HEADERS)
    assert status == 200
    assert {entry["user"] for entry in seen["timeline"]} == {"ann@example.com"}
    assert {entry["api_key"] for entry in seen["timeline"]} == {None}


async def test_a_key_s_own_changes_name_no_user(client: Client) -> None:
    payment = await paid(client, HEADERS)
    _, seen = await ask(client, "GET", f"/payments/{payment['id']}?expand=timeline", HEADERS)
    assert all("user" not in entry for entry in seen["timeline"])


async def test_what_the_role_lacks_is_refused_and_says_so(client: Client) -> None:
    status, told = await ask(client, "POST", "/orders", note("orders:read"), {"amount": 50_000})
    assert status == 403
    assert told["error"]["description"] == "The role of ann@example.com lacks the scope orders:write"


async def test_another_merchant_s_objects_are_not_there(client: Client) -> None:
    payment = await paid(client, OTHER_HEADERS)
    assert payment["merchant_id"] == OTHER_MERCHANT
    assert (await ask(client, "GET", f"/payments/{payment['id']}", note(*SCOPES)))[0] == 404
    assert (await ask(client, "POST", f"/payments/{payment['id']}/cancel", note(*SCOPES), {}))[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        note(*SCOPES, life_s=-10),
        note(*SCOPES, secret="another"),
        {"Authorization": "Delegated"},
        {"Authorization": "Delegated e30.e30"},
        {"Authorization": f"Bearer {TOKEN}"},
    ],
    ids=["old", "forged", "empty", "made up", "the internal token"],
)
async def test_nothing_but_a_young_note_of_ours_lets_anybody_in(client: Client, headers: dict[str, str]) -> None:
    assert (await ask(client, "GET", "/payments", headers))[0] == 401


async def test_a_note_is_no_key_of_the_operator_or_of_a_service(client: Client) -> None:
    everything = note(*SCOPES)
    assert (await ask(client, "POST", "/merchants", everything, {"name": "X", "email": "x@example.com"}))[0] == 401
    async with client.get("/internal/checkout/orders", params={"ids": "a"}, headers=everything) as response:
        assert response.status == 401


async def test_who_supports_may_send_an_event_again_and_who_changes_webhooks_may_not(client: Client) -> None:
    assert (await ask(client, "POST", "/events/evt_none/resend", note("events:write")))[0] != 403
    assert (await ask(client, "POST", "/events/evt_none/resend", note("webhooks:write")))[0] == 403


async def test_an_old_api_key_beside_the_note_does_not_count(client: Client) -> None:
    both = {**HEADERS, **note("orders:read")}
    assert (await ask(client, "POST", "/orders", both, {"amount": 50_000}))[0] == 403


async def test_nobody_makes_or_rolls_a_key_that_may_do_more_than_they(client: Client) -> None:
    some = note("api_keys:read", "api_keys:write", "webhooks:write")
    assert (await ask(client, "POST", "/api_keys", some, {"name": "All"}))[0] == 403
    assert (await ask(client, "POST", "/api_keys", some, {"name": "Pay", "scopes": ["payments:write"]}))[0] == 403
    assert (await ask(client, "POST", f"/api_keys/{test_merchant.API_KEY}/roll", some, {}))[0] == 403
    status, made = await ask(client, "POST", "/api_keys", some, {"name": "Hooks", "scopes": ["webhooks:write"]})
    assert (status, made["scopes"]) == (201, ["webhooks:write"])
    status, made = await ask(client, "POST", "/api_keys", note(*SCOPES), {"name": "All"})
    assert (status, made["scopes"]) == (201, ["*"])


async def test_an_idempotency_key_holds_for_the_merchant_whoever_sends_it(client: Client) -> None:
    again = {"Idempotency-Key": "once"}
    _, first = await ask(client, "POST", "/orders", note(*SCOPES) | again, {"amount": 50_000})
    _, second = await ask(client, "POST", "/orders", HEADERS | again, {"amount": 50_000})
    assert first["id"] == second["id"]
