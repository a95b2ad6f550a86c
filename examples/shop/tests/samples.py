"""Webhooks as the gateway sends them, made from the public contract alone, for the tests beside this file."""

import time
from datetime import UTC, datetime
from typing import Final

from contracts.events.payment import Payment
from contracts.events.refund import Refund
from contracts.events.webhook import WebhookData, WebhookEventType, WebhookPayload, WebhookTest
from examples.shop.webhooks import (
    BODY_SIGNATURE_HEADER,
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    Keys,
    keys_of,
    sign_body,
    sign_standard,
)

SECRET: Final = "whsec_test_abc123"
KEYS: Final = keys_of(SECRET)
MERCHANT_ID: Final = "550e8400-e29b-41d4-a716-446655440000"


def payment(payment_id: str = "pay_1", **changes: object) -> Payment:
    """A payment that was authorised just now."""
    now = datetime.now(UTC)
    authorised = Payment(
        id=payment_id,
        merchant_id=MERCHANT_ID,
        order_id="order_1",
        amount=50_000,
        currency="INR",
        method="upi",
        vpa="success@upi",
        status="success",
        capture="manual",
        captured=False,
        amount_captured=0,
        amount_refunded=0,
        amount_reversed=0,
        refund_status="none",
        capture_before=None,
        error_code=None,
        error_description=None,
        decline_code=None,
        metadata={},
        created_at=now,
        updated_at=now,
    )
    return authorised.model_copy(update=changes)


def refund(refund_id: str = "rfnd_1", payment_id: str = "pay_1") -> Refund:
    """A refund that was processed just now."""
    now = datetime.now(UTC)
    return Refund(
        id=refund_id,
        payment_id=payment_id,
        merchant_id=MERCHANT_ID,
        amount=100,
        currency="INR",
        kind="refund",
        reason=None,
        status="processed",
        metadata={},
        error_code=None,
        error_description=None,
        created_at=now,
        updated_at=now,
        processed_at=now,
    )


def body_of(event: WebhookEventType, data: WebhookData, sequence: int = 1) -> bytes:
    """The exact bytes of a webhook's body."""
    payload = WebhookPayload(id="evt_1", event=event, timestamp=int(time.time()), sequence=sequence, data=data)
    return payload.model_dump_json(exclude_unset=True).encode()


def payment_body(payment_id: str = "pay_1", sequence: int = 3) -> bytes:
    """A `payment.success`."""
    return body_of("payment.success", WebhookData(payment=payment(payment_id)), sequence)


def refund_body(refund_id: str = "rfnd_1", payment_id: str = "pay_1") -> bytes:
    """A `refund.processed`."""
    data = WebhookData(refund=refund(refund_id, payment_id), payment=payment(payment_id))
    return body_of("refund.processed", data, sequence=2)


def hello_body() -> bytes:
    """A `webhook.test`."""
    return body_of("webhook.test", WebhookData(test=WebhookTest(message="hello")))


def signed(body: bytes, webhook_id: str = "evt_1", keys: Keys = KEYS, at_s: float | None = None) -> dict[str, str]:
    """All headers that make a delivery of this body valid."""
    timestamp = str(int(time.time() if at_s is None else at_s))
    return {
        "Content-Type": "application/json",
        BODY_SIGNATURE_HEADER: sign_body(keys, body),
        ID_HEADER: webhook_id,
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: sign_standard(keys, webhook_id.encode(), timestamp.encode(), body),
    }
