"""`make bench-growth`: what a read costs with 1,000 payments and with 1,000,000, side by side.

Two databases with the same kind of history (tests/load/history.sql), one a thousand times as long, in the partitions
that it would have been written into. The api's HTTP runs in this process; each request is repeated in turns on both.
Measured are the median time, the CPU of this process and of its Postgres backends (needs /proc), and the shared buffers
that its statements touch. DATABASE_URL names a superuser's server on this machine; without it one is started.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson
from aiohttp.test_utils import TestClient

from chassis.partitions import quarter_start
from chassis.runtime import Runtime
from chassis.sql import Queries
from deploy.databases import Database, Databases
from deploy.testing import new_config, running
from services.api.app import PARTITIONED, migrate
from services.api.seed import SEED_MERCHANT_ID, seed
from services.api.settings import Settings
from services.api.tests.conftest import HEADERS, serving, settings_of

UNLIMITED: Final = {"api_key_cache_s": 1.0, "rate_limit_per_s": 1_000_000}
SMALL: Final = 1000
PER_DAY: Final = 1000
PAGE_ROWS: Final = 10
DEEP_PAGE: Final = 10_000
ROUND: Final = 20
"""Requests on one database before it is the other's turn."""

BAR: Final = 1.5

queries = Queries(Path(__file__).with_name("history.sql"))


@dataclass
class Cost:
    """What the repetitions of one request cost on one database."""

    times_s: list[float] = field(default_factory=list)
    cpus_s: list[float] = field(default_factory=list)
    buffers: int = 0

    @property
    def time_ms(self) -> float:
        """The median."""
        return statistics.median(self.times_s) * 1000

    @property
    def cpu_ms(self) -> float:
        """The median, of this process and of Postgres together."""
        return statistics.median(self.cpus_s) * 1000


class Subject:
    """A filled database with the api's HTTP before it."""

    def __init__(self, client: TestClient[Any, Any], owner: asyncpg.Connection, runtime: Runtime[Settings]) -> None:
        self._client = client
        self._owner = owner
        self._runtime = runtime
        self._pids: list[int] = []
        self.paths: dict[str, str] = {}

    async def prepare(self, size: int) -> None:
        """Choose what to ask for, and look who serves it."""
        deep = min((DEEP_PAGE - 1) * PAGE_ROWS, size // 2 - 2 * PAGE_ROWS)
        row = await queries.sample.row(self._owner, merchant_id=SEED_MERCHANT_ID, deep=deep)
        assert row is not None
        self.paths = paths(dict(row))
        await self.ask("list, page 1")
        self._pids = [row["pid"] for row in await queries.backend_pids.rows(self._owner)]

    async def ask(self, name: str) -> Any:
        """One answer."""
        async with self._client.get(f"/api/v1{self.paths[name]}", headers=HEADERS) as response:
            body = await response.read()
            assert response.status == 200, body
            return body

    async def measure(self, name: str, cost: Cost) -> None:
        """One repetition."""
        cpu_s, began_s = self._cpu_s(), time.perf_counter()
        await self.ask(name)
        cost.times_s.append(time.perf_counter() - began_s)
        cost.cpus_s.append(self._cpu_s() - cpu_s)

    def _cpu_s(self) -> float:
        of_postgres_ns = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self._pids)
        return time.process_time() + of_postgres_ns / 1e9

    async def buffers(self, name: str) -> int:
        """Shared buffers that the request's statements touch, each explained as it was run."""
        statements: list[tuple[str, tuple[Any, ...]]] = []
        pool: Any = self._runtime.pool
        async with AsyncExitStack() as stack:
            for holder in pool._holders:
                if holder._con is not None:
                    stack.enter_context(_noted(holder._con, statements))
            await self.ask(name)
        async with self._runtime.pool.acquire() as connection:
            return sum([await _touched(connection, text, arguments) for text, arguments in statements])


@contextmanager
def _noted(connection: Any, into: list[tuple[str, tuple[Any, ...]]]) -> Any:
    def note(record: Any) -> None:
        into.append((record.query, record.args))

    connection.add_query_logger(note)
    try:
        yield
    finally:
        connection.remove_query_logger(note)


async def _touched(connection: Any, text: str, arguments: tuple[Any, ...]) -> int:
    told = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", *arguments)
    plan = orjson.loads(told)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def paths(sample: dict[str, str]) -> dict[str, str]:
    """What is asked, by the name it has in the table."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    return {
        "list, page 1": "/payments",
        "list, page 10,000 by cursor": f"/payments?starting_after={sample['deep']}",
        "list, page 1 backwards from there": f"/payments?ending_before={sample['deep']}",
        "list by status": "/payments?status=success",
        "list by a rare status": "/payments?status=pending",
        "list by status, method, last day": f"/payments?status=success&method=card&created_from={yesterday}",
        "list of orders": "/orders",
        "list of refunds": "/refunds",
        "search by a card's last four": f"/payments?last4={sample['last4']}",
        "search by VPA": f"/payments?vpa={sample['vpa']}",
        "search by receipt": f"/payments?receipt={sample['receipt']}",
        "total alone": "/payments?limit=1",
        "get a payment": f"/payments/{sample['newest']}",
        "get it with everything": f"/payments/{sample['refunded']}?expand=timeline,order,refunds",
        "balance": "/balance",
        "ledger entries": "/ledger_entries",
        "events": "/events",
        "a filter without an index or range": "/payments?method=card",
    }


UNBOUNDED: Final = ("a filter without an index or range",)
"""Here the window is the bound, not the bar: with so little history there is less to look at than it would hold."""


async def fill(owner: asyncpg.Connection, size: int) -> None:
    """The history, in the partitions of its time, vacuumed and analysed as it would be by then."""
    until = datetime.now(UTC)
    await make_partitions(owner, until - timedelta(days=size / PER_DAY), until)
    await queries.make_id_function.run(owner)
    await queries.make_plan.run(owner, size=size, until=until, big_merchant_id=SEED_MERCHANT_ID)
    for step in (
        queries.fill_orders,
        queries.fill_payments,
        queries.fill_refunds,
        queries.fill_ledger,
        queries.fill_events,
        queries.set_log_position,
        queries.fill_counts,
    ):
        await step.run(owner)
    await owner.execute("DROP TABLE plan")
    await owner.execute("VACUUM ANALYZE")


async def make_partitions(owner: asyncpg.Connection, since: datetime, until: datetime) -> None:
    """Those of the quarters past; the migration has made this one's and the next ones'."""
    first, last = (at.year * 4 + (at.month - 1) // 3 for at in (since, until))
    for number in range(first, last):
        start, end = quarter_start(number // 4, number % 4), quarter_start(number // 4, number % 4 + 1)
        for table in PARTITIONED:
            bounds = f"FROM ('{table.floor(start)}') TO ('{table.floor(end)}')"
            name = f"{table.name}_{start.year}q{number % 4 + 1}"
            await owner.execute(f"CREATE TABLE {name} PARTITION OF {table.name} FOR VALUES {bounds}")


@asynccontextmanager
async def subject(database: Database, size: int) -> AsyncIterator[Subject]:
    """A database of this size with its api."""
    settings = settings_of(database).model_copy(update=UNLIMITED)
    await migrate(settings)
    await seed(settings)
    owner = await asyncpg.connect(database.dsn("api_owner"), timeout=10, command_timeout=3600)
    began_s = time.monotonic()
    await fill(owner, size)
    print(f"{size} payments in {database.name}, filled in {time.monotonic() - began_s:.0f} s", flush=True)
    runtime = await Runtime.start("api", settings, topics=[])
    async with serving(runtime) as client:
        made = Subject(client, owner, runtime)
        await made.prepare(size)
        yield made
    await owner.close()
    await runtime.pool.close()


async def compare(admin_url: str, size: int, repetitions: int, keep: bool) -> str:
    """The table, in Markdown."""
    databases = Databases(admin_url)
    try:
        async with (
            subject(databases.make(), SMALL) as small,
            subject(databases.make(), size) as large,
        ):
            lines = [
                f"| request | CPU, ms: {SMALL:,} | {size:,} | ratio | time, ms: {SMALL:,} | {size:,}"
                f" | buffers: {SMALL:,} | {size:,} | ratio |",
                "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
            ]
            for name in small.paths:
                costs = Cost(), Cost()
                for turn in range(repetitions // ROUND + 1):
                    for one, cost in zip((small, large), costs, strict=True):
                        for _ in range(ROUND):
                            await one.measure(name, cost if turn else Cost())
                for one, cost in zip((small, large), costs, strict=True):
                    cost.buffers = await one.buffers(name)
                lines.append(row_of(name, *costs))
                print(lines[-1], flush=True)
            return "\n".join(lines)
    finally:
        if not keep:
            databases.drop_all()


def row_of(name: str, small: Cost, large: Cost) -> str:
    """A line of the table."""
    ratio, of_buffers = large.cpu_ms / small.cpu_ms, large.buffers / max(small.buffers, 1)
    over = "" if name in UNBOUNDED or ratio <= BAR else " (!)"
    return (
        f"| {name} | {small.cpu_ms:.2f} | {large.cpu_ms:.2f} | {ratio:.2f}{over}"
        f" | {small.time_ms:.2f} | {large.time_ms:.2f} | {small.buffers} | {large.buffers} | {of_buffers:.2f} |"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--keep", action="store_true", help="leave the databases there")
    arguments = parser.parse_args()
    given = os.environ.get("DATABASE_URL")
    if given:
        print(asyncio.run(compare(given, arguments.size, arguments.repetitions, arguments.keep)))
        return
    with running(new_config(kafka=False)) as stack:
        print(asyncio.run(compare(stack.admin_url, arguments.size, arguments.repetitions, arguments.keep)))


if __name__ == "__main__":
    main()
