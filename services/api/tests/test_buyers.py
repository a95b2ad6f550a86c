"""What a buyer's page is shown of an order, and the signature by which the shop's server believes it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import pg
from chassis.runtime import Runtime
from chassis.sql import Query
from contracts.events.payment_result import AuthorisationChallenged, AuthorisationDeclined
from services.api.seed import SEED_KEY, SEED_MERCHANT_ID, SEED_PUBLISHABLE_KEY, SEED_SECRET
from services.api.settings import Settings
from services.api.signatures import signature_of
from services.api.tests.conftest import OTHER_HEADERS, OTHER_MERCHANT, serving
from services.api.tests.test_payments import Client, apply_payment_results, post
from services.api.tests.test_payments import paid as paid_payment
from services.api.tests.test_public import UPI, ask

INTERNAL = {"Authorization": "Bearer test-token"}


async def order_and_payment(client: Client) -> tuple[dict[str, Any], dict[str, Any]]:
    _, order = await post(client, "/orders", {"amount": 5000, "notes": {"of": "the shop's own"}})
    status, payment = await ask(client, "POST", "/payments/public", {"order_id": order["id"], **UPI})
    assert status == 201
    return order, payment


async def settle(runtime: Runtime[Settings], db: pg.Connection, payment: dict[str, Any], result: Any) -> None:
    attempt_id = await db.fetchval("SELECT attempt_id FROM payments WHERE id = $1", payment["id"])
    about = {"payment_id": payment["id"], "attempt_id": attempt_id, "occurred_at": datetime.now(UTC)}
    await apply_payment_results(runtime, result(about))


async def seen(client: Client, order_id: str, key: str | None = None) -> dict[str, Any]:
    status, body = await ask(client, "GET", f"/orders/{order_id}/public/payments", key=key)
    assert status == 200, body
    return body


async def test_a_page_that_is_loaded_anew_sees_what_had_begun(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    order, first = await order_and_payment(client)
    _, public = await ask(client, "GET", f"/orders/{order['id']}/public")
    assert await seen(client, order["id"]) == {"order": public, "payments": [first]}
    declined = {"decline_code": "insufficient_funds", "description": "Not enough money"}
    await settle(runtime, db, first, lambda about: AuthorisationDeclined(**about, **declined))
    _, second = await ask(client, "POST", "/payments/public", {"order_id": order["id"], **UPI})
    url = "http://localhost:8010/challenge/1"
    challenged = {"challenge_url": url, "expires_at": datetime.now(UTC)}
    await settle(runtime, db, second, lambda about: AuthorisationChallenged(**about, **challenged))
    told = (await seen(client, order["id"]))["payments"]
    assert [(one["id"], one["status"]) for one in told] == [(second["id"], "requires_action"), (first["id"], "failed")]
    assert told[0]["next_action"] == {"type": "redirect_to_url", "url": url}
    assert told[1]["decline_code"] == "insufficient_funds"
    for one in told:
        assert await ask(client, "GET", f"/payments/{one['id']}/public") == (200, one)


async def test_an_order_without_payments_and_one_with_many(client: Client) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    assert (await seen(client, order["id"]))["payments"] == []
    made = [await ask(client, "POST", "/payments/public", {"order_id": order["id"], **UPI}) for _ in range(12)]
    newest = [payment["id"] for _, payment in reversed(made)][:10]
    assert [one["id"] for one in (await seen(client, order["id"]))["payments"]] == newest


async def test_only_the_orders_merchant_and_who_needs_no_key_sees_it(client: Client) -> None:
    order, _ = await order_and_payment(client)
    path = f"/orders/{order['id']}/public/payments"
    for key in (None, SEED_KEY, SEED_PUBLISHABLE_KEY):
        assert (await ask(client, "GET", path, key=key))[0] == 200
    assert (await ask(client, "GET", path, key="key_test_other"))[0] == 404
    assert (await ask(client, "GET", path, key="key_test_nobody"))[0] == 401
    for nothing in ("order_0000000000000000", "pay_0000000000000000", "x"):
        assert (await ask(client, "GET", f"/orders/{nothing}/public/payments"))[0] == 404


@pytest.mark.parametrize("key", [None, SEED_KEY, SEED_PUBLISHABLE_KEY])
async def test_a_success_is_signed_with_the_merchants_secret(
    client: Client, runtime: Runtime[Settings], db: pg.Connection, key: str | None
) -> None:
    order, before = await order_and_payment(client)
    assert before["signature"] is None
    payment = await paid_payment(client, runtime, db)
    expected = signature_of(payment["order_id"], payment["id"], SEED_SECRET)
    _, alone = await ask(client, "GET", f"/payments/{payment['id']}/public", key=key)
    [listed] = (await seen(client, payment["order_id"], key))["payments"]
    assert (alone["signature"], listed) == (expected, alone)
    assert [one["signature"] for one in (await seen(client, order["id"], key))["payments"]] == [None]


async def test_a_signature_is_of_the_secret_key_that_is_named(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid_payment(client, runtime, db)
    _, restricted = await post(client, "/api_keys", {"name": "Old", "scopes": ["orders:read"]})
    await db.execute("UPDATE api_keys SET created_at = '2020-01-01' WHERE key = $1", restricted["id"])
    _, second = await post(client, "/api_keys", {"name": "Second"})

    async def signed(key: str | None) -> str:
        _, told = await ask(client, "GET", f"/payments/{payment['id']}/public", key=key)
        return str(told["signature"])

    secrets = {None: SEED_SECRET, SEED_KEY: SEED_SECRET, second["id"]: second["secret"]}
    secrets |= {restricted["id"]: restricted["secret"], SEED_PUBLISHABLE_KEY: SEED_SECRET}
    for key, secret in secrets.items():
        assert await signed(key) == signature_of(payment["order_id"], payment["id"], secret), key
    # The oldest one has ended: the next one signs for those who name none.
    await db.execute("UPDATE api_keys SET expires_at = now() WHERE key = $1", SEED_KEY)
    assert await signed(None) == signature_of(payment["order_id"], payment["id"], second["secret"])


async def test_what_is_a_success_no_more_is_not_signed(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid_payment(client, runtime, db)
    assert (await post(client, f"/payments/{payment['id']}/cancel", {}))[0] == 200
    assert (await seen(client, payment["order_id"]))["payments"][0]["signature"] is None


async def test_a_merchant_without_a_key_that_signs_is_shown_its_success_all_the_same(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid_payment(client, runtime, db)
    await db.execute("UPDATE api_keys SET secret_sealed = 'sealed with another key, long ago'")
    assert [one["signature"] for one in (await seen(client, payment["order_id"]))["payments"]] == [None]
    await db.execute("UPDATE api_keys SET expires_at = now()")
    assert [one["signature"] for one in (await seen(client, payment["order_id"]))["payments"]] == [None]


def queries_asked(patch: pytest.MonkeyPatch) -> list[str]:
    """The names of the queries that are run from now on, without what is done in the background."""
    asked: list[str] = []
    ordered = Query._ordered

    def noting(query: Query, arguments: dict[str, Any]) -> list[Any]:
        if query.name not in ("note_api_key_uses", "notify_relay"):
            asked.append(query.name)
        return ordered(query, arguments)

    patch.setattr(Query, "_ordered", noting)
    return asked


async def test_a_page_that_polls_costs_one_query_each_time(
    runtime: Runtime[Settings], db: pg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.settings.__dict__.update(api_key_cache_s=60)
    async with serving(runtime) as client:
        payment = await paid_payment(client, runtime, db)
        await seen(client, payment["order_id"])
        asked = queries_asked(monkeypatch)
        for _ in range(5):
            assert (await seen(client, payment["order_id"]))["payments"][0]["signature"]
    assert asked == ["see_orders"] * 5


async def test_a_payment_costs_no_query_more_for_being_signed_one_day(
    runtime: Runtime[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime.settings.__dict__.update(api_key_cache_s=60)
    async with serving(runtime) as client:
        _, order = await post(client, "/orders", {"amount": 5000})
        asked = queries_asked(monkeypatch)
        body = {"order_id": order["id"], **UPI}
        assert (await post(client, "/payments", body))[0] == 201
        merchants = list(asked)
        asked.clear()
        assert (await ask(client, "POST", "/payments/public", body))[0] == 201
        assert Counter(asked) == Counter(merchants) + Counter(["see_order"])
        assert not {"see_order", "see_orders", "find_signing_key"} & set(merchants)


async def checkout_orders(client: Client, query: dict[str, str], headers: dict[str, str] = INTERNAL) -> tuple[int, Any]:
    async with client.get("/internal/checkout/orders", params=query, headers=headers) as response:
        return response.status, await response.json()


async def test_the_checkout_is_told_of_orders_with_their_merchants(client: Client) -> None:
    terms = {"amount": 5000, "receipt": "r-1", "notes": {"description": "Tea"}, "expires_at": "2099-01-01T00:00:00Z"}
    _, order = await post(client, "/orders", terms)
    async with client.post("/api/v1/orders", json={"amount": 700}, headers=OTHER_HEADERS) as response:
        others = await response.json()
    ids = f"{order['id']},{others['id']},order_0000000000000000,nothing"
    status, told = await checkout_orders(client, {"ids": ids})
    assert (status, len(told["data"])) == (200, 2)
    shown = ("id", "merchant_id", "amount", "currency", "status", "receipt", "notes", "expires_at")
    first, second = told["data"]
    assert first["order"] == {name: order[name] for name in (*shown, "created_at", "updated_at")}
    assert first["merchant"] == {"id": SEED_MERCHANT_ID, "name": "Test Merchant"}
    assert second["merchant"] == {"id": OTHER_MERCHANT, "name": "Other"}
    for key in (SEED_KEY, SEED_PUBLISHABLE_KEY):
        _, mine = await checkout_orders(client, {"ids": ids, "key": key})
        assert mine["data"] == [first]
    _, theirs = await checkout_orders(client, {"ids": ids, "merchant_id": OTHER_MERCHANT})
    assert theirs["data"] == [second]
    assert (await checkout_orders(client, {"ids": ids, "merchant_id": OTHER_MERCHANT, "key": SEED_KEY}))[1] == {
        "data": []
    }


async def test_the_checkout_is_told_of_an_orders_notes_what_buyers_may_read_and_no_more(client: Client) -> None:
    notes = {"description": "Tea" * 200, **{f"own {number}": "x" * 500 for number in range(14)}}
    _, order = await post(client, "/orders", {"amount": 5000, "notes": notes})
    _, told = await checkout_orders(client, {"ids": order["id"]})
    assert told["data"][0]["order"]["notes"] == {"description": notes["description"][:500]}


async def test_a_key_that_is_none_is_told_apart_from_the_services_own_token(client: Client, db: pg.Connection) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    await db.execute("UPDATE api_keys SET revoked_at = now() WHERE key = $1", SEED_PUBLISHABLE_KEY)
    for key in ("pk_nobody", "pk_\u00e9", SEED_PUBLISHABLE_KEY):
        status, told = await checkout_orders(client, {"ids": order["id"], "key": key})
        assert (status, told["error"]["code"], told["error"]["reason"]) == (401, "AUTHENTICATION_ERROR", "unknown_key")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"X-Api-Key": SEED_KEY, "X-Api-Secret": SEED_SECRET}):
        status, told = await checkout_orders(client, {"ids": order["id"]}, headers)
        assert (status, told["error"].get("reason")) == (401, None)


async def test_what_the_checkout_asks_badly_is_refused(client: Client) -> None:
    many = ",".join(["order_0000000000000000"] * 101)
    for query in ({}, {"ids": many}, {"ids": "x", "more": "y"}):
        assert (await checkout_orders(client, query))[0] == 400
    assert await checkout_orders(client, {"ids": ""}) == (200, {"data": []})


async def test_a_key_that_ends_soon_is_trusted_no_longer_than_it_lasts(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid_payment(client, runtime, db)
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    _, short = await post(client, "/api_keys", {"name": "Short", "expires_at": soon})
    path = f"/payments/{payment['id']}/public"
    assert (await ask(client, "GET", path, key=short["id"]))[1]["signature"]
    await db.execute("UPDATE api_keys SET expires_at = now() WHERE key = $1", short["id"])
    assert (await ask(client, "GET", path, key=short["id"]))[0] == 401
