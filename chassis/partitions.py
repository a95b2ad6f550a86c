"""Time partitions of tables whose ids are time-ordered: made ahead by the `migrate` verb, which owns the tables.

Partitioning is by RANGE(id), so a primary key on id stays unique across partitions. Rows beyond the
last partition land in the default one: nothing is refused because nobody ran `migrate` for a year.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import structlog

from chassis.pg import Connection

log = structlog.get_logger()

QUARTERS_AHEAD = 4


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table partitioned by RANGE(id); `floor` gives the smallest id of an instant.

    A table whose ids have several prefixes is named once per prefix, each with a `label` for its partitions.
    `append_only_for` names the role that may neither change nor delete rows; a partition has grants of its own.
    """

    name: str
    floor: Callable[[datetime], str]
    append_only_for: str | None = None
    label: str = ""


def quarter_start(year: int, quarter: int) -> datetime:
    """The first instant of a quarter, counted from 0; a quarter beyond 3 rolls into the years after."""
    return datetime(year + quarter // 4, quarter % 4 * 3 + 1, 1, tzinfo=UTC)


async def ensure_partitions(connection: Connection, tables: Sequence[PartitionedTable]) -> None:
    """Create the partitions of this quarter and the QUARTERS_AHEAD next, where they are missing."""
    today = datetime.now(UTC)
    current = (today.month - 1) // 3
    for table in tables:
        for ahead in range(QUARTERS_AHEAD + 1):
            start = quarter_start(today.year, current + ahead)
            end = quarter_start(today.year, current + ahead + 1)
            label = f"_{table.label}" if table.label else ""
            name = f"{table.name}{label}_{start.year}q{(start.month - 1) // 3 + 1}"
            if await connection.fetchval("SELECT to_regclass($1) IS NULL", name):
                await _create(connection, table, name, start, end)


async def _create(connection: Connection, table: PartitionedTable, name: str, start: datetime, end: datetime) -> None:
    # DDL takes no parameters; the bounds are ids of our own making.
    bounds = f"FROM ('{table.floor(start)}') TO ('{table.floor(end)}')"
    try:
        await connection.execute(f"CREATE TABLE {name} PARTITION OF {table.name} FOR VALUES {bounds}")
    except asyncpg.CheckViolationError:
        # The default partition already holds rows of that time: they stay there, correct and a little slower.
        log.warning("partition.skipped", table=table.name, partition=name)
        return
    if table.append_only_for is not None:
        await connection.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {table.append_only_for}")
