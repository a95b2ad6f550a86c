"""Every named query runs under its service's own role, and none costs more as the tables grow."""

from collections import defaultdict
from typing import Final

import asyncpg

from tests.architecture import queries
from tests.architecture.conftest import Connect
from tests.architecture.plans import Schema, explain

AUDIT: Final = "the audit compares every row there is, by cursor and in bounded memory"
READS_EVERYTHING: Final = {
    "chassis.jobs.count_jobs": "counts what is open, and a job is deleted when it ends",
    "acquirer.store.audit_effects": AUDIT,
    "acquirer.store.audit_effects_of_merchant": AUDIT,
    "services.api.store.audit_counts": AUDIT,
    "services.api.store.audit_currencies": AUDIT,
    "services.api.store.audit_postings": AUDIT,
    "services.api.store.audit_payments": AUDIT,
    "services.api.store.audit_ledger": AUDIT,
    "services.api.store.audit_refunds_by_payment": AUDIT,
    "services.api.store.audit_refunds": AUDIT,
    "services.api.store.audit_open_commands": AUDIT,
    "services.api.store.audit_orders": AUDIT,
    "services.api.store.audit_payments_by_order": AUDIT,
    "services.api.store.audit_events": AUDIT,
    "services.api.store.audit_published": AUDIT,
    "services.api.store.audit_positions": AUDIT,
    "services.notifier.store.audit_messages": AUDIT,
    "services.notifier.store.audit_messages_of_merchant": AUDIT,
    "services.processor.store.audit_attempts": AUDIT,
    "services.processor.store.audit_attempts_of_merchant": AUDIT,
    "services.refunder.store.audit_executions": AUDIT,
    "services.refunder.store.audit_executions_of_merchant": AUDIT,
}
"""The queries whose purpose it is to read whole tables, each with its reason."""


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
    found: dict[str, set[str]] = defaultdict(set)
    for one in queries.owned():
        connection = await as_role(one.role)
        plan = await explain(connection, one.query)
        found[f"{one.home}.{one.query.name}"] |= (await Schema.of(connection)).whole_reads(plan)
    wrong = {name: sorted(reads) for name, reads in found.items() if reads and name not in READS_EVERYTHING}
    assert not wrong
    assert not [name for name in READS_EVERYTHING if not found[name]], "excused without need"
