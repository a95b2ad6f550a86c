"""What is wrong with a query plan: the nodes that read a growing table, or an index of it, from end to end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from chassis.pg import Connection
from chassis.sql import Query

SMALL: Final = {
    "relay_state": "one row",
    "consumer_offset": "a row per partition consumed",
    "job_total": "a row per slot",
    "schema_migration": "a row per migration",
}
"""Tables whose size has nothing to do with traffic; every other one grows."""

Plan = Mapping[str, Any]

_TABLES: Final = """
SELECT c.relname AS name, coalesce(parent.relname, c.relname) AS table_name
FROM pg_class AS c
LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""
_PARTIAL: Final = """
SELECT c.relname FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND i.indpred IS NOT NULL
"""


@dataclass(frozen=True)
class Schema:
    """What the judge of plans must know: whose partition a table is, and which indexes cover only some rows."""

    tables: Mapping[str, str]
    partial_indexes: frozenset[str]

    @classmethod
    async def of(cls, connection: Connection) -> "Schema":
        """The schema that this role works in."""
        tables = {row["name"]: row["table_name"] for row in await connection.fetch(_TABLES)}
        partial = frozenset(row["relname"] for row in await connection.fetch(_PARTIAL))
        return cls(tables, partial)

    def whole_reads(self, plan: Plan) -> set[str]:
        """Sentences about what a plan reads from end to end; empty for a plan whose cost does not grow."""
        return set(self._judged(plan, bounded=False))

    def _judged(self, node: Plan, *, bounded: bool) -> Iterator[str]:
        kind = node["Node Type"]
        table = self.tables.get(node.get("Relation Name", ""))
        if table is not None and table not in SMALL:
            if kind == "Seq Scan" and not (bounded and "Filter" not in node):
                yield f"reads the table {table}"
            elif kind in ("Index Scan", "Index Only Scan") and not self._selective(node, bounded=bounded):
                yield f"reads all of an index of {table}"
        if kind == "Bitmap Index Scan" and not self._selective(node, bounded=False):
            yield f"reads all of the index {node['Index Name']}"
        # A Limit bounds what feeds it a row at a time; a sort or an aggregate reads its input whole first.
        passes_rows_on = kind in ("Limit", "Append", "Merge Append", "LockRows", "Subquery Scan", "Result")
        for child in node.get("Plans", ()):
            yield from self._judged(child, bounded=kind == "Limit" or (bounded and passes_rows_on))

    def _selective(self, node: Plan, *, bounded: bool) -> bool:
        """It looks something up, or covers only rows that wait, or stops at a limit."""
        return "Index Cond" in node or node["Index Name"] in self.partial_indexes or (bounded and "Filter" not in node)


async def explain(connection: Connection, query: Query) -> Plan:
    """The generic plan, every partition in it: pruning would hide those that NULL arguments rule out."""
    async with connection.transaction():
        await connection.execute(
            "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_partition_pruning = off"
        )
        await connection.execute(f"PREPARE explained AS {query.text}")
        try:
            arguments = f"({', '.join('NULL' for _ in query.params)})" if query.params else ""
            told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE explained{arguments}")
        finally:
            await connection.execute("DEALLOCATE explained")
    plan: Plan = orjson.loads(told)[0]["Plan"]
    return plan
