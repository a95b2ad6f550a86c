"""What must hold of a payment, as pure functions over its rows: each yields the differences that it finds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.api.audit.checks import Difference, Differences, differs
from services.api.audit.merge import Group, Row
from services.api.state import OPEN_STATUSES, Payment

AUTHORISED: Final = ("success", "canceled", "expired")
VOIDED: Final = ("failed", "canceled", "expired")
REFUND_OPERATIONS: Final = {"refund": "refund", "reversal": "reverse"}
ASKED: Final = {"authorise": "payment.authorise", "capture": "payment.capture", "void": "payment.void"}
"""An attempt's action, which is the acquirer's operation, and the command that asks for it."""


def check_payment(payment: Payment, rows: Group) -> Differences:
    """A payment against its refunds, ledger, events, commands, attempts and what the acquirer did."""
    commands = {row["attempt_id"]: row["type"] for row in rows["commands"]}
    told = [*rows["events"], *rows["waiting"]]
    yield from _check_state(payment)
    yield from _check_sums(payment, rows["refunds"])
    yield from _check_ledger(payment, rows["entries"], rows["refunds"])
    yield from check_events(payment.id, payment.sequence, told)
    yield from _check_timeline(payment, [row["type"] for row in told])
    yield from _check_commands(payment, rows, commands)
    yield from _check_attempts(payment, rows, commands)
    yield from _check_acquirer(payment, rows["effects"], set(commands.values()))
    yield from _check_refund_effects(payment, rows)


def missing(check: str, key: str, rows: Group, noun: str) -> Differences:
    """Rows that name an object which does not exist. Peers are read later: theirs may be of one that is newer."""
    found = [name for name, some in rows.items() if some]
    yield Difference(check, key, noun, f"only rows of {', '.join(found)}")


def check_events(object_id: str, sequence: int, told: Sequence[Row]) -> Differences:
    """An object's events are numbered 1 to its sequence, in order."""
    yield from differs("events.sequence", object_id, list(range(1, sequence + 1)), [row["sequence"] for row in told])


def _check_state(payment: Payment) -> Differences:
    waits = payment.status in OPEN_STATUSES or (payment.status == "success" and not payment.captured)
    expected = {
        "status": "success" if payment.captured else payment.status,
        "captured": payment.amount_captured_minor > 0,
        "fee": min(max(payment.fee_minor, 0), payment.amount_captured_minor),
        "capturable once": payment.status in AUTHORISED,
        "deadline": waits,
    }
    found = {
        "status": payment.status,
        "captured": payment.captured,
        "fee": payment.fee_minor,
        "capturable once": payment.capture_before is not None,
        "deadline": payment.deadline_at is not None,
    }
    yield from differs("payment.state", payment.id, expected, found)


def _check_sums(payment: Payment, refunds: Sequence[Row]) -> Differences:
    sums: Counter[tuple[str, str]] = Counter()
    for refund in refunds:
        sums[refund["kind"], refund["status"]] += refund["amount_minor"]
    derived = {
        "refunded": sums["refund", "processed"],
        "refund pending": sums["refund", "pending"],
        "reversed": sums["reversal", "processed"],
        "reversal pending": sums["reversal", "pending"],
    }
    told = {
        "refunded": payment.amount_refunded_minor,
        "refund pending": payment.refund_pending_minor,
        "reversed": payment.amount_reversed_minor,
        "reversal pending": payment.reversal_pending_minor,
    }
    yield from differs("payment.refunds", payment.id, derived, told)
    reserved = payment.amount_captured_minor + derived["reversed"] + derived["reversal pending"]
    if reserved > payment.amount_minor:
        yield Difference("payment.within_authorised", payment.id, f"at most {payment.amount_minor}", reserved)
    given = derived["refunded"] + derived["refund pending"]
    if given > payment.amount_captured_minor:
        yield Difference("payment.within_captured", payment.id, f"at most {payment.amount_captured_minor}", given)


def _check_ledger(payment: Payment, entries: Sequence[Row], refunds: Sequence[Row]) -> Differences:
    postings: Counter[str] = Counter()
    by_refund: dict[str | None, Counter[str]] = defaultdict(Counter)
    balances: Counter[str] = Counter()
    for entry in entries:
        account, amount_minor = entry["account"], entry["amount_minor"]
        postings[entry["event_id"]] += amount_minor
        by_refund[entry["refund_id"]][account] += amount_minor
        balances[account] += amount_minor
        belongs = {"merchant": entry["merchant_id"], "currency": entry["currency"]}
        mine = {"merchant": payment.merchant_id, "currency": payment.currency}
        yield from differs("ledger.belongs", payment.id, mine, belongs)
    for event_id, balance_minor in postings.items():
        yield from differs("ledger.posting_zero", event_id, 0, balance_minor)
    captured, fee = payment.amount_captured_minor, payment.fee_minor
    refunded, pending = payment.amount_refunded_minor, payment.refund_pending_minor
    expected = {
        "acquirer_receivable": captured - refunded,
        "merchant_balance": refunded + pending + fee - captured,
        "refunds_payable": -pending,
        "fees": -fee,
    }
    yield from differs("ledger.balances", payment.id, _without_zeros(expected), _without_zeros(balances))
    for refund in refunds:
        found = _without_zeros(by_refund.pop(refund["refund_id"], {}))
        yield from differs("ledger.refund", refund["refund_id"], _entries_of(refund), found)
    for refund_id, found in by_refund.items():
        if refund_id is not None:
            yield Difference("ledger.refund", refund_id, "no entries: it is no refund of the payment", found)


def _entries_of(refund: Row) -> dict[str, int]:
    """What a refund's entries come to, by account."""
    if refund["kind"] == "reversal" or refund["status"] == "failed":
        return {}
    held = "refunds_payable" if refund["status"] == "pending" else "acquirer_receivable"
    return {"merchant_balance": refund["amount_minor"], held: -refund["amount_minor"]}


def _without_zeros(amounts: dict[str, int]) -> dict[str, int]:
    return {account: amount for account, amount in sorted(amounts.items()) if amount}


def _check_timeline(payment: Payment, types: list[str]) -> Differences:
    """Timelines began after the first payments did: such a one tells the last events alone."""
    if not payment.timeline:
        return
    named = [entry["event"] for entry in payment.timeline if str(entry["event"]).startswith("payment.")]
    begun_with = named[:1] == types[:1]
    expected = types if begun_with else types[max(len(types) - len(named), 0) :]
    yield from differs(
        "payment.timeline",
        payment.id,
        {"events": expected, "status": payment.status},
        {"events": named, "status": payment.timeline[-1]["status"]},
    )


def _check_commands(payment: Payment, rows: Group, commands: dict[str, str]) -> Differences:
    """What must wait for a result does, and nothing else. All of it is the api's, as of one instant."""
    refunds = {row["refund_id"]: row["status"] for row in rows["refunds"]}
    unanswered = [row["attempt_id"] for row in rows["attempts"] if row["outcome"] is None]
    if payment.status in OPEN_STATUSES and payment.attempt_id not in (*commands, *unanswered):
        yield Difference("payment.commanded", payment.id, "an authorisation under way", "none")
    for refund_id, status in refunds.items():
        if status == "pending" and refund_id not in commands:
            yield Difference("refund.commanded", refund_id, "an execution under way", "none")
    for attempt_id, type_ in commands.items():
        fits = {
            "payment.authorise": attempt_id == payment.attempt_id,
            "payment.capture": payment.captured,
            "payment.void": payment.status in VOIDED,
            "refund.execute": refunds.get(attempt_id) == "pending",
        }
        if not fits.get(type_, False):
            yield Difference("commands.known", attempt_id, "a state that asks for it", f"{type_} of {payment.id}")


def _check_attempts(payment: Payment, rows: Group, commands: dict[str, str]) -> Differences:
    """The processor's attempts against the payment and the acquirer's journal."""
    effects = {effect["key"]: effect for effect in rows["effects"] if effect["operation"] in ASKED}
    amounts = {
        "authorise": payment.amount_minor,
        "capture": payment.amount_captured_minor,
        "void": payment.amount_minor,
    }
    known = {attempt["attempt_id"] for attempt in rows["attempts"]}
    for key in (payment.attempt_id, *effects):
        if key not in known:
            yield Difference("attempts.known", key, "an attempt", "none", in_flight=key in commands)
    for attempt in rows["attempts"]:
        key, action, outcome = attempt["attempt_id"], attempt["action"], attempt["outcome"]
        if action == "authorise" and key != payment.attempt_id:
            yield Difference("attempts.known", key, f"no authorisation beside {payment.attempt_id}", "another")
        yield from differs("attempts.amount", key, amounts[action], attempt["amount_minor"])
        decided = effects[key]["outcome"] if key in effects else None
        if not (outcome is None and decided is None):
            yield from differs("attempts.outcome", key, decided, outcome, in_flight=outcome is None)
        if outcome == "declined" and action != "authorise":
            yield Difference("attempts.refused", key, f"the {action} is accepted", "declined")


def _check_acquirer(payment: Payment, effects: Sequence[Row], open_types: set[str]) -> Differences:
    """The journal against the payment. A command without a result explains what is not there yet."""
    done: dict[str, list[int]] = defaultdict(list)
    for effect in effects:
        if effect["outcome"] == "approved":
            done[effect["operation"]].append(effect["amount_minor"])
    charges = done["authorise"]
    if len(charges) > 1:
        yield Difference("acquirer.no_double_charge", payment.id, "at most one charge", charges)
    authorising, voiding = ASKED["authorise"] in open_types, ASKED["void"] in open_types
    if payment.status in AUTHORISED:
        yield from differs("acquirer.charged", payment.id, [payment.amount_minor], charges, in_flight=authorising)
    elif payment.status == "failed":
        kept = charges if not done["void"] else []
        yield from differs("acquirer.not_charged", payment.id, [], kept, in_flight=authorising or voiding)
    elif charges:
        yield Difference("acquirer.result_applied", payment.id, "a success", payment.status, in_flight=authorising)
    capture = [payment.amount_captured_minor] if payment.captured else []
    capturing = ASKED["capture"] in open_types
    yield from differs("acquirer.captured", payment.id, capture, done["capture"], in_flight=capturing)
    if payment.status in ("canceled", "expired") and not done["void"]:
        yield Difference("acquirer.voided", payment.id, "a void", "none", in_flight=voiding)


def _check_refund_effects(payment: Payment, rows: Group) -> Differences:
    """What the acquirer gave back, refund by refund: the key of each effect is the refund's id, once."""
    effects = [e for e in _approved(rows["effects"]) if e["operation"] in REFUND_OPERATIONS.values()]
    given: dict[str, Any] = {}
    for effect in effects:
        if effect["key"] in given:
            yield Difference("acquirer.no_double_refund", effect["key"], "one effect", "several")
        given[effect["key"]] = (effect["operation"], effect["amount_minor"])
    for refund in rows["refunds"]:
        found = given.pop(refund["refund_id"], None)
        wanted = (REFUND_OPERATIONS[refund["kind"]], refund["amount_minor"])
        if refund["status"] == "processed":
            yield from differs("acquirer.refunded", refund["refund_id"], wanted, found)
        elif found is not None:
            waits = refund["status"] == "pending"
            yield Difference("acquirer.refund_applied", refund["refund_id"], refund["status"], found, in_flight=waits)
    for key, found in given.items():
        yield Difference("acquirer.refund_known", key, f"a refund of {payment.id}", found)


def _approved(effects: Iterable[Row]) -> Iterable[Row]:
    return (effect for effect in effects if effect["outcome"] == "approved")
