"""What pgbench writes for the benchmark's baseline is what a payment writes: as many rows, and nearly as many bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg

from chassis.runtime import Runtime
from deploy.databases import Database
from services.api.seed import seed
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, serving, settings_of
from tests.load.orders import make_orders
from tests.load.pgbench import ONE_STATEMENT, ROWS, run, share_orders

ASIDE: Final = {"request_log", "api_keys", "bench_orders"}
"""Written apart from any payment, now and then; and pgbench's own."""

TABLES: Final = """
SELECT relname::text AS name FROM pg_class
WHERE relnamespace = 'api'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1
"""
ORDERS: Final = 10
KEY: Final = "bench-18a2c5e3f4b6d788-0-123456"
"""As the generator makes them."""

BYTES_TOLERANCE: Final = 0.03

Rows = dict[str, tuple[int, int]]
"""By table: how many, and their bytes."""

SINCE: Final = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
"""The number of the next transaction, at least."""

WRITTEN: Final = """
SELECT count(*) AS rows, coalesce(sum(pg_column_size(t.*)), 0) AS bytes
FROM api.{} AS t WHERE xmin::text::bigint >= $1
"""


async def rows_of(database: asyncpg.Connection, since: int) -> Rows:
    """What transactions from this number on have left, in every table that they have written."""
    found = {}
    for [name] in await database.fetch(TABLES):
        [row] = await database.fetch(WRITTEN.format(name), since)
        if row["rows"] and name not in ASIDE:
            found[name] = row["rows"], row["bytes"]
    return found


async def by_pgbench(connection: asyncpg.Connection, database: Database, script: Path) -> Rows:
    """One transaction of a script."""
    since = await connection.fetchval(SINCE)
    await run(database.dsn("api"), script, "-t", "1", clients=1, orders=ORDERS)
    return await rows_of(connection, since)


async def by_the_api(connection: asyncpg.Connection, database: Database) -> Rows:
    """One payment over HTTP."""
    settings = settings_of(database)
    await seed(settings)
    [order_id] = await make_orders(connection, 1)
    runtime: Runtime[Settings] = await Runtime.start("api", settings, topics=[])
    since = await connection.fetchval(SINCE)
    async with serving(runtime) as client:
        body = {"order_id": order_id, "method": "upi", "vpa": "success@bank"}
        async with client.post("/api/v1/payments", json=body, headers={**HEADERS, "Idempotency-Key": KEY}) as response:
            assert response.status == 201, await response.text()
        found = await rows_of(connection, since)
    await runtime.pool.close()
    return found


async def test_the_baseline_writes_what_a_payment_writes(fresh_database: Callable[..., Database]) -> None:
    database = fresh_database("api")
    connection = await asyncpg.connect(database.admin_url, timeout=10, command_timeout=60)
    try:
        ours = await by_the_api(connection, database)
        await share_orders(connection, ORDERS)
        for script in (ROWS, ONE_STATEMENT):
            theirs = await by_pgbench(connection, database, script)
            assert theirs.keys() == ours.keys(), "the same tables"
            differ = {name: (theirs[name], ours[name]) for name in ours if not alike(theirs[name], ours[name])}
            assert not differ, f"{script.name}, pgbench's and ours: {differ}"
    finally:
        await connection.close()


def alike(theirs: tuple[int, int], ours: tuple[int, int]) -> bool:
    """As many rows, about as many bytes."""
    return theirs[0] == ours[0] and abs(theirs[1] - ours[1]) <= BYTES_TOLERANCE * ours[1]
