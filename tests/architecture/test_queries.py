"""Every named query runs under its service's own role, and none costs more as the tables grow."""

from collections import defaultdict
from typing import Final

import asyncpg

from tests.architecture import queries
from tests.architecture.conftest import Connect
from tests.architecture.plans import Schema, explain

READS_EVERYTHING: Final = {
    # What is open is counted; a job is deleted when it ends.
    "chassis.jobs.count_jobs": {"job"},
    # The audit compares every row there is, or every row of a merchant, by cursor and in bounded memory.
    "acquirer.store.audit_effects": {"effect"},
    "acquirer.store.audit_effects_of_merchant": {"effect"},
    "chassis.counts.all_counts": {"count_delta", "count_total"},
    "services.api.store.audit_row_counts": {"event_log", "ledger_entries", "orders", "payments", "refunds"},
    "services.api.store.audit_row_counts_of_merchant": {
        "event_log",
        "ledger_entries",
        "orders",
        "payments",
        "refunds",
    },
    "services.api.store.audit_payments": {"payments"},
    "services.api.store.audit_payments_of_merchant": {"payments"},
    "services.api.store.audit_entries_by_payment": {"ledger_entries"},
    "services.api.store.audit_entries_by_payment_of_merchant": {"ledger_entries"},
    "services.api.store.audit_entries_by_event": {"ledger_entries"},
    "services.api.store.audit_entries_by_event_of_merchant": {"ledger_entries"},
    "services.api.store.audit_refunds_by_payment": {"refunds"},
    "services.api.store.audit_refunds_by_payment_of_merchant": {"refunds"},
    "services.api.store.audit_refunds": {"refunds"},
    "services.api.store.audit_refunds_of_merchant": {"refunds"},
    "services.api.store.audit_open_commands": {"open_commands"},
    "services.api.store.audit_open_commands_of_merchant": {"open_commands"},
    "services.api.store.audit_orders": {"orders"},
    "services.api.store.audit_orders_of_merchant": {"orders"},
    "services.api.store.audit_payments_by_order": {"payments"},
    "services.api.store.audit_payments_by_order_of_merchant": {"payments"},
    "services.api.store.audit_events_of_merchant": {"event_log"},
    "services.api.store.audit_waiting_events": {"outbox"},
    "services.api.store.audit_published": {"event_log"},
    "services.api.store.audit_published_of_merchant": {"event_log"},
    "services.api.store.audit_waiting": {"outbox"},
    "services.api.store.audit_outbox": {"outbox"},
    "services.api.store.audit_positions": {"event_log"},
    "services.notifier.store.audit_messages": {"message"},
    "services.notifier.store.audit_messages_of_merchant": {"message"},
    "services.notifier.store.audit_deliveries": {"delivery"},
    "services.notifier.store.audit_deliveries_of_merchant": {"delivery"},
    "services.processor.store.audit_attempts": {"attempt"},
    "services.processor.store.audit_attempts_of_merchant": {"attempt"},
    "services.refunder.store.audit_executions": {"execution"},
    "services.refunder.store.audit_executions_of_merchant": {"execution"},
}
"""The queries whose purpose it is to read whole tables, and which."""


async def test_every_query_is_prepared_under_the_role_that_runs_it(as_role: Connect) -> None:
    wrong = []
    for one in queries.owned():
        try:
            statement = await (await as_role(one.role)).prepare(one.query.text)
        except asyncpg.PostgresError as error:
            wrong.append(f"{one.label}: {error}")
        else:
            if len(statement.get_parameters()) != len(one.query.params):
                wrong.append(f"{one.label}: its header names other parameters than its text")
    assert not wrong


async def test_no_query_reads_a_growing_table_or_a_merchants_part_of_it_from_end_to_end(as_role: Connect) -> None:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for one in queries.owned():
        connection = await as_role(one.role)
        plan = await explain(connection, one.query)
        found[f"{one.home}.{one.query.name}"] |= (await Schema.of(connection)).whole_reads(plan)
    wrong = {
        f"{name} {sentence}"
        for name, reads in found.items()
        for table, sentence in reads.items()
        if table not in READS_EVERYTHING.get(name, ())
    }
    assert not wrong
    needless = {
        name: tables - set(found[name]) for name, tables in READS_EVERYTHING.items() if tables - set(found[name])
    }
    assert not needless, "excused without need"
