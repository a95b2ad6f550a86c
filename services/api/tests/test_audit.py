"""The audit sees what is wrong: rows are bent one at a time, and each bend is named."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.api.audit import rules
from services.api.audit.merge import OutOfOrder, Row, merge
from services.api.state import Payment

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAYMENT = Payment(
    id="pay_1",
    merchant_id="m",
    order_id="order_1",
    attempt_id="att_1",
    amount_minor=5000,
    currency="INR",
    method="upi",
    vpa="success@bank",
    card=None,
    status="success",
    capture_mode="manual",
    metadata={},
    created_at=NOW,
    updated_at=NOW,
    deadline_at=None,
    captured=True,
    amount_captured_minor=4000,
    amount_refunded_minor=1000,
    refund_pending_minor=500,
    amount_reversed_minor=800,
    sequence=4,
)
REFUNDS = [
    {"refund_id": "rfnd_1", "kind": "refund", "status": "processed", "amount_minor": 1000},
    {"refund_id": "rfnd_2", "kind": "refund", "status": "pending", "amount_minor": 500},
    {"refund_id": "rfnd_3", "kind": "reversal", "status": "processed", "amount_minor": 800},
    {"refund_id": "rfnd_4", "kind": "refund", "status": "failed", "amount_minor": 700},
]
LEDGER = [
    {"account": "acquirer_receivable", "balance": 3000},
    {"account": "merchant_balance", "balance": -2500},
    {"account": "refunds_payable", "balance": -500},
]


def effect(operation: str, amount_minor: int, key: str, outcome: str = "approved") -> dict[str, Any]:
    return {"operation": operation, "amount_minor": amount_minor, "key": key, "outcome": outcome}


def rows(**changes: Any) -> dict[str, list[Row]]:
    good: dict[str, list[Any]] = {
        "refunds": REFUNDS,
        "ledger": LEDGER,
        "events": [{"events": 4, "distinct_sequences": 4, "last_sequence": 4}],
        "commands": [],
        "effects": [
            effect("authorise", 5000, "att_1"),
            effect("reverse", 800, "rfnd_3"),
            effect("capture", 4000, "att_2"),
            effect("refund", 1000, "rfnd_1"),
            effect("refund", 700, "rfnd_4", "declined"),
        ],
    }
    return {**good, **changes}


def found(payment: Payment, these: dict[str, list[Row]]) -> set[str]:
    differences = [*rules.check_payment(payment, payment.id, these), *rules.check_refund_effects(payment, these)]
    return {difference.check for difference in differences}


def test_right_rows_show_no_difference() -> None:
    assert found(PAYMENT, rows()) == set()


@pytest.mark.parametrize(
    ("payment", "changes", "check"),
    [
        (PAYMENT, {"effects": [*rows()["effects"], effect("authorise", 5000, "att_9")]}, "acquirer.no_double_charge"),
        (PAYMENT, {"effects": [*rows()["effects"], effect("refund", 1000, "rfnd_1")]}, "acquirer.no_double_refund"),
        (PAYMENT, {"effects": [*rows()["effects"], effect("refund", 1, "rfnd_9")]}, "acquirer.refund_known"),
        (PAYMENT, {"effects": [*rows()["effects"], effect("refund", 700, "rfnd_4")]}, "acquirer.refund_applied"),
        (PAYMENT, {"effects": rows()["effects"][1:]}, "acquirer.charged"),
        (PAYMENT, {"effects": rows()["effects"][:2]}, "acquirer.captured"),
        (PAYMENT, {"ledger": LEDGER[:2]}, "ledger.balances"),
        (PAYMENT, {"ledger": [*LEDGER, {"account": "fees", "balance": 1}]}, "ledger.balances"),
        (PAYMENT, {"refunds": REFUNDS[1:]}, "payment.refunds"),
        (PAYMENT, {"events": []}, "events.sequence"),
        (PAYMENT, {"events": [{"events": 4, "distinct_sequences": 3, "last_sequence": 4}]}, "events.sequence"),
        (replace(PAYMENT, amount_captured_minor=4500), {}, "payment.within_authorised"),
        (replace(PAYMENT, amount_captured_minor=1200), {}, "payment.within_captured"),
        (replace(PAYMENT, status="failed"), {}, "acquirer.not_charged"),
        (replace(PAYMENT, status="canceled"), {}, "acquirer.voided"),
    ],
)
def test_each_wrong_row_is_named(payment: Payment, changes: dict[str, Any], check: str) -> None:
    assert check in found(payment, rows(**changes))


def test_a_command_under_way_explains_what_is_not_there_yet() -> None:
    these = rows(effects=rows()["effects"][:2] + rows()["effects"][3:], commands=[{"type": "payment.capture"}])
    differences = list(rules.check_payment(PAYMENT, PAYMENT.id, these))
    assert [(d.check, d.in_flight) for d in differences] == [("acquirer.captured", True)]


def test_rows_without_their_payment_are_named() -> None:
    assert [d.check for d in rules.check_payment(None, "pay_2", rows())] == ["payment.exists"]


@pytest.mark.parametrize(
    ("order", "payments", "check"),
    [
        ({"status": "paid", "amount_paid_minor": 5000, "attempts": 2}, ["success", "success"], "order.one_success"),
        ({"status": "attempted", "amount_paid_minor": 0, "attempts": 1}, ["success"], "order.status"),
        ({"status": "paid", "amount_paid_minor": 5000, "attempts": 1}, ["failed"], "order.status"),
        ({"status": "attempted", "amount_paid_minor": 0, "attempts": 2}, ["failed"], "order.status"),
    ],
)
def test_an_order_fits_its_payments(order: dict[str, Any], payments: list[str], check: str) -> None:
    these: dict[str, list[Row]] = {
        "orders": [{"amount_minor": 5000, **order}],
        "payments": [{"status": status} for status in payments],
    }
    assert check in {difference.check for difference in rules.check_order("order_1", these)}


async def stream(*ids: str) -> AsyncIterator[Row]:
    for one in ids:
        yield {"id": one}


async def test_merge_gives_each_id_once_with_the_rows_of_every_stream() -> None:
    counts: dict[str, int] = {}
    merged = [
        (key, {name: len(some) for name, some in these.items()})
        async for key, these in merge({"a": stream("1", "2", "2"), "b": stream("2", "3")}, counts)
    ]
    assert merged == [("1", {"a": 1, "b": 0}), ("2", {"a": 2, "b": 1}), ("3", {"a": 0, "b": 1})]
    assert counts == {"a": 3, "b": 2}


async def test_merge_refuses_a_stream_that_is_not_sorted() -> None:
    with pytest.raises(OutOfOrder):
        _ = [key async for key, _ in merge({"a": stream("2", "1")}, {})]
