"""Objects as the API shows them: the one place where a field of an answer, an event or a webhook gets its name."""

from datetime import datetime
from typing import Any, Final

import asyncpg
import orjson

from services.api.buyers import SeenOrder, SeenPayment, decline_told
from services.api.ledger import Balance
from services.api.state import Order, Payment, Refund
from services.api.store import LedgerEntry

View = dict[str, Any]


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, for what is kept as JSON."""
    return at.isoformat().replace("+00:00", "Z")


def order_view(order: Order) -> View:
    """An order with its running figures."""
    return {
        "id": order.id,
        "merchant_id": order.merchant_id,
        "amount": order.amount_minor,
        "currency": order.currency,
        "receipt": order.receipt,
        "notes": order.notes,
        "status": order.status,
        "amount_paid": order.amount_paid_minor,
        "amount_due": order.amount_minor - order.amount_paid_minor,
        "attempts": order.attempts,
        "expires_at": order.expires_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def payment_view(payment: Payment) -> View:
    """A payment; `vpa` stands for UPI, `card_*` for cards. See contracts.events.payment.Payment."""
    instrument: View
    if payment.card is None:
        instrument = {"vpa": payment.vpa}
    else:
        instrument = {"card_network": payment.card.network, "card_last4": payment.card.last4}
    return {
        "id": payment.id,
        "merchant_id": payment.merchant_id,
        "order_id": payment.order_id,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        **instrument,
        "status": payment.status,
        **next_action_of(payment),
        "capture": payment.capture_mode,
        "captured": payment.captured,
        "amount_captured": payment.amount_captured_minor,
        "amount_refunded": payment.amount_refunded_minor,
        "amount_reversed": payment.amount_reversed_minor,
        "refund_status": payment.refund_status,
        "fee": payment.fee_minor,
        "disputed": payment.dispute is not None,
        **({"dispute": payment.dispute} if payment.dispute else {}),
        "capture_before": payment.capture_before,
        "error_code": payment.error_code,
        "error_description": payment.error_description,
        "decline_code": payment.decline_code,
        "metadata": payment.metadata,
        "created_at": payment.created_at,
        "updated_at": payment.updated_at,
    }


TIMELINE_FIELDS: Final = (
    "at",
    "event",
    "status",
    "actor",
    "cause",
    "refund_id",
    "amount",
    "error_code",
    "request_id",
    "api_key",
    "user",
)
"""In the order in which a person reads them; Postgres keeps them in one of its own."""


def timeline_view(payment: Payment) -> list[View]:
    """What happened to a payment, in order. See services.api.schemas.payments.TimelineEntry."""
    return [{name: entry[name] for name in TIMELINE_FIELDS if name in entry} for entry in payment.timeline]


def public_order_view(order: SeenOrder) -> View:
    """What anybody who knows an order's id may see of it."""
    return {
        "id": order.id,
        "amount": order.amount_minor,
        "currency": order.currency,
        "status": order.status,
        "expires_at": order.expires_at,
    }


def public_payment_view(payment: Payment | SeenPayment, signature: str | None = None) -> View:
    """What a buyer may see of a payment: how it goes, nothing of how it is paid."""
    decline_code, description = decline_told(payment.decline_code, payment.error_description)
    return {
        "id": payment.id,
        "order_id": payment.order_id,
        "amount": payment.amount_minor,
        "currency": payment.currency,
        "method": payment.method,
        "status": payment.status,
        **next_action_of(payment),
        "error_code": payment.error_code,
        "error_description": description,
        "decline_code": decline_code,
        "signature": signature,
        "created_at": payment.created_at,
    }


def next_action_of(payment: Payment | SeenPayment) -> View:
    """What the buyer has to do, as long as it is to be done."""
    if payment.status != "requires_action":
        return {}
    return {"next_action": {"type": "redirect_to_url", "url": payment.challenge_url}}


def dispute_view(dispute_id: str, payment: Payment, reason: str, at: datetime) -> View:
    """A dispute about all that was captured. See contracts.events.payment.Dispute."""
    return {
        "id": dispute_id,
        "amount": payment.amount_captured_minor,
        "currency": payment.currency,
        "reason": reason,
        "status": "needs_response",
        "created_at": instant(at),
    }


def refund_view(refund: Refund) -> View:
    """A refund. See contracts.events.refund.Refund."""
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "merchant_id": refund.merchant_id,
        "amount": refund.amount_minor,
        "currency": refund.currency,
        "kind": refund.kind,
        "reason": refund.reason,
        "status": refund.status,
        "metadata": refund.metadata,
        "error_code": refund.error_code,
        "error_description": refund.error_description,
        "created_at": refund.created_at,
        "updated_at": refund.updated_at,
        "processed_at": refund.processed_at,
    }


def balance_view(balance: Balance) -> View:
    """What a merchant has in one currency."""
    return {
        "currency": balance.currency,
        "available": balance.available_minor,
        "refunds_pending": balance.refunds_pending_minor,
        "receivable": balance.receivable_minor,
        "fees": balance.fees_minor,
    }


def entry_view(entry: LedgerEntry) -> View:
    """One side of a posting."""
    return {
        "id": entry.id,
        "event_id": entry.event_id,
        "event_type": entry.event_type,
        "account": entry.account,
        "amount": entry.amount_minor,
        "currency": entry.currency,
        "payment_id": entry.payment_id,
        "refund_id": entry.refund_id,
        "created_at": entry.created_at,
    }


def event_view(row: asyncpg.Record) -> View:
    """An event of the log: what it carried, and where it stands. See schemas.events.EventAnswer."""
    data = orjson.loads(row["data"])
    sequence = data.pop("sequence")
    del data["merchant_id"]  # the object tells it, too
    return {
        "id": row["event_id"],
        "type": row["type"],
        "created_at": row["occurred_at"],
        "position": row["position"],
        "sequence": sequence,
        "topic": row["topic"],
        "partition": row["partition"],
        "offset": row["kafka_offset"],
        "object": {"type": row["type"].partition(".")[0], "id": row["subject"]},
        "data": data,
    }
