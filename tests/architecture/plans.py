"""What is wrong with a query plan: the nodes that read a growing table, or an index of it, from end to end."""

import re
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
    "attempt_log_start": "one row",
    "schema_migration": "a row per migration",
}
"""Tables whose size has nothing to do with traffic; every other one grows."""

READS: Final = {
    "Seq Scan": "the table",
    "Index Scan": "all of an index of",
    "Index Only Scan": "all of an index of",
    "Bitmap Index Scan": "all of an index of",
}
PASSING: Final = ("Append", "Merge Append", "LockRows", "Subquery Scan", "Result")
TENANT: Final = {"merchant_id", "tenant"}

Plan = Mapping[str, Any]

_TABLES: Final = """
SELECT c.relname AS name, coalesce(parent.relname, c.relname) AS table_name, parent.relname IS NOT NULL AS partition
FROM pg_class AS c
LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
"""
_INDEXES: Final = """
SELECT c.relname AS name, t.relname AS table_name, i.indpred IS NOT NULL AS partial
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace
"""
_COLUMN: Final = re.compile(r"\((\w+) (?:=|<|>)")


@dataclass(frozen=True)
class Schema:
    """What the judge of plans must know. `history`: tables in which one merchant's rows alone may be very many."""

    tables: Mapping[str, str]
    history: frozenset[str]
    indexes: Mapping[str, str]
    partial_indexes: frozenset[str]

    @classmethod
    async def of(cls, connection: Connection) -> "Schema":
        """The schema that this role works in."""
        tables = await connection.fetch(_TABLES)
        indexes = await connection.fetch(_INDEXES)
        return cls(
            tables={row["name"]: row["table_name"] for row in tables},
            history=frozenset({"event_log"} | {row["table_name"] for row in tables if row["partition"]}),
            indexes={row["name"]: row["table_name"] for row in indexes},
            partial_indexes=frozenset(row["name"] for row in indexes if row["partial"]),
        )

    def whole_reads(self, plan: Plan) -> dict[str, str]:
        """Table to a sentence about how a plan reads it from end to end; empty for a plan whose cost does not grow."""
        return dict(self._judged(plan, bounded=False))

    def _judged(self, node: Plan, *, bounded: bool) -> Iterator[tuple[str, str]]:
        kind = node["Node Type"]
        read = READS.get(kind)
        if read and not (bounded and kind != "Bitmap Index Scan" and "Filter" not in node):
            name = node.get("Relation Name") or self.indexes[node["Index Name"]]
            table = self.tables[name]
            columns = set(_COLUMN.findall(node.get("Index Cond", "")))
            if table not in SMALL and "Index Cond" not in node and node.get("Index Name") not in self.partial_indexes:
                yield table, f"reads {read} {table}"
            elif table in self.history and columns and columns <= TENANT:
                yield table, f"reads all that a merchant has in {table}"
        # A Limit bounds what feeds it a row at a time; a sort or an aggregate reads its input whole first.
        passes_rows_on = kind in PASSING and "Filter" not in node
        for child in node.get("Plans", ()):
            yield from self._judged(child, bounded=kind == "Limit" or (bounded and passes_rows_on))


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
