"""Payments and refunds from the POST to their end, and what the shop, the ledger and the audit say of them."""

import asyncio
from typing import Any, Final

import pytest

from tests.backstage import Backstage
from tests.merchant import Merchant
from tests.receiver import Shop
from tests.waiting import eventually

pytestmark = pytest.mark.stack

DECLINES: Final = {
    "4000000000000002": "generic_decline",
    "4000000000009995": "insufficient_funds",
    "4000000000009987": "lost_card",
    "4000000000009979": "stolen_card",
    "4000000000000069": "expired_card",
    "4000000000000127": "incorrect_cvc",
    "4000000000000119": "processing_error",
    "4100000000000019": "fraudulent",
}
SUCCESSES: Final = {
    "4242424242424242": "visa",
    "4111111111111111": "visa",
    "5555555555554444": "mastercard",
    "378282246310005": "amex",
}


def card(number: str, cvv: str = "123") -> dict[str, Any]:
    """A nested card that is valid in test mode."""
    return {
        "method": "card",
        "card": {"number": number, "expiry_month": 12, "expiry_year": 2030, "cvv": cvv, "holder_name": "A Buyer"},
    }


async def told(shop: Shop, object_id: str, *events: str) -> None:
    """Wait until the shop was told exactly these events of an object, in this order of their numbers."""

    async def look() -> list[str] | None:
        found = await shop.events_of(object_id)
        return found if len(found) >= len(events) else None

    found = await eventually(look, f"the shop hears {', '.join(events)} of {object_id}")
    assert found == list(events)


async def audited(backstage: Backstage) -> dict[str, Any]:
    """The audit, which must find nothing."""
    report = await backstage.audit(wait_s=30)
    assert report["ok"], report
    assert report["differences"] == []
    assert report["skipped"] == 0
    return report


async def balances(backstage: Backstage, payment_id: str) -> dict[str, int]:
    """The ledger's accounts of one payment."""
    rows = await backstage.rows(
        "SELECT account, sum(amount_minor)::bigint AS balance FROM api.ledger_entries WHERE payment_id = $1 GROUP BY 1",
        payment_id,
    )
    return {row["account"]: row["balance"] for row in rows if row["balance"]}


async def test_a_upi_payment_from_post_to_signed_webhook(merchant: Merchant, shop: Shop) -> None:
    order = await merchant.order(50_000, receipt="r-1", notes={"table": "4 ₹"})
    created = await merchant.pay(order)
    assert created["status"] == "pending"
    assert (created["amount"], created["currency"], created["vpa"]) == (50_000, "INR", "success@bank")
    ended = await merchant.ended(created)
    assert (ended["status"], ended["captured"], ended["error_code"]) == ("success", False, None)
    assert ended["capture_before"] > ended["updated_at"]
    paid = await merchant.get(f"/orders/{order['id']}")
    assert (paid["status"], paid["amount_paid"], paid["amount_due"], paid["attempts"]) == ("paid", 50_000, 0, 1)
    await told(shop, created["id"], "payment.created", "payment.pending", "payment.success")
    received = await shop.deliveries(payment_id=created["id"])
    assert all(delivery["verified"] and delivery["status"] == 200 for delivery in received), received


async def test_a_payment_that_its_payer_declines(merchant: Merchant, shop: Shop) -> None:
    order = await merchant.order()
    failed = await merchant.ended(await merchant.pay(order, method="upi", vpa="failure@bank"))
    assert (failed["status"], failed["error_code"], failed["decline_code"]) == (
        "failed",
        "PAYMENT_FAILED",
        "upi_declined",
    )
    attempted = await merchant.get(f"/orders/{order['id']}")
    assert (attempted["status"], attempted["amount_paid"]) == ("attempted", 0)
    await told(shop, failed["id"], "payment.created", "payment.pending", "payment.failed")
    again = await merchant.ended(await merchant.pay(order))
    assert again["status"] == "success"


async def test_every_test_card_ends_as_it_should(merchant: Merchant, shop: Shop) -> None:
    numbers = [*DECLINES, *SUCCESSES]
    ended = await asyncio.gather(*(pay_by_card(merchant, number) for number in numbers))
    for number, payment in zip(numbers, ended, strict=True):
        assert payment["card_last4"] == number[-4:]
        if number in DECLINES:
            assert (payment["status"], payment["error_code"]) == ("failed", "PAYMENT_FAILED"), number
            assert payment["decline_code"] == DECLINES[number]
            assert payment["error_description"]
        else:
            assert (payment["status"], payment["card_network"]) == ("success", SUCCESSES[number]), number
    await told(shop, ended[0]["id"], "payment.created", "payment.pending", "payment.failed")


async def pay_by_card(merchant: Merchant, number: str) -> dict[str, Any]:
    return await merchant.ended(await merchant.pay(await merchant.order(), **card(number)))


async def test_a_card_in_the_flat_form_captured_automatically(merchant: Merchant, shop: Shop) -> None:
    payment = await merchant.paid(
        method="card", card_number="4242 4242 4242 4242", card_expiry="12/30", card_cvv="123", capture="automatic"
    )
    assert (payment["captured"], payment["amount_captured"]) == (True, 50_000)
    await told(shop, payment["id"], "payment.created", "payment.pending", "payment.success", "payment.captured")


async def test_a_part_captured_and_a_part_of_it_refunded(merchant: Merchant, shop: Shop, backstage: Backstage) -> None:
    captured = await merchant.captured(50_000, take=30_000)
    payment_id = captured["id"]
    assert (captured["status"], captured["captured"], captured["amount_captured"]) == ("success", True, 30_000)
    assert await balances(backstage, payment_id) == {"acquirer_receivable": 30_000, "merchant_balance": -30_000}
    second = await merchant.call("POST", f"/payments/{payment_id}/capture", {})
    assert second.expect(400)["error"]["description"] == "Payment not in capturable state"

    refund = await merchant.post(
        f"/payments/{payment_id}/refunds", {"amount": 10_000, "reason": "a scratch"}, status=201
    )
    assert (refund["status"], refund["kind"], refund["amount"], refund["reason"]) == (
        "pending",
        "refund",
        10_000,
        "a scratch",
    )
    beyond = await merchant.call("POST", f"/payments/{payment_id}/refunds", {"amount": 20_001})
    assert "exceeds" in beyond.expect(400)["error"]["description"]
    processed = await merchant.settled("refunds", refund["id"], "processed", "failed")
    assert processed["status"] == "processed"
    assert processed["processed_at"]
    payment = await merchant.get(f"/payments/{payment_id}")
    assert (payment["amount_refunded"], payment["refund_status"]) == (10_000, "partial")
    assert await balances(backstage, payment_id) == {"acquirer_receivable": 20_000, "merchant_balance": -20_000}
    listed = await merchant.get(f"/payments/{payment_id}/refunds")
    assert [one["id"] for one in listed["data"]] == [refund["id"]]
    await told(shop, payment_id, "payment.created", "payment.pending", "payment.success", "payment.captured")
    await told(shop, refund["id"], "refund.created", "refund.processed")
    await audited(backstage)


async def test_a_canceled_payment_is_voided(merchant: Merchant, shop: Shop, backstage: Backstage) -> None:
    payment = await merchant.paid()
    canceled = await merchant.post(f"/payments/{payment['id']}/cancel", status=200)
    assert canceled["status"] == "canceled"
    late = await merchant.call("POST", f"/payments/{payment['id']}/capture", {})
    assert late.expect(400)["error"]["description"] == "Payment not in capturable state"
    await told(shop, payment["id"], "payment.created", "payment.pending", "payment.success", "payment.canceled")
    await audited(backstage)
    effects = await backstage.rows(
        "SELECT operation FROM acquirer.effect WHERE payment_id = $1 ORDER BY key", payment["id"]
    )
    assert [row["operation"] for row in effects] == ["authorise", "void"]


async def test_a_refund_before_the_capture_is_a_reversal(merchant: Merchant, shop: Shop, backstage: Backstage) -> None:
    payment_id = (await merchant.paid(50_000))["id"]
    reversal = await merchant.post(f"/payments/{payment_id}/refunds", {"amount": 20_000}, status=201)
    assert reversal["kind"] == "reversal"
    beyond = await merchant.call("POST", f"/payments/{payment_id}/capture", {"amount": 30_001})
    assert "exceeds" in beyond.expect(400)["error"]["description"]
    await merchant.settled("refunds", reversal["id"], "processed")
    captured = await merchant.post(f"/payments/{payment_id}/capture", status=200)
    assert (captured["amount_captured"], captured["amount_reversed"]) == (30_000, 20_000)
    assert await balances(backstage, payment_id) == {"acquirer_receivable": 30_000, "merchant_balance": -30_000}
    await told(shop, reversal["id"], "refund.created", "refund.processed")
    await audited(backstage)


async def test_a_refund_that_fails_gives_its_room_back(merchant: Merchant, shop: Shop, backstage: Backstage) -> None:
    payment = await merchant.paid(50_000, **card("4000000000005126"), capture="automatic")
    refund = await merchant.post(f"/payments/{payment['id']}/refunds", status=201)
    failed = await merchant.settled("refunds", refund["id"], "processed", "failed")
    assert failed["status"] == "failed"
    assert failed["error_code"]
    after = await merchant.get(f"/payments/{payment['id']}")
    assert (after["amount_refunded"], after["refund_status"]) == (0, "none")
    assert await balances(backstage, payment["id"]) == {"acquirer_receivable": 50_000, "merchant_balance": -50_000}
    await told(shop, refund["id"], "refund.created", "refund.failed")
    await audited(backstage)


async def test_an_order_is_paid_once(merchant: Merchant, backstage: Backstage) -> None:
    order = await merchant.order()
    rivals = await asyncio.gather(*(merchant.pay(order) for _ in range(5)))
    ended = await asyncio.gather(*(merchant.ended(rival) for rival in rivals))
    assert sorted(payment["status"] for payment in ended) == ["failed"] * 4 + ["success"]
    assert {payment["error_code"] for payment in ended} == {None, "ORDER_ALREADY_PAID"}
    late = await merchant.call("POST", "/payments", {"order_id": order["id"], "method": "upi", "vpa": "success@bank"})
    assert late.expect(400)["error"]["code"] == "BAD_REQUEST_ERROR"
    await audited(backstage)


async def test_lists_are_newest_first_paged_and_filtered(backstage: Backstage) -> None:
    async with await backstage.new_merchant() as other:
        orders = [await other.order(1_000 + number) for number in range(5)]
        paid = await other.ended(await other.pay(orders[0]))
        failed = await other.ended(await other.pay(orders[1], method="upi", vpa="failure@bank"))
        refund = await other.post(f"/payments/{paid['id']}/refunds", {"amount": 100}, status=201)

        first = await other.get("/orders?limit=2")
        rest = await other.get("/orders?limit=10&offset=2")
        assert [one["id"] for one in first["data"] + rest["data"]] == [order["id"] for order in reversed(orders)]
        assert (first["total"], first["limit"], first["offset"], first["has_more"]) == (5, 2, 0, True)
        assert rest["has_more"] is False
        assert [one["id"] for one in (await other.get("/orders?status=paid"))["data"]] == [orders[0]["id"]]
        assert [one["id"] for one in (await other.get("/payments"))["data"]] == [failed["id"], paid["id"]]
        assert [one["id"] for one in (await other.get("/payments?status=failed"))["data"]] == [failed["id"]]
        of_order = await other.get(f"/payments?order_id={orders[0]['id']}")
        assert [one["id"] for one in of_order["data"]] == [paid["id"]]
        assert [one["id"] for one in (await other.get("/refunds"))["data"]] == [refund["id"]]
        public = (await other.call("GET", f"/orders/{orders[0]['id']}/public", anonymous=True)).expect(200)
        assert (public["id"], public["amount"], public["status"]) == (orders[0]["id"], 1_000, "paid")


async def test_nobody_sees_or_touches_what_is_anothers(merchant: Merchant, backstage: Backstage) -> None:
    payment = await merchant.paid()
    refund = await merchant.post(f"/payments/{payment['id']}/refunds", {"amount": 100}, status=201)
    async with await backstage.new_merchant() as other:
        paths = [f"/orders/{payment['order_id']}", f"/payments/{payment['id']}", f"/refunds/{refund['id']}"]
        replies = [await other.call("GET", path) for path in paths]
        replies += [
            await other.call("POST", f"/payments/{payment['id']}/{verb}", {})
            for verb in ("capture", "cancel", "refunds")
        ]
        replies.append(
            await other.call(
                "POST", "/payments", {"order_id": payment["order_id"], "method": "upi", "vpa": "success@bank"}
            )
        )
        for reply in replies:
            assert reply.status == 404, reply
            assert reply.error["code"] == "NOT_FOUND_ERROR"
        assert (await other.get("/payments"))["total"] == 0
