"""No statement reads a growing table from end to end, not even by a plan that was made while the table was empty, or by
one that was made in the middle of a rush."""

import re
from typing import Any, Final

import asyncpg
import orjson
import pytest

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


RUSH: Final = """
INSERT INTO message (id, merchant_id, type, subject, sequence, body, occurred_at, created_at)
SELECT 'evt_' || lpad(n::text, 16, '0'), 'm', 'payment.success', 'pay_1', 1, '', now(), now()
FROM generate_series(1, $1::int) AS n
"""
QUEUE: Final = """
INSERT INTO delivery (id, message_id, endpoint_id, merchant_id, event_type, status, run, attempts, next_attempt_at,
                      queued, created_at)
SELECT 'whd_' || lpad(n::text, 16, '0'), 'evt_' || lpad(n::text, 16, '0'), 'we_1', 'm', 'payment.success', 'pending', 1,
       0, now(), 'slot', now()
FROM generate_series(1, $1::int) AS n
"""
LEFT: Final = 5
MUCH: Final = 500
"""Blocks: rows found by their index, partition by partition, take some hundred; a walk along all of them thousands."""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("claim_queued", "'{we_1}', '{100}', 'a', now()"), ("end_unheard", "'we_1', '', 'endpoint_disabled', 100")],
)
async def test_a_queue_is_read_by_its_index_also_if_the_planner_looked_when_all_were_queued(
    runtime: Runtime[Settings], settings: Settings, name: str, arguments: str
) -> None:
    rows = 10_000
    assert settings.migrate_database_url is not None
    owner = await asyncpg.connect(settings.migrate_database_url.get_secret_value())
    try:
        await owner.execute("UPDATE endpoint SET id = 'we_1', url = NULL")
        await owner.execute(RUSH, rows)
        await owner.execute(QUEUE, rows)
        await owner.execute("ANALYZE")
        await owner.execute(
            "UPDATE delivery SET queued = NULL, status = 'success', next_attempt_at = NULL WHERE id <= $1",
            f"whd_{rows - LEFT:016}",
        )
    finally:
        await owner.close()
    async with runtime.pool.acquire() as connection:
        await connection.execute(f"PREPARE asked AS {getattr(queries, name).text}")
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE asked({arguments})"
        await connection.fetchval(explain)  # leaves the index to those who are still queued
        await connection.execute(
            "UPDATE delivery SET queued = 'slot', leased_by = NULL, lease_until = NULL WHERE lease_until IS NOT NULL"
        )
        told: list[dict[str, Any]] = orjson.loads(await connection.fetchval(explain))
        await connection.execute("DEALLOCATE asked")
    plan = told[0]["Plan"]
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < MUCH
