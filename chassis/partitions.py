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
QUARTER_MONTHS = 3


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table partitioned by RANGE(id); `floor` gives the smallest id of an instant.

    A table whose ids have several prefixes is named once per prefix, each with a `label` for its partitions.
    `append_only_for` names the role that may neither change nor delete rows; a partition has grants of its own.
    `months` is how much time a partition holds: a quarter, or 1 where old partitions are dropped.
    """

    name: str
    floor: Callable[[datetime], str]
    append_only_for: str | None = None
    label: str = ""
    months: int = QUARTER_MONTHS

    def partition_of(self, start: datetime) -> str:
        """The name of the partition that begins then."""
        label = f"_{self.label}" if self.label else ""
        if self.months == QUARTER_MONTHS:
            return f"{self.name}{label}_{start.year}q{(start.month - 1) // QUARTER_MONTHS + 1}"
        return f"{self.name}{label}_{start.year}m{start.month:02}"


def month_start(year: int, month: int) -> datetime:
    """The first instant of a month, counted from 0; a month beyond 11 rolls into the years after."""
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def quarter_start(year: int, quarter: int) -> datetime:
    """The first instant of a quarter, counted from 0; a quarter beyond 3 rolls into the years after."""
    return month_start(year, quarter * QUARTER_MONTHS)


async def ensure_partitions(connection: Connection, tables: Sequence[PartitionedTable]) -> None:
    """Create the partitions from now to the end of the QUARTERS_AHEAD next quarters, where they are missing."""
    today = datetime.now(UTC)
    this_month = today.month - 1
    until = (this_month // QUARTER_MONTHS + QUARTERS_AHEAD + 1) * QUARTER_MONTHS
    for table in tables:
        for month in range(this_month - this_month % table.months, until, table.months):
            start, end = month_start(today.year, month), month_start(today.year, month + table.months)
            name = table.partition_of(start)
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
    except asyncpg.InvalidObjectDefinitionError:
        return  # that time lies in a partition of a quarter, made when the table's were longer
    if table.append_only_for is not None:
        await connection.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {table.append_only_for}")
