"""What the audit checks, each by a name and in a sentence, and what it says when something differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

CHECKS: Final = {
    "payment.exists": "Whatever names a payment names one that exists",
    "payment.state": "A payment's status, capture, fee and deadlines fit together",
    "payment.timeline": "A payment's timeline tells its events in order and ends with its status",
    "payment.commanded": "A pending payment is on its way to the acquirer",
    "payment.within_authorised": "Captured, reversed and being reversed are together at most what was authorised",
    "payment.within_captured": "Refunded and being refunded are together at most what was captured",
    "payment.refunds": "A payment's running sums are the sums of its refunds",
    "refund.exists": "Whatever names a refund names one that exists",
    "refund.commanded": "A pending refund is on its way to the acquirer",
    "refund.executed": "A refund ended as its execution did",
    "refund.result_applied": "An execution's result reaches its refund",
    "refund.amount": "What was executed is what was asked for",
    "order.exists": "Every payment has its order",
    "order.one_success": "At most one payment of an order was ever authorised",
    "order.status": "An order's status, paid amount and attempts follow from its payments",
    "order.amount": "A payment is over its order's amount, in its currency, for its merchant",
    "commands.known": "A command without a result is one that its payment's or refund's state asked for",
    "ledger.zero": "The ledger sums to zero in each currency",
    "ledger.posting_zero": "Each posting sums to zero",
    "ledger.balances": "A payment's balances by account follow from its amounts and its fee",
    "ledger.refund": "A refund's entries follow from its state",
    "ledger.belongs": "An entry has its payment's merchant and currency",
    "ledger.event": "A posting is caused by an event that exists, of its payment or refund, and has its id",
    "ledger.running": "The running balance of each merchant, currency and account is the sum of its entries",
    "events.sequence": "An object's events are numbered from 1 to its sequence, no gap, no double, in order",
    "events.position": "The event log's positions have no gap",
    "outbox.empty": "What was committed is published",
    "attempts.known": "What the acquirer is asked for a payment is an attempt of the processor; one authorises",
    "attempts.amount": "An attempt is over its payment's amount",
    "attempts.outcome": "An attempt ended as the acquirer's journal says",
    "attempts.refused": "The acquirer did not refuse a capture or void that the gateway had decided",
    "acquirer.no_double_charge": "A payment is charged once at most",
    "acquirer.charged": "A payment that was authorised is charged, with its amount",
    "acquirer.not_charged": "A payment that failed is not charged, or voided",
    "acquirer.result_applied": "A charge reaches its payment",
    "acquirer.captured": "What is captured at the acquirer is what the payment says",
    "acquirer.voided": "A canceled or expired payment is voided",
    "acquirer.no_double_refund": "A refund is executed once at most",
    "acquirer.refunded": "A processed refund is executed at the acquirer, with its kind and amount",
    "acquirer.refund_applied": "A refund that was executed at the acquirer is processed",
    "acquirer.refund_known": "What was given back at the acquirer belongs to a refund",
    "webhooks.received": "Every published event reaches the notifier",
    "webhooks.published": "Every message of the notifier is a published event",
    "webhooks.same": "The notifier's message tells its event's type, object and sequence",
    "webhooks.deliveries": "Every delivery is of a message that exists, its attempts are in the log while that is kept",
    "totals.rows": "The running totals of lists are the numbers of rows",
    "audit.rows_checked": "As many rows were checked as there are",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected of an object and what was found. `in_flight`: a message under way may still make it right."""

    check: str
    object: str
    expected: Any
    found: Any
    in_flight: bool = False


Differences = Iterator[Difference]


def differs(check: str, object_id: str, expected: Any, found: Any, *, in_flight: bool = False) -> Differences:
    """A difference unless both are equal; of two mappings only what differs is shown."""
    if expected == found:
        return
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
        expected, found = ({key: one.get(key) for key in keys} for one in (expected, found))
    yield Difference(check, object_id, expected, found, in_flight)
