"""What must hold, as pure functions over one object's rows: each yields the differences that it finds."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.api.audit.merge import Row
from services.api.state import Payment

AUTHORISED = ("success", "canceled", "expired")
REFUND_OPERATIONS = {"refund": "refund", "reversal": "reverse"}


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected of an object and what was found. `in_flight`: a message under way may still make it right."""

    check: str
    object: str
    expected: Any
    found: Any
    in_flight: bool = False


def differs(check: str, object_id: str, expected: Any, found: Any, *, in_flight: bool = False) -> Iterator[Difference]:
    """A difference unless both are equal."""
    if expected != found:
        yield Difference(check, object_id, expected, found, in_flight)


def check_payment(payment: Payment | None, key: str, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """A payment against its ledger, refunds, events and what the acquirer did."""
    if payment is None:
        found = [name for name, some in rows.items() if some]
        yield Difference("payment.exists", key, "a payment", f"only rows of {', '.join(found)}")
        return
    yield from _check_amounts(payment, rows["refunds"])
    yield from _check_ledger(payment, rows["ledger"])
    yield from check_events(payment.id, payment.sequence, rows["events"])
    yield from _check_acquirer(payment, rows)


def _check_amounts(payment: Payment, refunds: list[Row]) -> Iterator[Difference]:
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for refund in refunds:
        sums[refund["kind"], refund["status"]] += refund["amount_minor"]
    told = {
        "refunded": payment.amount_refunded_minor,
        "refund pending": payment.refund_pending_minor,
        "reversed": payment.amount_reversed_minor,
        "reversal pending": payment.reversal_pending_minor,
    }
    derived = {
        "refunded": sums["refund", "processed"],
        "refund pending": sums["refund", "pending"],
        "reversed": sums["reversal", "processed"],
        "reversal pending": sums["reversal", "pending"],
    }
    yield from differs("payment.refunds", payment.id, derived, told)
    reserved = payment.amount_captured_minor + derived["reversed"] + derived["reversal pending"]
    if reserved > payment.amount_minor:
        yield Difference("payment.within_authorised", payment.id, f"at most {payment.amount_minor}", reserved)
    given = derived["refunded"] + derived["refund pending"]
    if given > payment.amount_captured_minor:
        yield Difference("payment.within_captured", payment.id, f"at most {payment.amount_captured_minor}", given)


def _check_ledger(payment: Payment, ledger: list[Row]) -> Iterator[Difference]:
    refunded, pending = payment.amount_refunded_minor, payment.refund_pending_minor
    captured = payment.amount_captured_minor
    derived = {
        "acquirer_receivable": captured - refunded,
        "merchant_balance": refunded + pending + payment.fee_minor - captured,
        "fees": -payment.fee_minor,
        "refunds_payable": -pending,
    }
    found = dict.fromkeys(derived, 0) | {row["account"]: row["balance"] for row in ledger}
    yield from differs("ledger.balances", payment.id, derived, found)


def check_events(object_id: str, sequence: int, events: list[Row]) -> Iterator[Difference]:
    """An object's events are numbered 1 to its sequence, no gap, no double."""
    expected = {"events": sequence, "distinct": sequence, "last": sequence}
    found = {"events": 0, "distinct": 0, "last": 0}
    for row in events:
        found = {"events": row["events"], "distinct": row["distinct_sequences"], "last": row["last_sequence"]}
    yield from differs("events.sequence", object_id, expected, found)


def _check_acquirer(payment: Payment, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """The journal against the payment. A command without a result explains what is not there yet."""
    done: dict[str, list[int]] = defaultdict(list)
    for effect in rows["effects"]:
        if effect["outcome"] == "approved":
            done[effect["operation"]].append(effect["amount_minor"])
    open_types = {row["type"] for row in rows["commands"]}
    charges = done["authorise"]
    if len(charges) > 1:
        yield Difference("acquirer.no_double_charge", payment.id, "at most one approved charge", charges)
    in_flight = "payment.authorise" in open_types
    voiding = "payment.void" in open_types
    if payment.status in AUTHORISED:
        yield from differs("acquirer.charged", payment.id, [payment.amount_minor], charges, in_flight=in_flight)
    elif payment.status == "failed":
        kept = charges if not done["void"] else []
        yield from differs("acquirer.not_charged", payment.id, [], kept, in_flight=in_flight or voiding)
    elif charges:
        yield Difference("acquirer.result_applied", payment.id, "a success", payment.status, in_flight=True)
    capture = [payment.amount_captured_minor] if payment.captured else []
    capturing = "payment.capture" in open_types
    yield from differs("acquirer.captured", payment.id, capture, done["capture"], in_flight=capturing)
    if payment.status in ("canceled", "expired") and not done["void"]:
        yield Difference("acquirer.voided", payment.id, "a void", "none", in_flight=voiding)


def check_refund(refund: Row | None, key: str, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """A refund against its execution and its events."""
    if refund is None:
        found = [name for name, some in rows.items() if some]
        yield Difference("refund.exists", key, "a refund", f"only rows of {', '.join(found)}")
        return
    yield from check_events(key, refund["sequence"], rows["events"])
    executions = rows["executions"]
    outcome = executions[0]["outcome"] if executions else None
    expected = {"processed": "succeeded", "failed": "failed"}.get(refund["status"])
    if refund["status"] == "pending":
        if outcome is not None:
            yield Difference("refund.result_applied", key, outcome, "pending", in_flight=True)
        return
    yield from differs("refund.executed", key, expected, outcome)
    if executions:
        asked = (refund["kind"], refund["amount_minor"])
        yield from differs("refund.amount", key, asked, (executions[0]["kind"], executions[0]["amount_minor"]))


def check_refund_effects(payment: Payment, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """What the acquirer gave back, refund by refund: the key of each effect is the refund's id, once."""
    effects = [
        e for e in rows["effects"] if e["operation"] in REFUND_OPERATIONS.values() and e["outcome"] == "approved"
    ]
    given = {effect["key"]: (effect["operation"], effect["amount_minor"]) for effect in effects}
    if len(given) != len(effects):
        yield Difference("acquirer.no_double_refund", payment.id, "one effect per refund", len(effects))
    for refund in rows["refunds"]:
        effect = given.pop(refund["refund_id"], None)
        wanted = (REFUND_OPERATIONS[refund["kind"]], refund["amount_minor"])
        if refund["status"] == "processed":
            yield from differs("acquirer.refunded", refund["refund_id"], wanted, effect)
        elif effect is not None:
            yield Difference(
                "acquirer.refund_applied",
                refund["refund_id"],
                refund["status"],
                effect,
                in_flight=refund["status"] == "pending",
            )
    for key, effect in given.items():
        yield Difference("acquirer.refund_known", key, "a refund", effect)


def check_order(key: str, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """An order against its payments: at most one success, and paid when there is one."""
    if not rows["orders"]:
        yield Difference("order.exists", key, "an order", f"{len(rows['payments'])} payments of it")
        return
    order, payments = rows["orders"][0], rows["payments"]
    successes = [row for row in payments if row["status"] in AUTHORISED]
    if len(successes) > 1:
        yield Difference("order.one_success", key, "at most 1", len(successes))
    status = "paid" if successes else "attempted" if payments else "created"
    paid_minor = order["amount_minor"] if successes else 0
    expected = (status, paid_minor, len(payments))
    yield from differs("order.status", key, expected, (order["status"], order["amount_paid_minor"], order["attempts"]))


def check_message(key: str, rows: dict[str, list[Row]]) -> Iterator[Difference]:
    """A published event is known to the notifier once, and the other way round."""
    published, messages = len(rows["published"]), len(rows["messages"])
    if published and not messages:
        yield Difference("webhooks.received", key, "one message", "none", in_flight=True)
    elif messages and not published and rows["messages"][0]["type"] != "webhook.test":
        # The event was read from Kafka before the relay entered it in the log: a moment later it is there.
        yield Difference("webhooks.published", key, "an event", "none", in_flight=True)
    elif messages > 1:
        yield Difference("webhooks.once", key, 1, messages)
