"""No statement reads a growing table from end to end, not even by a plan that was made while the table was empty."""

import re

from chassis.runtime import Runtime
from services.notifier.settings import Settings
from services.notifier.store import queries

SCAN = re.compile(r"Seq Scan on (message|delivery|attempt)_(default|\d{4}(q\d|m\d\d))")


async def test_every_query_goes_by_an_index(runtime: Runtime[Settings]) -> None:
    async with runtime.pool.acquire() as connection:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        for query in queries:
            await connection.execute(f"PREPARE {query.name} AS {query.text}")
            nulls = ", ".join("NULL" for _ in query.params)
            rows = await connection.fetch(f"EXPLAIN EXECUTE {query.name}{f'({nulls})' if nulls else ''}")
            plan = "\n".join(row[0] for row in rows)
            assert not SCAN.search(plan), f"{query.name}\n{plan}"
