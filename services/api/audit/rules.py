"""What must hold of refunds, orders and events, as pure functions over one object's rows."""

from collections.abc import Sequence

from services.api.audit.checks import Difference, Differences, differs
from services.api.audit.merge import Group, Row
from services.api.audit.payment_rules import AUTHORISED, check_events

OUTCOMES = {"processed": "succeeded", "failed": "failed"}
NOTIFIERS_OWN = {"webhook.test", "webhook_endpoint.disabled"}


def check_refund(refund: Row, rows: Group) -> Differences:
    """A refund against its execution and its events."""
    key = refund["id"]
    yield from check_events(key, refund["sequence"], [*rows["events"], *rows["waiting"]])
    execution = rows["executions"][0] if rows["executions"] else None
    outcome = execution["outcome"] if execution else None
    if refund["status"] == "pending":
        if outcome is not None:
            yield Difference("refund.result_applied", key, outcome, "pending", in_flight=True)
    else:
        yield from differs("refund.executed", key, OUTCOMES[refund["status"]], outcome)
    if execution:
        asked = (refund["kind"], refund["amount_minor"])
        yield from differs("refund.amount", key, asked, (execution["kind"], execution["amount_minor"]))


def check_order(order: Row, payments: Sequence[Row]) -> Differences:
    """An order against its payments: at most one success, and paid when there is one."""
    key = order["id"]
    successes = [row["payment_id"] for row in payments if row["status"] in AUTHORISED]
    if len(successes) > 1:
        yield Difference("order.one_success", key, "at most one", successes)
    expected = {
        "status": "paid" if successes else "attempted" if payments else "created",
        "paid": order["amount_minor"] if successes else 0,
        "attempts": len(payments),
    }
    found = {"status": order["status"], "paid": order["amount_paid_minor"], "attempts": order["attempts"]}
    yield from differs("order.status", key, expected, found)
    for payment in payments:
        yield from differs("order.amount", payment["payment_id"], _price(order), _price(payment))


def _price(row: Row) -> dict[str, str | int]:
    return {"amount": row["amount_minor"], "currency": row["currency"], "merchant": row["merchant_id"]}


def check_event(key: str, rows: Group) -> Differences:
    """An event against the notifier's message and the posting that it caused."""
    published, waiting, messages = rows["published"], rows["waiting"], rows["messages"]
    if published and not messages:
        yield Difference("webhooks.received", key, "a message", "none", in_flight=True)
    for message in messages:
        if published:
            yield from differs("webhooks.same", key, _about(published[0]), _about(message))
        elif message["type"] not in NOTIFIERS_OWN:
            # The event was read from Kafka before the relay entered it in the log: a moment later it is there.
            yield Difference("webhooks.published", key, "an event", "none", in_flight=bool(waiting))
    for delivery in rows["deliveries"]:
        if not messages:
            yield Difference("webhooks.deliveries", key, "deliveries of a message", "deliveries without one")
        counted, logged = delivery["attempts_counted"], delivery["attempts_logged"]
        yield from differs(
            "webhooks.deliveries", key, f"{counted} attempts in the log", f"{logged} attempts in the log"
        )
    events = [*published, *waiting]
    for entry in rows["entries"]:
        cause = {"event": key, "subject": events[0]["subject"] if events else "no event"}
        yield from differs("ledger.event", key, cause, {"event": entry["event_id"], "subject": entry["subject"]})


def _about(row: Row) -> dict[str, str]:
    return {"type": row["type"], "subject": row["subject"]}
