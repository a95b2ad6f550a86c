"""Requests that work: the reference shows them, and a test runs them in this order against a fresh database.

Ids stand for what the examples before have made: `pay_…` for the payment that was made last, and so on.
"""

from typing import Any, Final

import orjson

from chassis.openapi import Example
from services.api.reference.golden import golden
from services.api.seed import SEED_MERCHANT_ID

ORDER: Final = "order_0VxKb3QmZ8aT4RfL"
PAYMENT: Final = "pay_0VxKb4M9sJq2NnBv"
REFUND: Final = "rfnd_0VxKb9Tq6LmW3sPd"

CARD: Final = {
    "number": "4242424242424242",
    "expiry_month": 12,
    "expiry_year": 2030,
    "cvv": "123",
    "holder_name": "Asha Rao",
}
FLAT_CARD: Final = {
    "card_number": "5555 5555 5555 4444",
    "card_expiry": "12/30",
    "card_cvv": "123",
    "card_holder": "Asha Rao",
}

EXPORTED: Final = "id,amount,currency,created_at"
EXAMPLES: Final = (
    Example("createOrder", "An order of ₹500.00", {"amount": 50_000, "currency": "INR", "receipt": "order-7"}),
    Example(
        "createOrder",
        "An order with notes of your own",
        {"amount": 129_900, "currency": "USD", "receipt": "order-8", "notes": {"customer": "cus_42", "gift": True}},
    ),
    Example("listOrders", "The orders that are not paid yet", query={"status": "created", "limit": 5}),
    Example(
        "createPayment",
        "By UPI",
        {"order_id": ORDER, "method": "upi", "vpa": "success@bank", "metadata": {"cart": "A-1042"}},
        then="fails",
    ),
    Example("createPayment", "By card", {"order_id": ORDER, "method": "card", "card": CARD}, then="fails"),
    Example(
        "createPayment",
        "By card, in flat fields",
        {"order_id": ORDER, "method": "card", **FLAT_CARD, "capture": "manual"},
        then="succeeds",
    ),
    Example("getPayment", "With its timeline and its order", query={"expand": "timeline,order"}),
    Example("listPayments", "What succeeded", query={"status": "success", "limit": 10}),
    Example("listPayments", "The oldest first", query={"sort": "created_at"}),
    Example("exportPayments", "Four columns of what succeeded", query={"status": "success", "columns": EXPORTED}),
    Example("capturePayment", "A part; the rest of the authorisation is released", {"amount": 90_000}),
    Example("createPaymentRefund", "A part, with a reason", {"amount": 10_000, "reason": "damaged"}, then="succeeds"),
    Example("createPaymentRefund", "All that is left", {}),
    Example("createOrder", "The least amount", {"amount": 100}),
    Example(
        "getStats",
        "A day by the hour",
        query={"from": "2026-11-26T00:00:00Z", "to": "2026-11-27T00:00:00Z", "interval": "hour"},
    ),
    Example("listRequestLogs", "What was refused", query={"status_class": "4xx", "limit": 10}),
    Example(
        "createPayment",
        "Captured at once when it succeeds",
        {"order_id": ORDER, "method": "upi", "vpa": "success@bank", "capture": "automatic"},
        then="succeeds",
    ),
    Example("createOrder", "To be paid by its buyer", {"amount": 4_200}),
    Example(
        "createPaymentPublic",
        "By UPI, as the buyer",
        {"order_id": ORDER, "method": "upi", "vpa": "success@bank"},
        then="succeeds",
    ),
    Example(
        "createOrder", "To be paid on a page of the gateway's", {"amount": 59_900, "notes": {"description": "A lamp"}}
    ),
    Example("createCheckoutSession", "A payment link, and nothing else", {"order_id": ORDER}),
    Example(
        "createCheckoutSession",
        "With ways back to the shop",
        {
            "order_id": ORDER,
            "success_url": "http://localhost:4000/thanks?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://localhost:4000/cart",
            "locale": "hi",
            "theme": "dark",
            "prefill": {"vpa": "asha@bank"},
        },
    ),
    Example("listCheckoutSessions", "Those of an order", query={"order_id": ORDER}),
    Example("expireCheckoutSession", "The goods are sold"),
    Example("updateCheckoutSettings", "One shop, nobody else", {"allowed_origins": ["https://shop.example"]}),
    Example("updateCheckoutSettings", "The gateway's default again", {"allowed_origins": None}),
    Example("createOrder", "An order in euros", {"amount": 2_500, "currency": "EUR"}),
    Example("createPayment", "To be canceled", {"order_id": ORDER, "method": "card", "card": CARD}, then="succeeds"),
    Example("cancelPayment", "The whole authorisation is released", {}),
    Example("createOrder", "To be captured in full", {"amount": 75_000}),
    Example(
        "createPayment", "To be captured in full", {"order_id": ORDER, "method": "card", "card": CARD}, then="succeeds"
    ),
    Example("capturePayment", "All", {}),
    Example("updateMerchantsWebhook", "A server on this machine", {"webhook_url": "http://localhost:4000/webhook"}),
    Example("testMerchantsWebhook", "To see whether it arrives", then="arrives"),
    Example("resendEvent", "To every endpoint that asks for such events", {}),
    Example("listWebhooks", "What failed, of one kind", query={"status": "failed", "event": "payment.success"}),
    Example(
        "createWebhookEndpoint",
        "The books want refunds alone, in order, and a password",
        {
            "url": "http://localhost:4000/refunds",
            "description": "The books",
            "event_types": ["refund.*"],
            "headers": {"Authorization": "Bearer of-the-books"},
            "ordering": "object",
        },
    ),
    Example(
        "createWebhookEndpoint",
        "Few at a time, and only two more attempts",
        {"url": "http://localhost:4000/slow", "rate_limit_per_s": 5, "retry_gaps_s": [60, 600]},
    ),
    Example("updateWebhookEndpoint", "Not for now", {"enabled": False}),
    Example(
        "updateWebhookEndpoint",
        "Again, with a header of one's own and without another",
        {"enabled": True, "headers": {"X-Shop": "7", "X-Former": None}},
    ),
    Example("rollSecretWebhookEndpoint", "Both secrets sign for an hour", {"overlap_h": 1}),
    Example("testWebhookEndpoint", "To see whether it arrives there"),
    Example(
        "retryWebhooks",
        "What failed, of one kind; nothing is done yet",
        {"filter": {"status": "failed", "event": "payment.success"}, "limit": 100, "dry_run": True},
    ),
    Example(
        "createMerchant",
        "A merchant with a webhook URL",
        {"name": "Asha's Books", "email": "asha@books.example", "webhook_url": "https://books.example/webhook"},
    ),
    Example("createApiKey", "For a report that reads", {"name": "Monthly report", "scopes": ["payments:read"]}),
    Example("updateApiKey", "Another name", {"name": "Weekly report"}),
    Example("rollApiKey", "The old key works on for a day", {"grace_s": 86_400}),
)


def samples() -> dict[str, Any]:
    """What answers look like, by schema; payments and refunds are those of the golden examples."""
    refunded = orjson.loads(golden("refund.processed")["of-a-part"])
    return {
        "Order": {
            "id": ORDER,
            "merchant_id": SEED_MERCHANT_ID,
            "amount": 129_900,
            "currency": "INR",
            "receipt": "order-8",
            "notes": {"customer": "cus_42"},
            "status": "paid",
            "amount_paid": 129_900,
            "amount_due": 0,
            "attempts": 1,
            "expires_at": None,
            "created_at": "2026-11-23T10:16:01.120394Z",
            "updated_at": "2026-11-23T10:16:03.600412Z",
        },
        "Payment": orjson.loads(golden("payment.success")["card"])["payment"],
        "Refund": refunded["refund"],
    }
