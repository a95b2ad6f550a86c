"""What a buyer's browser may do: see an order, pay it, see that payment, with a publishable key or with none."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis import pg
from chassis.runtime import Runtime
from contracts.events.payment_result import AuthorisationDeclined
from contracts.test_cards import DECLINES, TestCard
from services.api.seed import SEED_KEY, SEED_PUBLISHABLE_KEY
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, serving
from services.api.tests.test_payments import Client, apply_payment_results, get, post
from services.api.tests.test_payments import paid as paid_payment

UPI = {"method": "upi", "vpa": "success@bank"}
SHOWN = {
    *("id", "order_id", "amount", "currency", "method", "status", "signature", "created_at"),
    *("error_code", "error_description", "decline_code"),
}


async def ask(
    client: Client, method: str, path: str, body: Any = None, key: str | None = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    sent = headers | ({"X-Api-Key": key} if key else {})
    async with client.request(method, f"/api/v1{path}", json=body, headers=sent) as response:
        return response.status, await response.json()


@pytest.mark.parametrize("key", [None, SEED_PUBLISHABLE_KEY, SEED_KEY])
async def test_a_buyer_sees_an_order_pays_it_and_sees_how_it_goes(
    client: Client, db: pg.Connection, key: str | None
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    status, seen = await ask(client, "GET", f"/orders/{order['id']}/public", key=key)
    assert (status, seen["amount"], "merchant_id" in seen) == (200, 5000, False)
    status, payment = await ask(client, "POST", "/payments/public", {"order_id": order["id"], **UPI}, key)
    assert (status, payment["status"], payment["amount"]) == (201, "pending", 5000)
    assert set(payment) == SHOWN
    assert await ask(client, "GET", f"/payments/{payment['id']}/public", key=key) == (200, payment)
    _, whole = await get(client, f"/payments/{payment['id']}?expand=timeline")
    assert (whole["merchant_id"], whole["vpa"]) == (order["merchant_id"], "success@bank")
    assert {step["actor"] for step in whole["timeline"]} == {"buyer"}
    assert await db.fetchval("SELECT count(*) FROM payments") == 1


async def test_a_card_leaves_nothing_of_itself_in_what_a_buyer_is_shown(client: Client) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    card = {"number": "4242424242424242", "expiry_month": 12, "expiry_year": 2030, "cvv": "123"}
    body = {"order_id": order["id"], "method": "card", "card": card, "metadata": {"note": "of the shop's own"}}
    status, payment = await ask(client, "POST", "/payments/public", body)
    assert (status, set(payment)) == (201, SHOWN)


async def test_another_merchants_key_sees_nothing_and_pays_nothing(client: Client, db: pg.Connection) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    _, payment = await post(client, "/payments", {"order_id": order["id"], **UPI})
    for path, body in (
        (f"/orders/{order['id']}/public", None),
        (f"/payments/{payment['id']}/public", None),
        ("/payments/public", {"order_id": order["id"], **UPI}),
    ):
        method = "GET" if body is None else "POST"
        assert (await ask(client, method, path, body, "key_test_other"))[0] == 404
        for key in ("pk_test_nobody", "key_test_nobody", "pk_\u00e9", "x" * 300):
            assert (await ask(client, method, path, body, key))[0] == 401, key
    assert await db.fetchval("SELECT count(*) FROM payments") == 1


@pytest.mark.parametrize("order_id", ["order_0000000000000000", "nothing", "public"])
async def test_an_order_that_is_not_there_can_not_be_paid(client: Client, order_id: str) -> None:
    status, body = await ask(client, "POST", "/payments/public", {"order_id": order_id, **UPI})
    assert (status, body["error"]["code"]) == (404, "NOT_FOUND_ERROR")


async def test_a_paid_order_can_not_be_paid_again(client: Client, runtime: Any, db: pg.Connection) -> None:
    payment = await paid_payment(client, runtime, db)
    status, body = await ask(client, "POST", "/payments/public", {"order_id": payment["order_id"], **UPI})
    assert (status, body["error"]["code"]) == (400, "BAD_REQUEST_ERROR")


async def test_an_idempotency_key_of_a_buyer_counts_for_the_orders_merchant(client: Client, db: pg.Connection) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    body = {"order_id": order["id"], **UPI}
    first = await ask(client, "POST", "/payments/public", body, **{"Idempotency-Key": "k"})
    again = await ask(client, "POST", "/payments/public", body, SEED_PUBLISHABLE_KEY, **{"Idempotency-Key": "k"})
    assert first == again
    assert (await ask(client, "POST", "/payments/public", body, **{"Idempotency-Key": "other"}))[1] != first[1]
    assert await db.fetchval("SELECT count(*) FROM payments") == 2
    scope = await db.fetchval("SELECT scope FROM idempotency_key WHERE key = 'k'")
    assert scope == f"{order['merchant_id']} POST /api/v1/payments/public"


async def test_a_publishable_key_that_was_revoked_pays_nothing_while_the_order_can_still_be_paid(
    client: Client, db: pg.Connection
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    async with client.delete(f"/api/v1/api_keys/{SEED_PUBLISHABLE_KEY}", headers=HEADERS) as response:
        assert response.status == 200
    body = {"order_id": order["id"], **UPI}
    assert (await ask(client, "POST", "/payments/public", body, SEED_PUBLISHABLE_KEY))[0] == 401
    assert await db.fetchval("SELECT count(*) FROM payments") == 0
    assert (await ask(client, "POST", "/payments/public", body))[0] == 201


async def test_100_buyers_requests_with_one_key_over_two_replicas_make_one_payment_and_get_the_same_bytes(
    client: Client, second: Client, db: pg.Connection
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    body, headers = {"order_id": order["id"], **UPI}, {"Idempotency-Key": "one click"}

    async def pay(replica: Client) -> tuple[int, bytes]:
        async with replica.post("/api/v1/payments/public", json=body, headers=headers) as response:
            return response.status, await response.read()

    answers = await asyncio.gather(*(pay(replica) for _ in range(50) for replica in (client, second)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert await db.fetchval("SELECT count(*) FROM payments") == 1
    assert await db.fetchval("SELECT attempts FROM orders") == 1


async def test_how_the_money_is_taken_and_what_is_noted_of_it_is_not_the_buyers_to_say(client: Client) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    body = {
        "order_id": order["id"],
        **UPI,
        "capture": "automatic",
        "metadata": {"approved_by": "the shop"},
        "amount": 1,
    }
    status, payment = await ask(client, "POST", "/payments/public", body)
    assert (status, payment["amount"]) == (201, 5000)
    _, whole = await get(client, f"/payments/{payment['id']}")
    assert (whole["capture"], whole["metadata"], whole["amount"]) == ("manual", {}, 5000)


@pytest.mark.parametrize("card", ["lost_card", "stolen_card", "fraudulent"])
async def test_who_holds_a_stolen_card_is_not_told_that_this_is_known(
    client: Client, runtime: Runtime[Settings], db: pg.Connection, card: TestCard
) -> None:
    _, order = await post(client, "/orders", {"amount": 5000})
    _, payment = await ask(client, "POST", "/payments/public", {"order_id": order["id"], **UPI})
    attempt_id = await db.fetchval("SELECT attempt_id FROM payments")
    code, description = DECLINES[card]
    declined = AuthorisationDeclined(
        payment_id=payment["id"],
        attempt_id=attempt_id,
        occurred_at=datetime.now(UTC),
        decline_code=code,
        description=description,
    )
    await apply_payment_results(runtime, declined)
    _, alone = await ask(client, "GET", f"/payments/{payment['id']}/public")
    _, listed = await ask(client, "GET", f"/orders/{order['id']}/public/payments", key=SEED_KEY)
    assert (alone["decline_code"], alone["error_description"]) == ("generic_decline", "The card was declined")
    assert listed["payments"] == [alone]
    _, whole = await get(client, f"/payments/{payment['id']}")
    assert (whole["decline_code"], whole["error_description"]) == (code, description)


async def test_an_order_is_not_to_try_out_cards_with(runtime: Runtime[Settings], db: pg.Connection) -> None:
    runtime.settings.__dict__.update(buyer_attempts_max=5)
    async with serving(runtime) as client:
        _, order = await post(client, "/orders", {"amount": 5000})
        body = {"order_id": order["id"], **UPI}
        tried = await asyncio.gather(*(ask(client, "POST", "/payments/public", body) for _ in range(20)))
        assert sorted(status for status, _ in tried) == [201] * 5 + [400] * 15
        assert {told["error"]["reason"] for status, told in tried if status == 400} == {"too_many_attempts"}
        assert await db.fetchval("SELECT count(*) FROM payments") == 5
        # Its merchant, who has credentials to lose, may go on.
        assert (await post(client, "/payments", body))[0] == 201


async def test_who_knows_an_order_alone_sees_how_it_is_paid_and_no_more(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await paid_payment(client, runtime, db, metadata={"cart": "the shop's own"})
    _, told = await ask(client, "GET", f"/orders/{payment['order_id']}/public/payments")
    assert set(told) == {"order", "payments"}
    assert set(told["order"]) == {"id", "amount", "currency", "status", "expires_at"}
    assert [set(one) for one in told["payments"]] == [SHOWN]
    for method, path in (
        ("GET", f"/orders/{payment['order_id']}"),
        ("GET", f"/payments/{payment['id']}"),
        ("POST", f"/payments/{payment['id']}/capture"),
        ("POST", f"/payments/{payment['id']}/cancel"),
        ("POST", f"/payments/{payment['id']}/refunds"),
        ("GET", "/checkout/settings"),
    ):
        assert (await ask(client, method, path))[0] == 401, path
        assert (await ask(client, method, path, key=SEED_KEY))[0] == 401, path
        assert (await ask(client, method, path, key=SEED_PUBLISHABLE_KEY))[0] == 403, path
