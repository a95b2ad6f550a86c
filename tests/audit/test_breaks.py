"""Each invariant is broken by hand in the database, and the audit names it and what it was broken of."""

import ast
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from services.api.audit import run
from services.api.audit.checks import CHECKS
from services.api.store import queries
from tests.audit.conftest import Scene
from tests.gateway import HEADERS

AUDIT: Final = Path(__file__).parents[2] / "services/api/audit"
TABLE: Final = re.compile(r"\b(?:api|processor|refunder|notifier|acquirer)\.\w+")

MONEY_CONSTRAINTS: Final = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
FROM pg_constraint
WHERE (contype = 'c' OR conname = 'effect_pkey') AND conparentid = 0 AND coninhcount = 0
  AND connamespace = ANY (ARRAY['api', 'acquirer', 'processor', 'refunder']::regnamespace[])
"""


@dataclass(frozen=True)
class Break:
    """What is done to the database. `{name}` stands for an id of the scene; `also` are checks that see it, too."""

    check: str
    object: str
    sql: str
    also: tuple[str, ...] = ()


def update(table: str, what: str, id_: str) -> str:
    """SQL that changes one row."""
    return f"UPDATE {table} SET {what} WHERE id = '{{{id_}}}'"


def effect(key: str, operation: str) -> str:
    """SQL that has the acquirer do another thing for a captured payment."""
    return (
        "INSERT INTO acquirer.effect (key, operation, payment_id, merchant_id, amount_minor, currency, outcome, "
        f"created_at) SELECT '{key}', '{operation}', payment_id, merchant_id, amount_minor, currency, outcome, "
        "created_at FROM acquirer.effect WHERE payment_id = '{captured}' AND operation = 'authorise'"
    )


def command(attempt_id: str, payment_id: str, type_: str) -> str:
    """SQL that lets a command wait for its result."""
    return (
        f"INSERT INTO api.open_commands SELECT '{attempt_id}', '{{{payment_id}}}', topic, '{type_}', data, 1, "
        "resend_at FROM api.open_commands LIMIT 1"
    )


MERCHANT: Final = "550e8400-e29b-41d4-a716-446655440000"

BREAKS: Final = [
    # Payments
    Break(
        "payment.exists",
        "{authorised}",
        "DELETE FROM api.payments WHERE id = '{authorised}'",
        ("order.status", "totals.rows"),
    ),
    Break(
        "payment.state", "{captured}", update("api.payments", "captured = false", "captured"), ("acquirer.captured",)
    ),
    Break("payment.state", "{authorised}", update("api.payments", "deadline_at = NULL", "authorised")),
    Break("payment.state", "{authorised}", update("api.payments", "capture_before = NULL", "authorised")),
    Break("payment.timeline", "{captured}", update("api.payments", "timeline = timeline - 1", "captured")),
    Break(
        "payment.timeline",
        "{captured}",
        update("api.payments", "timeline = jsonb_set(timeline, '{{-1,status}}', '\"failed\"')", "captured"),
    ),
    Break(
        "payment.commanded",
        "{pending}",
        "WITH a AS (DELETE FROM processor.attempt WHERE payment_id = '{pending}') "
        "DELETE FROM api.open_commands WHERE payment_id = '{pending}'",
        ("attempts.known",),
    ),
    Break(
        "payment.within_authorised",
        "{rest}",
        update("api.payments", "amount_captured_minor = 7001", "rest"),
        ("acquirer.captured", "attempts.amount", "ledger.balances"),
    ),
    Break(
        "payment.within_captured",
        "{captured}",
        update("api.payments", "amount_captured_minor = 2499", "captured"),
        ("acquirer.captured", "attempts.amount", "ledger.balances"),
    ),
    Break(
        "payment.refunds",
        "{captured}",
        update("api.payments", "amount_refunded_minor = 2400", "captured"),
        ("ledger.balances",),
    ),
    # Refunds
    Break(
        "refund.exists",
        "{reversal}",
        "DELETE FROM api.refunds WHERE id = '{reversal}'",
        ("acquirer.refund_known", "payment.refunds", "totals.rows"),
    ),
    Break(
        "refund.commanded",
        "{failed}",
        update("api.refunds", "status = 'pending'", "failed"),
        ("ledger.refund", "payment.refunds", "totals.rows"),
    ),
    Break("refund.executed", "{refund}", "DELETE FROM refunder.execution WHERE id = '{refund}'"),
    Break(
        "refund.executed", "{refund}", update("refunder.execution", "outcome = 'failed', error_code = 'x'", "refund")
    ),
    Break("refund.amount", "{refund}", update("refunder.execution", "amount_minor = 1999", "refund")),
    Break("refund.amount", "{refund}", update("refunder.execution", "kind = 'reversal'", "refund")),
    # Orders
    Break("order.exists", "{captured_order}", "DELETE FROM api.orders WHERE id = '{captured_order}'", ("totals.rows",)),
    Break(
        "order.one_success",
        "{captured_order}",
        "UPDATE api.payments SET order_id = '{captured_order}' WHERE id = '{authorised}'",
        ("order.amount", "order.status"),
    ),
    Break("order.status", "{captured_order}", update("api.orders", "amount_paid_minor = 0", "captured_order")),
    Break("order.status", "{captured_order}", update("api.orders", "attempts = 2", "captured_order")),
    Break("order.amount", "{captured}", update("api.orders", "currency = 'USD'", "captured_order")),
    # Commands
    Break(
        "commands.known",
        "att_0000000000000001",
        command("att_0000000000000001", "authorised", "payment.capture"),
    ),
    # The ledger
    Break(
        "ledger.zero",
        "INR",
        "UPDATE api.ledger_entries SET amount_minor = amount_minor + 1 "
        "WHERE payment_id = '{rest}' AND account = 'fees'",
        ("ledger.balances", "ledger.posting_zero", "ledger.running"),
    ),
    Break(
        "ledger.posting_zero",
        "evt",
        "UPDATE api.ledger_entries SET amount_minor = amount_minor + CASE refund_id WHEN '{second}' THEN 1 ELSE -1 END "
        "WHERE refund_id IN ('{refund}', '{second}') AND account = 'merchant_balance'",
        ("ledger.refund",),
    ),
    Break(
        "ledger.balances",
        "{rest}",
        "UPDATE api.ledger_entries SET amount_minor = amount_minor + CASE account WHEN 'fees' THEN 1 ELSE -1 END "
        "WHERE payment_id = '{rest}' AND account IN ('fees', 'merchant_balance')",
        ("ledger.running",),
    ),
    Break("ledger.balances", "{captured}", update("api.payments", "fee_minor = 1", "captured")),
    Break(
        "ledger.refund",
        "{refund}",
        "UPDATE api.ledger_entries SET refund_id = '{second}' WHERE refund_id = '{refund}'",
        ("ledger.event",),
    ),
    Break(
        "ledger.belongs",
        "{automatic}",
        "UPDATE api.ledger_entries SET currency = 'EUR' WHERE payment_id = '{automatic}'",
        ("ledger.running",),
    ),
    Break(
        "ledger.event",
        "evt_0000000000000001",
        "UPDATE api.ledger_entries SET event_id = 'evt_0000000000000001', "
        "id = 'le_0000000000000001' || right(id, 2) WHERE payment_id = '{automatic}'",
    ),
    Break(
        "ledger.running",
        f"{MERCHANT} ledger INR/merchant_balance",
        "UPDATE api.count_delta SET delta = delta - 1 WHERE id = "
        "(SELECT id FROM api.count_delta WHERE kind = 'ledger' AND status = 'INR/merchant_balance' LIMIT 1)",
    ),
    # Events
    Break(
        "events.sequence",
        "{captured}",
        "DELETE FROM api.event_log WHERE subject = '{captured}' AND type = 'payment.success'",
        ("events.position", "payment.timeline", "webhooks.published"),
    ),
    Break(
        "events.position",
        "event_log",
        "UPDATE api.event_log SET position = position + 1 WHERE position = (SELECT max(position) FROM api.event_log)",
    ),
    Break("events.position", "event_log", "UPDATE api.relay_state SET position = position + 1"),
    # The processor's attempts
    Break("attempts.known", "att_0000000000000001", effect("att_0000000000000001", "void")),
    Break("attempts.amount", "att", "UPDATE processor.attempt SET amount_minor = 1 WHERE payment_id = '{authorised}'"),
    Break(
        "attempts.outcome",
        "att",
        "UPDATE processor.attempt SET outcome = 'declined' WHERE payment_id = '{authorised}'",
    ),
    Break(
        "attempts.refused",
        "att",
        "WITH e AS (UPDATE acquirer.effect SET outcome = 'declined' WHERE payment_id = '{rest}' "
        "AND operation = 'capture') "
        "UPDATE processor.attempt SET outcome = 'declined' WHERE payment_id = '{rest}' AND action = 'capture'",
        ("acquirer.captured",),
    ),
    # The acquirer's journal
    Break(
        "acquirer.no_double_charge",
        "{captured}",
        effect("att_0000000000000001", "authorise"),
        ("acquirer.charged", "attempts.known"),
    ),
    Break(
        "acquirer.charged",
        "{authorised}",
        "UPDATE acquirer.effect SET amount_minor = 1 WHERE payment_id = '{authorised}'",
    ),
    Break(
        "acquirer.not_charged",
        "{declined}",
        "WITH a AS (UPDATE processor.attempt SET outcome = 'approved' WHERE payment_id = '{declined}') "
        "UPDATE acquirer.effect SET outcome = 'approved' WHERE payment_id = '{declined}'",
    ),
    Break(
        "acquirer.result_applied",
        "{authorised}",
        update("api.payments", "status = 'pending', capture_before = NULL", "authorised"),
        ("order.status", "payment.commanded", "payment.timeline", "totals.rows"),
    ),
    Break(
        "acquirer.captured",
        "{rest}",
        "UPDATE acquirer.effect SET amount_minor = 1 WHERE payment_id = '{rest}' AND operation = 'capture'",
    ),
    Break(
        "acquirer.voided",
        "{canceled}",
        "WITH a AS (DELETE FROM processor.attempt WHERE payment_id = '{canceled}' AND action = 'void') "
        "DELETE FROM acquirer.effect WHERE payment_id = '{canceled}' AND operation = 'void'",
    ),
    Break(
        "acquirer.refunded",
        "{refund}",
        "UPDATE acquirer.effect SET amount_minor = 1 WHERE key = '{refund}'",
    ),
    Break(
        "acquirer.no_double_refund",
        "{refund}",
        "INSERT INTO acquirer.effect SELECT * FROM acquirer.effect WHERE key = '{refund}'",
    ),
    Break(
        "acquirer.refund_applied",
        "{failed}",
        "UPDATE acquirer.effect SET outcome = 'approved' WHERE key = '{failed}'",
    ),
    Break(
        "acquirer.refund_known",
        "rfnd_0000000000000001",
        effect("rfnd_0000000000000001", "refund"),
    ),
    # Webhooks
    Break(
        "webhooks.published",
        "evt_0000000000000001",
        "INSERT INTO notifier.message SELECT 'evt_0000000000000001', merchant_id, type, subject, payment_id, sequence, "
        "body, occurred_at, created_at FROM notifier.message LIMIT 1",
    ),
    Break(
        "webhooks.same",
        "evt",
        "UPDATE notifier.message SET subject = '{rest}' WHERE subject = '{captured}' AND type = 'payment.success'",
    ),
    Break(
        "webhooks.deliveries",
        "evt",
        "UPDATE notifier.delivery SET attempts = 2 WHERE message_id = "
        "(SELECT id FROM notifier.message WHERE subject = '{captured}' AND type = 'payment.success')",
    ),
    Break(
        "webhooks.deliveries",
        "evt_0000000000000001",
        "UPDATE notifier.delivery SET message_id = 'evt_0000000000000001' WHERE message_id = "
        "(SELECT id FROM notifier.message WHERE subject = '{captured}' AND type = 'payment.success')",
    ),
    # Totals
    Break(
        "totals.rows",
        f"{MERCHANT} payments success",
        f"INSERT INTO api.count_delta (tenant, kind, status, delta) VALUES ('{MERCHANT}', 'payments', 'success', 1)",
    ),
]

IN_FLIGHT: Final = [
    Break(
        "refund.result_applied",
        "{failed}",
        f"WITH c AS ({command('{failed}', 'refund_fails', 'refund.execute')}) "
        "UPDATE api.refunds SET status = 'pending' WHERE id = '{failed}'",
    ),
    Break(
        "outbox.empty",
        "payment.commands.v1",
        "INSERT INTO api.outbox (topic, key, event_id, type, subject, occurred_at, data) "
        "VALUES ('payment.commands.v1', 'pay_1', 'evt_1', 'payment.void', 'pay_1', now(), '')",
    ),
    Break(
        "webhooks.received",
        "evt",
        "WITH d AS (DELETE FROM notifier.delivery WHERE message_id = (SELECT id FROM notifier.message "
        "WHERE subject = '{captured}' AND type = 'payment.success')) "
        "DELETE FROM notifier.message WHERE subject = '{captured}' AND type = 'payment.success'",
    ),
]
"""What a message under way may still make right: the audit waits for it, then says that it has not compared it."""


@pytest.fixture(scope="module")
async def bare(scene: Scene) -> Scene:
    """Without the constraints that refuse most of what is to be seen here."""
    admin = scene.gateway.admin
    for row in await admin.fetch(MONEY_CONSTRAINTS):
        await admin.execute(row[0])
    return scene


@asynccontextmanager
async def broken(admin: "asyncpg.Connection[asyncpg.Record]", sql: str) -> AsyncIterator[None]:
    """The tables that the statement names, as it makes them; then as they were."""
    tables = sorted(set(TABLE.findall(sql)))
    for number, table in enumerate(tables):
        await admin.execute(f"CREATE TEMPORARY TABLE saved_{number} AS SELECT * FROM {table}")
    try:
        status = await admin.execute(sql)
        assert not status.endswith(" 0"), "nothing was broken"
        yield
    finally:
        for number, table in enumerate(tables):
            await admin.execute(f"DELETE FROM {table}")
            await admin.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM saved_{number}")
            await admin.execute(f"DROP TABLE saved_{number}")


def name_of(one: Break) -> str:
    return f"{one.check}-{one.object}"


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing moves here, so a second look need not wait."""
    monkeypatch.setattr(run, "LOOK_AGAIN_AFTER_S", 0)


@pytest.mark.parametrize("one", BREAKS, ids=name_of)
async def test_what_is_broken_is_named(bare: Scene, one: Break) -> None:
    async with broken(bare.gateway.admin, one.sql.format(**bare.ids)):
        report = await bare.gateway.audit()
        mine = await bare.gateway.audit(headers=HEADERS)
    assert not report["ok"]
    found = {(difference["check"], difference["object"]) for difference in report["differences"]}
    assert {check for check, _ in found} == {one.check, *one.also}, report["differences"]
    wanted = one.object.format(**bare.ids)
    assert [name for check, name in found if check == one.check and name.startswith(wanted)], found
    assert (await bare.gateway.audit())["ok"], "it was not mended"
    if not one.object.startswith("event_log"):
        assert {d["check"] for d in mine["differences"]} >= {one.check}, "the merchant does not see it"


@pytest.mark.parametrize("one", IN_FLIGHT, ids=name_of)
async def test_what_may_be_under_way_is_told_as_skipped(bare: Scene, one: Break) -> None:
    async with broken(bare.gateway.admin, one.sql.format(**bare.ids)):
        report = await bare.gateway.audit()
    assert not report["ok"]
    found = {(difference["check"], difference["object"]) for difference in report["in_flight"]}
    wanted = one.object.format(**bare.ids)
    assert [name for check, name in found if check == one.check and name.startswith(wanted)], report
    assert report["skipped"] == len(found)


async def test_what_the_log_of_attempts_has_forgotten_is_counted_and_no_difference(bare: Scene) -> None:
    before = (await bare.gateway.audit())["checked"]
    forgotten = (
        "WITH gone AS (DELETE FROM notifier.attempt) "
        "UPDATE notifier.attempt_log_start SET delivery_id = (SELECT max(id) || '0' FROM notifier.delivery)"
    )
    async with broken(bare.gateway.admin, forgotten):
        report = await bare.gateway.audit()
    assert report["ok"], report["differences"]
    assert before["webhook_attempts"] > 0 == before["webhook_attempts_forgotten"]
    assert report["checked"]["webhook_attempts"] == 0
    assert report["checked"]["webhook_attempts_forgotten"] == before["webhook_attempts"]


async def test_an_audit_that_reads_a_part_of_the_rows_says_so(bare: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.audit_orders, "text", f"{queries.audit_orders.text} LIMIT 3")
    report = await bare.gateway.audit()
    assert ("audit.rows_checked", "orders", 10, 3) in {tuple(d.values()) for d in report["differences"]}


def test_every_check_is_broken_once_at_least() -> None:
    assert {one.check for one in (*BREAKS, *IN_FLIGHT)} | {"audit.rows_checked"} == set(CHECKS)


def test_the_code_checks_what_is_listed() -> None:
    told = {
        node.value
        for path in AUDIT.glob("*.py")
        if path.name != "checks.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z]+\.[a-z_]+", node.value)
    }
    assert set(CHECKS) <= told
