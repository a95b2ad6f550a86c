"""Tables that only grow are partitioned by time, with room for the time ahead and for whatever else comes."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import pytest

from chassis.partitions import PartitionedTable, quarter_start
from deploy.schemas import SCHEMAS
from tests.architecture.conftest import Connect
from tests.architecture.plans import SMALL
from tests.architecture.tables import DECLARED, UNPARTITIONED

BOUNDS: Final = re.compile(r"FOR VALUES FROM \('([^']+)'\) TO \('([^']+)'\)")

_PARENTS: Final = """
SELECT relname AS name, relkind = 'p' AS partitioned FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
_PARTITIONS: Final = """
SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass($1)
"""


def test_every_schema_is_looked_at() -> None:
    assert set(DECLARED) == set(SCHEMAS)


@pytest.mark.parametrize("role", SCHEMAS)
async def test_a_table_is_partitioned_or_there_is_a_reason_why_not(as_role: Connect, role: str) -> None:
    tables = await (await as_role(role)).fetch(_PARENTS)
    assert {row["name"] for row in tables if row["partitioned"]} == {table.name for table in DECLARED[role]}
    assert not {row["name"] for row in tables if not row["partitioned"]} - set(UNPARTITIONED) - set(SMALL)


@pytest.mark.parametrize(("role", "table"), [(role, table) for role, tables in DECLARED.items() for table in tables])
async def test_a_growing_table_has_room_for_this_quarter_the_next_and_the_rest(
    as_role: Connect, role: str, table: PartitionedTable
) -> None:
    rows = await (await as_role(role)).fetch(_PARTITIONS, table.name)
    bounds = {row["name"]: row["bound"] for row in rows}
    assert bounds[f"{table.name}_default"] == "DEFAULT"
    now = datetime.now(UTC)
    through = table.floor(quarter_start(now.year, (now.month - 1) // 3 + 2))
    ranges = sorted(found.groups() for bound in bounds.values() if (found := BOUNDS.fullmatch(bound)))
    ahead = [(start, end) for start, end in ranges if start < through and end > table.floor(now)]
    assert ahead
    assert ahead[0][0] <= table.floor(now)
    assert ahead[-1][1] >= through
    assert all(left[1] == right[0] for left, right in pairwise(ahead)), "a gap"
