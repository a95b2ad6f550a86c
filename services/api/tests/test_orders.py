"""Orders: receipts that are one order's alone, and orders that end by themselves."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from chassis import pg
from chassis.runtime import Runtime
from services.api.settings import Settings
from services.api.tests.conftest import OTHER_HEADERS
from services.api.tests.test_payments import Client, apply_payment_results, approved, get, new_payment, post

UNIQUE = {"amount": 5000, "receipt": "r-1", "unique_receipt": True}


async def test_a_receipt_that_is_to_be_unique_is_refused_the_second_time(client: Client) -> None:
    first, _ = await post(client, "/orders", UNIQUE)
    status, body = await post(client, "/orders", UNIQUE)
    assert (first, status) == (201, 400)
    assert body["error"]["description"] == "Receipt is already used by another order"
    assert body["error"]["reason"] == "receipt_used"


async def test_a_receipt_that_an_ordinary_order_has_is_used_too(client: Client) -> None:
    await post(client, "/orders", {"amount": 5000, "receipt": "r-1"})
    status, _ = await post(client, "/orders", UNIQUE)
    assert status == 400


async def test_receipts_repeat_unless_somebody_minds_and_belong_to_their_merchant(client: Client) -> None:
    answers = [
        await post(client, "/orders", {"amount": 5000, "receipt": "r-1"}),
        await post(client, "/orders", {"amount": 5000, "receipt": "r-1"}),
        await post(client, "/orders", UNIQUE, OTHER_HEADERS),
    ]
    assert [status for status, _ in answers] == [201, 201, 201]


async def test_of_many_orders_at_once_with_one_unique_receipt_one_is_made(client: Client, db: pg.Connection) -> None:
    answers = await asyncio.gather(*(post(client, "/orders", UNIQUE) for _ in range(20)))
    assert sorted(status for status, _ in answers) == [201] + [400] * 19
    assert await db.fetchval("SELECT count(*) FROM orders") == 1


async def test_a_unique_receipt_must_be_there(client: Client) -> None:
    status, body = await post(client, "/orders", {"amount": 5000, "unique_receipt": True})
    assert (status, body["error"]["description"]) == (400, "receipt is required with unique_receipt")


async def test_an_order_and_its_public_face_tell_when_it_ends(client: Client) -> None:
    ends = datetime.now(UTC) + timedelta(minutes=30)
    status, order = await post(client, "/orders", {"amount": 5000, "expires_at": ends.isoformat()})
    assert (status, datetime.fromisoformat(order["expires_at"])) == (201, ends)
    status, public = await get(client, f"/orders/{order['id']}/public", {})
    assert (status, public["expires_at"]) == (200, order["expires_at"])


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00", "tomorrow", 17])
async def test_an_expiry_must_be_an_instant_to_come(client: Client, expires_at: object) -> None:
    status, body = await post(client, "/orders", {"amount": 5000, "expires_at": expires_at})
    assert (status, body["error"]["field"]) == (400, "expires_at")


async def test_after_its_expiry_an_order_takes_no_payment_but_one_that_was_begun_before_may_succeed(
    client: Client, runtime: Runtime[Settings], db: pg.Connection
) -> None:
    payment = await new_payment(client)
    await db.execute("UPDATE orders SET expires_at = now() - interval '1 second'")
    refused, body = await post(
        client, "/payments", {"order_id": payment["order_id"], "method": "upi", "vpa": "success@bank"}
    )
    assert (refused, body["error"]["description"]) == (400, "Order has expired")
    assert body["error"]["reason"] == "order_expired"
    await apply_payment_results(runtime, await approved(db, payment["id"]))
    _, order = await get(client, f"/orders/{payment['order_id']}")
    assert (order["status"], order["amount_due"]) == ("paid", 0)
