"""Totals that never scan history: insert-only deltas per batch, folded in the background, read as fold plus tail."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from chassis import changes
from chassis.changes import Change
from chassis.pg import Connection
from chassis.sql import Queries

queries = Queries(Path(__file__).with_name("sql") / "counts.sql")

FOLD_STEP_ROWS = 5000
HOURS: Final = "hour/"
"""How the kinds begin that count what happened in an hour, rather than what there is."""

Deltas = Mapping[tuple[str, str, str], int]
"""(tenant, kind, status) to how many more, or fewer, there are."""


def added(deltas: Deltas) -> list[Change]:
    """What a batch changed, to be written in its transaction."""
    return changes.of_rows(queries.insert_count_deltas, [(*key, delta) for key, delta in deltas.items() if delta])


async def add(connection: Connection, deltas: Deltas) -> None:
    """The same, written at once."""
    await changes.write(connection, added(deltas))


async def total(connection: Connection, tenant: str, kind: str, statuses: Collection[str] | None = None) -> int:
    """How many a tenant has, of some statuses or of all; exact."""
    wanted = None if statuses is None else list(statuses)
    count: int = await queries.count_of_tenant.value(connection, tenant=tenant, kind=kind, statuses=wanted)
    return count


async def of_tenant(connection: Connection, tenant: str, kind: str) -> dict[str, int]:
    """How many a tenant has of each status, as of one instant."""
    rows = await queries.counts_of_tenant.rows(connection, tenant=tenant, kind=kind)
    return {row["status"]: row["total"] for row in rows}


async def between(connection: Connection, tenant: str, begin: datetime, end: datetime) -> dict[tuple[str, str], int]:
    """What happened to a tenant in the hours from `begin` to `end` (exclusive), by `hour_of` and status."""
    rows = await queries.counts_between.rows(connection, tenant=tenant, low=hour_of(begin), high=hour_of(end))
    return {(row["kind"], row["status"]): row["total"] for row in rows}


def hour_of(at: datetime) -> str:
    """The kind under which is counted what happened in the hour of this instant (UTC); hours sort by time."""
    return f"{HOURS}{at:%Y-%m-%dT%H}"


async def everything(connection: Connection) -> dict[tuple[str, str, str], int]:
    """Every count of what there is, of every tenant, as of one instant: for an audit."""
    return {
        (row["tenant"], row["kind"], row["status"]): row["total"]
        for row in await queries.all_counts.rows(connection, hours=HOURS)
    }


async def by_status(connection: Connection, kind: str) -> dict[str, int]:
    """How many all tenants have together, by status."""
    return {row["status"]: row["total"] for row in await queries.counts_by_status.rows(connection, kind=kind)}


async def fold(connection: Connection) -> bool:
    """Fold the oldest deltas; a step of a sweep. One step a turn: what is left is read as the tail."""
    await queries.fold_counts.run(connection, limit=FOLD_STEP_ROWS)
    return False
