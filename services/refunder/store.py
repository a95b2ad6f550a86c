"""The only module of the refunder that runs SQL: executions, in batches."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chassis.pg import Connection, columns
from chassis.sql import Queries
from services.refunder.state import Execution

queries = Queries(Path(__file__).with_name("sql") / "queries.sql")


async def add_executions(connection: Connection, executions: Sequence[Execution], at: datetime) -> set[str]:
    """Insert those that are not there yet; their ids."""
    rows = [
        (e.id, e.payment_id, e.merchant_id, e.kind, e.amount_minor, e.currency, e.test_card, e.traceparent)
        for e in executions
    ]
    ids, payment_ids, merchant_ids, kinds, amounts, currencies, test_cards, traces = columns(rows, 8)
    added = await queries.add_executions.rows(
        connection,
        ids=ids,
        payment_ids=payment_ids,
        merchant_ids=merchant_ids,
        kinds=kinds,
        amounts=amounts,
        currencies=currencies,
        test_cards=test_cards,
        traceparents=traces,
        created_at=at,
    )
    return {row["id"] for row in added}


async def load_executions(connection: Connection, ids: Sequence[str]) -> list[Execution]:
    """Executions by id, in no order."""
    return [Execution(**dict(row)) for row in await queries.load_executions.rows(connection, ids=list(ids))]


async def end_executions(connection: Connection, ended: Sequence[Execution], at: datetime) -> set[str]:
    """Write outcomes; the ids of those that had none before."""
    rows = [(e.id, e.outcome, e.error_code, e.description) for e in ended]
    ids, outcomes, codes, texts = columns(rows, 4)
    written = await queries.end_executions.rows(
        connection, ids=ids, outcomes=outcomes, error_codes=codes, descriptions=texts, ended_at=at
    )
    return {row["id"] for row in written}
