"""The routes of the family, line by line: what clients and shops written for any of its gateways rely on."""

import asyncio
from typing import Any, Final

import pytest

from tests.backstage import Backstage
from tests.e2e.test_payments import card
from tests.merchant import Merchant
from tests.waiting import eventually

pytestmark = pytest.mark.stack

Object = dict[str, Any]
LIST_FIELDS: Final = {"data", "total", "limit", "offset", "has_more"}


async def delivery(merchant: Merchant, payment_id: str) -> Object:
    """A delivery of this payment's in the log, once its first attempt has ended."""

    async def look() -> Object | None:
        page = await merchant.get("/webhooks?limit=100")
        found = (one for one in page["data"] if one["payment_id"] == payment_id and one["attempts"])
        return next(found, None)

    return await eventually(look, f"a webhook of {payment_id} is in the log")


async def test_health(merchant: Merchant) -> None:
    told = (await merchant.call("GET", "//health", anonymous=True)).expect(200)
    expected = {"status": "healthy", "database": "connected", "kafka": "connected", "redis": "connected"}
    assert told | expected | {"worker": "running"} == told
    assert told["timestamp"].endswith("Z")


async def test_create_order(merchant: Merchant) -> None:
    order = await merchant.post("/orders", {"amount": 50_000, "receipt": "r-1", "notes": {"a": "b"}}, status=201)
    assert order["id"].startswith("order_")
    assert len(order["id"]) == len("order_") + 16
    assert order["id"].removeprefix("order_").isalnum()
    told = {name: order[name] for name in ("merchant_id", "amount", "currency", "receipt", "notes", "status")}
    assert told == {
        "merchant_id": "550e8400-e29b-41d4-a716-446655440000",
        "amount": 50_000,
        "currency": "INR",
        "receipt": "r-1",
        "notes": {"a": "b"},
        "status": "created",
    }
    assert order["created_at"].endswith("Z")


@pytest.mark.parametrize("body", [{}, {"receipt": None}, {"notes": None}, {"unheard_of": 1}, {"currency": "USD"}])
async def test_create_order_with_little_or_more(merchant: Merchant, body: Object) -> None:
    order = await merchant.post("/orders", {"amount": 100, **body}, status=201)
    assert order["currency"] == body.get("currency", "INR")
    assert "unheard_of" not in order


@pytest.mark.parametrize(
    ("amount", "description"),
    [
        (99, "amount must be at least 100"),
        (0, "amount must be at least 100"),
        (-5, "amount must be at least 100"),
        (10**12 + 1, "amount must be at most 1000000000000"),
        (100.5, "amount must be an integer"),
        ("100", "amount must be an integer"),
        (True, "amount must be an integer"),
        (None, "amount must be an integer"),
    ],
)
async def test_an_amount_that_is_none(merchant: Merchant, amount: object, description: str) -> None:
    reply = await merchant.call("POST", "/orders", {"amount": amount})
    assert (reply.status, reply.error["code"], reply.error["description"]) == (400, "BAD_REQUEST_ERROR", description)


async def test_get_order(merchant: Merchant) -> None:
    order = await merchant.order(50_000)
    told = await merchant.get(f"/orders/{order['id']}")
    expected = {
        "amount_paid": 0,
        "amount_due": 50_000,
        "attempts": 0,
        "status": "created",
        "updated_at": order["created_at"],
    }
    assert told | expected == told
    await merchant.ended(await merchant.pay(order, method="upi", vpa="failure@bank"))
    assert (await merchant.get(f"/orders/{order['id']}"))["status"] == "attempted"
    await merchant.ended(await merchant.pay(order))
    paid = await merchant.get(f"/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["amount_due"], paid["attempts"]) == ("paid", 50_000, 0, 2)


async def test_get_order_publicly(merchant: Merchant) -> None:
    order = await merchant.order(50_000, notes={"secret": "note"})
    told = (await merchant.call("GET", f"/orders/{order['id']}/public", anonymous=True)).expect(200)
    assert told == {"id": order["id"], "amount": 50_000, "currency": "INR", "status": "created", "expires_at": None}


async def test_create_upi_payment(merchant: Merchant) -> None:
    order = await merchant.order(50_000)
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
    payment = await merchant.post("/payments", body, status=201)
    assert payment["id"].startswith("pay_")
    expected = {**body, "amount": 50_000, "currency": "INR", "status": "pending", "capture": "manual"}
    assert payment | expected == payment
    assert payment["created_at"].endswith("Z")
    assert not {"card_network", "card_last4"} & payment.keys()


@pytest.mark.parametrize(
    "how",
    [
        card("4242 4242 4242 4242"),
        {
            "method": "card",
            "card": {"number": "4242424242424242", "expiry_month": "12", "expiry_year": "25", "cvv": "123"},
        },
        {
            "method": "card",
            "card": {"number": "4242-4242-4242-4242", "expiry_month": 1, "expiry_year": 2031, "cvv": "123"},
        },
        {"method": "card", "card_number": "4242424242424242", "card_expiry": "12/25", "card_cvv": "123"},
        {
            "method": "card",
            "card_number": "4242424242424242",
            "card_expiry": "12/25",
            "card_cvv": "123",
            "card_holder": "A B",
        },
    ],
)
async def test_create_card_payment_nested_and_flat(merchant: Merchant, how: Object) -> None:
    payment = await merchant.pay(await merchant.order(), **how)
    expected = {"method": "card", "card_network": "visa", "card_last4": "4242", "status": "pending"}
    assert payment | expected == payment
    assert "vpa" not in payment
    assert not {"card", "number", "cvv", "card_number", "card_cvv"} & payment.keys()


async def test_create_payment_of_an_order_that_is_not_there(merchant: Merchant) -> None:
    for order_id in ("order_AAAAAAAAAAAAAAAA", "nonsense"):
        body = {"order_id": order_id, "method": "upi", "vpa": "success@bank"}
        reply = await merchant.call("POST", "/payments", body)
        assert (reply.status, reply.error["code"]) == (404, "NOT_FOUND_ERROR")


async def test_get_payment(merchant: Merchant) -> None:
    payment = await merchant.paid()
    fields = {
        *("updated_at", "captured", "amount_captured", "amount_refunded", "capture_before"),
        *("error_code", "error_description", "decline_code", "amount_reversed", "refund_status", "metadata"),
    }
    assert fields <= payment.keys()
    assert "timeline" not in payment
    expanded = await merchant.get(f"/payments/{payment['id']}?expand=timeline")
    assert [entry["event"] for entry in expanded["timeline"]] == [
        "payment.created",
        "payment.pending",
        "payment.success",
    ]
    assert [entry["actor"] for entry in expanded["timeline"]] == ["merchant", "merchant", "acquirer"]
    assert expanded["timeline"][0]["cause"] == "POST /api/v1/payments"
    assert {entry["status"] for entry in expanded["timeline"]} == {"pending", "success"}


async def test_pay_and_look_publicly(merchant: Merchant) -> None:
    order = await merchant.order(50_000)
    body = {"order_id": order["id"], "method": "upi", "vpa": "success@bank"}
    reply = await merchant.call("POST", "/payments/public", body, anonymous=True)
    payment = reply.expect(201)
    assert payment["status"] == "pending"

    async def look() -> Object | None:
        path = f"/payments/{payment['id']}/public"
        told: Object = (await merchant.call("GET", path, anonymous=True)).expect(200)
        return told if told["status"] == "success" else None

    told = await eventually(look, "the payment succeeds in public")
    assert not {"vpa", "metadata", "card_last4", "merchant_id"} & told.keys()
    again = await merchant.call("POST", "/payments/public", body, anonymous=True)
    assert again.status == 400
    assert "already paid" in again.error["description"]


async def test_capture(merchant: Merchant) -> None:
    pending = await merchant.pay(await merchant.order())
    early = await merchant.call("POST", f"/payments/{pending['id']}/capture", {})
    assert (early.status, early.error["description"]) == (400, "Payment not in capturable state")
    payment = await merchant.ended(pending)
    captured = await merchant.post(f"/payments/{payment['id']}/capture", {"amount": 50_000}, status=200)
    assert (captured["status"], captured["captured"], captured["amount_captured"]) == ("success", True, 50_000)
    assert captured["updated_at"] > payment["updated_at"]
    twice = await merchant.call("POST", f"/payments/{payment['id']}/capture", {})
    assert (twice.status, twice.error["description"]) == (400, "Payment not in capturable state")
    failed = await merchant.ended(await merchant.pay(await merchant.order(), method="upi", vpa="failure@bank"))
    never = await merchant.call("POST", f"/payments/{failed['id']}/capture", {})
    assert (never.status, never.error["description"]) == (400, "Payment not in capturable state")


async def test_cancel(merchant: Merchant) -> None:
    payment = await merchant.paid()
    canceled = await merchant.post(f"/payments/{payment['id']}/cancel", status=200)
    assert canceled["status"] == "canceled"


async def test_refund(merchant: Merchant) -> None:
    payment = await merchant.captured(50_000)
    path = f"/payments/{payment['id']}/refunds"
    refund = await merchant.post(path, {"amount": 20_000, "reason": "late", "metadata": {"a": 1}}, status=201)
    expected = {
        "payment_id": payment["id"],
        "amount": 20_000,
        "reason": "late",
        "status": "pending",
        "metadata": {"a": 1},
    }
    assert refund | expected == refund
    assert refund["id"].startswith("rfnd_")
    over = await merchant.call("POST", path, {"amount": 30_001})
    told = (over.status, over.error["code"], over.error["description"])
    assert told == (400, "BAD_REQUEST_ERROR", "Refund amount exceeds available amount")
    for amount in (0, -1):
        assert (await merchant.call("POST", path, {"amount": amount})).status == 400
    processed = await merchant.settled("refunds", refund["id"], "processed")
    assert processed["processed_at"]
    assert refund["id"] in {one["id"] for one in (await merchant.get("/refunds?limit=100"))["data"]}
    assert [one["id"] for one in (await merchant.get(path))["data"]] == [refund["id"]]


async def test_refund_of_what_is_no_success(merchant: Merchant) -> None:
    pending = await merchant.pay(await merchant.order())
    reply = await merchant.call("POST", f"/payments/{pending['id']}/refunds", {"amount": 100})
    assert (reply.status, reply.error["code"]) == (400, "BAD_REQUEST_ERROR")


async def test_webhook_log(merchant: Merchant) -> None:
    payment = await merchant.paid()
    one = await delivery(merchant, payment["id"])
    fields = {"id", "event", "status", "attempts", "created_at", "last_attempt_at", "next_attempt_at", "response_code"}
    assert fields <= one.keys()
    assert one["id"].startswith("whd_")
    page = await merchant.get("/webhooks?limit=2&offset=1&status=success&event=payment.created")
    assert page.keys() >= LIST_FIELDS
    assert {(found["status"], found["event"]) for found in page["data"]} <= {("success", "payment.created")}
    whole = await merchant.get(f"/webhooks/{one['id']}")
    assert whole["payload"]["data"]["payment"]["id"] == payment["id"]
    again = await merchant.post(f"/webhooks/{one['id']}/retry", status=200)
    assert again == {"id": one["id"], "status": "pending", "message": "Webhook retry scheduled"}


async def test_retry_of_many_webhooks(merchant: Merchant) -> None:
    payment = await merchant.paid()
    await delivery(merchant, payment["id"])
    told = await merchant.post(
        "/webhooks/retry", {"filter": {"payment_id": payment["id"], "status": "success"}}, status=200
    )
    assert told["scheduled"] >= 1


async def test_merchant_and_settings_under_all_their_names(merchant: Merchant, backstage: Backstage) -> None:
    profile = await merchant.get("/merchants/profile")
    assert {"api_key", "webhook_url", "webhook_secret", "name", "email"} <= profile.keys()
    assert (profile["api_key"], profile["name"]) == ("key_test_abc123", "Test Merchant")
    async with await backstage.new_merchant() as other:
        for path in ("/merchants/webhook", "/webhooks/config"):
            saved = await other.call("PUT", path, {"webhook_url": "http://127.0.0.1:9/hook"})
            assert saved.expect(200)["webhook_url"] == "http://127.0.0.1:9/hook"
            cleared = await other.call("PUT", path, {"webhook_url": None})
            assert cleared.expect(200)["webhook_url"] is None
        secrets = [
            (await other.post(path, status=200))["webhook_secret"]
            for path in (
                "/merchants/webhook/regenerate-secret",
                "/webhooks/regenerate-secret",
                "/webhooks/secret/regenerate",
            )
        ]
        assert len(set(secrets)) == 3
        assert all(secret.startswith("whsec_") for secret in secrets)
        for path in ("/merchants/webhook/test", "/webhooks/test"):
            assert (await other.call("POST", path, {})).status == 400
        await other.call("PUT", "/merchants/webhook", {"webhook_url": "http://127.0.0.1:9/hook"})
        for path in ("/merchants/webhook/test", "/webhooks/test"):
            await other.post(path, status=200)


async def test_payments_as_a_bare_array(merchant: Merchant) -> None:
    payment = await merchant.pay(await merchant.order())
    listed = await merchant.get("/payments/list")
    assert isinstance(listed, list)
    assert payment["id"] in {one["id"] for one in listed}


async def test_lists(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as other:
        orders = [await other.order(1_000 + number) for number in range(12)]
        page = await other.get("/orders")
        assert page.keys() >= LIST_FIELDS
        assert (len(page["data"]), page["total"], page["limit"], page["offset"]) == (10, 12, 10, 0)
        assert page["has_more"] is True
        newest_first = [order["id"] for order in reversed(orders)]
        assert [one["id"] for one in page["data"]] == newest_first[:10]
        older = await other.get(f"/orders?limit=5&starting_after={newest_first[4]}")
        assert [one["id"] for one in older["data"]] == newest_first[5:10]
        newer = await other.get(f"/orders?limit=5&ending_before={newest_first[5]}")
        assert [one["id"] for one in newer["data"]] == newest_first[:5]
        between = f"created_from={orders[3]['created_at']}&created_to={orders[6]['created_at']}"
        found = await other.get(f"/orders?{between}")
        assert [one["id"] for one in found["data"]] == newest_first[6:9]
        await asyncio.gather(*[other.ended(await other.pay(order)) for order in orders[:2]])
        assert (await other.get("/orders?status=paid"))["total"] == 2
        by_order = await other.get(f"/payments?order_id={orders[0]['id']}&method=upi")
        assert len(by_order["data"]) == 1
        assert (await other.get("/payments?method=card"))["data"] == []
        for limit in (0, 101):
            assert (await other.call("GET", f"/orders?limit={limit}")).status == 400
        assert len((await other.get("/orders?limit=100"))["data"]) == 12


async def test_routes_without_credentials_in_test_mode(merchant: Merchant) -> None:
    told = (await merchant.call("GET", "/test/merchant", anonymous=True)).expect(200)
    assert told == {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "email": "test@example.com",
        "api_key": "key_test_abc123",
        "seeded": True,
    }
    jobs = (await merchant.call("GET", "/test/jobs/status", anonymous=True)).expect(200)
    assert jobs.keys() == {"pending", "processing", "completed", "failed", "worker_status"}
    assert jobs["worker_status"] == "running"
