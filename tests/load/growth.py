"""What a request costs with 1,000 payments and with 1,000,000, side by side (`make bench only=growth`).

Two databases with the same kind of history (tests/load/history.sql), one a thousand times as long, in the partitions
that it would have been written into. The api's HTTP runs in this process; each request is repeated in turns on both.
Measured are the shared buffers that its statements touch (EXPLAIN ANALYZE, BUFFERS), and the median CPU of its
Postgres backends and of everything with the api's process (needs /proc). DATABASE_URL names a superuser's server on
this machine; without it one is started.
"""

import asyncio
import os
import secrets
import statistics
import time
from collections.abc import AsyncIterator, Iterator
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
from tests.load.orders import make_orders

UNLIMITED: Final = {"api_key_cache_s": 1.0, "rate_limit_per_s": 1_000_000}
SMALL: Final = 1000
PER_DAY: Final = 1000
PAGE_ROWS: Final = 10
DEEP_PAGE: Final = 10_000
ROUND: Final = 20
"""Requests on one database before it is the other's turn."""

VACUUMS_MAX: Final = 100

SMALL_MERCHANT_ID: Final = "merchant-03"
"""It has one of 380 payments."""

BAR: Final = 1.5
CHANGED: Final = 600
"""Orders and payments that there are to be paid and given back: no repetition changes what another one did."""

POST_PAYMENT: Final = "POST a payment"
POST_REFUND: Final = "POST a refund"
COMPARED: Final = ("buffers", "Postgres' CPU, ms", "all CPU, ms")
LAST: Final = "buffers, small merchant"

ASIDE: Final = ("INSERT", "WITH RECURSIVE typeinfo_tree")
"""What is no part of a read: the use of its key, now and then, and what asyncpg asks a connection about a type that
it has not met there before."""

queries = Queries(Path(__file__).with_name("history.sql"))


@dataclass
class Cost:
    """What the repetitions of one request cost on one database: CPU of Postgres' backends, and of everything."""

    of_postgres_s: list[float] = field(default_factory=list)
    cpus_s: list[float] = field(default_factory=list)
    buffers: int = 0

    @property
    def of_postgres_ms(self) -> float:
        """The median."""
        return statistics.median(self.of_postgres_s) * 1000

    @property
    def cpu_ms(self) -> float:
        """The median, of Postgres and of this process: the api, and the client that asks it."""
        return statistics.median(self.cpus_s) * 1000


class Subject:
    """A filled database with the api's HTTP before it."""

    def __init__(self, client: TestClient[Any, Any], owner: asyncpg.Connection, runtime: Runtime[Settings]) -> None:
        self._client = client
        self._owner = owner
        self._runtime = runtime
        self._pids: list[int] = []
        self.paths: dict[str, str] = {}
        """What is asked for, by the name it has in the table."""

        self.changes: dict[str, Iterator[tuple[str, Any]]] = {}
        """What is changed: the path and the body of each next time."""

    async def prepare(self, size: int) -> None:
        """Choose what to ask for."""
        deep = min((DEEP_PAGE - 1) * PAGE_ROWS, size // 2 - 2 * PAGE_ROWS)
        row = await queries.sample.row(self._owner, merchant_id=SEED_MERCHANT_ID, deep=deep)
        assert row is not None
        self.paths = paths(dict(row))
        orders = await make_orders(self._owner, CHANGED)
        payments = await queries.refundable.rows(self._owner, merchant_id=SEED_MERCHANT_ID, limit=CHANGED)
        self.changes = {
            POST_PAYMENT: (("/payments", {"order_id": id_, "method": "upi", "vpa": "success@bank"}) for id_ in orders),
            POST_REFUND: ((f"/payments/{row['id']}/refunds", {"amount": 100}) for row in payments),
        }
        async with AsyncExitStack() as stack:  # so that no request gets a connection that is not looked at
            for _ in range(self._runtime.pool.get_max_size()):
                await stack.enter_async_context(self._runtime.pool.acquire())

    async def ask(self, name: str) -> Any:
        """One answer."""
        async with self._client.get(f"/api/v1{self.paths[name]}", headers=HEADERS) as response:
            body = await response.read()
            assert response.status == 200, body
            return body

    async def change(self, name: str) -> None:
        """The next change of this kind, with an Idempotency-Key of its own."""
        path, body = next(self.changes[name])
        keyed = {**HEADERS, "Idempotency-Key": secrets.token_hex(8)}
        async with self._client.post(f"/api/v1{path}", headers=keyed, json=body) as response:
            assert response.status == 201, await response.text()

    async def look_who_serves(self) -> None:
        """The processes whose CPU is counted from now on: the pool may have got another one."""
        self._pids = [row["pid"] for row in await queries.backend_pids.rows(self._owner)]

    async def measure(self, name: str, cost: Cost) -> None:
        """One repetition."""
        of_postgres_s, own_s = self._of_postgres_s(), time.process_time()
        await (self.ask(name) if name in self.paths else self.change(name))
        own_s, of_postgres_s = time.process_time() - own_s, self._of_postgres_s() - of_postgres_s
        cost.of_postgres_s.append(of_postgres_s)
        cost.cpus_s.append(of_postgres_s + own_s)

    def _of_postgres_s(self) -> float:
        return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in self._pids) / 1e9

    async def buffers(self, name: str, whose: str = SEED_MERCHANT_ID) -> int:
        """Shared buffers that the statements of a request touch, explained as they were run, or as another's."""
        statements: list[tuple[str, tuple[Any, ...]]] = []
        pool: Any = self._runtime.pool
        async with AsyncExitStack() as stack:
            for holder in pool._holders:
                if holder._con is not None:
                    stack.enter_context(_noted(holder._con, statements))
            await self.ask(name)
        async with self._runtime.pool.acquire() as connection:
            return sum([await _touched(connection, text, _as(whose, arguments)) for text, arguments in statements])


@contextmanager
def _noted(connection: Any, into: list[tuple[str, tuple[Any, ...]]]) -> Any:
    def note(record: Any) -> None:
        if not record.query.lstrip().startswith(ASIDE):
            into.append((record.query, record.args))

    connection.add_query_logger(note)
    try:
        yield
    finally:
        connection.remove_query_logger(note)


def _as(merchant_id: str, arguments: tuple[Any, ...]) -> list[Any]:
    return [merchant_id if one == SEED_MERCHANT_ID else one for one in arguments]


async def _touched(connection: Any, text: str, arguments: list[Any]) -> int:
    """Of the plan that runs: EXPLAIN of a text with arguments would plan for just these."""
    await connection.execute(f"PREPARE explained AS {text}")
    given = f"({', '.join(map(_literal, arguments))})" if arguments else ""
    explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE explained{given}"
    [explained] = orjson.loads(await connection.fetchval(explain))
    await connection.execute("DEALLOCATE explained")
    return int(explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"])


def _literal(value: Any) -> str:
    """In SQL; of no type, so that it gets the parameter's."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    if isinstance(value, list):
        value = "{" + ", ".join(f'"{one}"' for one in value) + "}"
    return "'" + str(value).replace("'", "''") + "'"


def paths(sample: dict[str, str]) -> dict[str, str]:
    """What is asked, by the name it has in the table."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat().replace("+00:00", "Z")
    return {
        "list, page 1": "/payments",
        "list, page 10,000 by cursor": f"/payments?starting_after={sample['deep']}",
        "list, page 1 backwards from there": f"/payments?ending_before={sample['deep']}",
        "list, the oldest first": "/payments?sort=created_at",
        "list, the oldest first from there": f"/payments?sort=created_at&starting_after={sample['deep']}",
        "list by status": "/payments?status=success",
        "list by a rare status": "/payments?status=pending",
        "list by status, method, last day": f"/payments?status=success&method=card&created_from={yesterday}",
        "list of orders": "/orders",
        "list of refunds": "/refunds",
        "search by a card's last four": f"/payments?last4={sample['last4']}",
        "search by VPA": f"/payments?vpa={sample['vpa']}",
        "search by receipt": f"/payments?receipt={sample['receipt']}",
        "get a payment": f"/payments/{sample['newest']}",
        "get it with everything": f"/payments/{sample['refunded']}?expand=timeline,order,refunds",
        "balance": "/balance",
        "ledger entries": "/ledger_entries",
        "events": "/events",
        "events, the oldest first": "/events?sort=created_at",
        "events of a type": "/events?type=payment.success",
        "events of a payment": f"/events?payment_id={sample['refunded']}",
        "a filter without an index or range": "/payments?method=card",
    }


async def fill(owner: asyncpg.Connection, size: int, per_day: int) -> None:
    """The history, in the partitions of its time, vacuumed and analysed as it would be by then."""
    until = datetime.now(UTC)
    await make_partitions(owner, until - timedelta(days=size / per_day), until)
    await queries.make_id_function.run(owner)
    await queries.make_plan.run(owner, size=size, until=until, big_merchant_id=SEED_MERCHANT_ID, per_day=per_day)
    for step in (
        queries.fill_orders,
        queries.fill_payments,
        queries.fill_refunds,
        queries.fill_ledger,
        queries.fill_events,
        queries.set_log_position,
        queries.fill_counts,
        queries.fill_requests,
    ):
        await step.run(owner)
    await owner.execute("DROP TABLE plan")
    await owner.execute("VACUUM ANALYZE")
    for _ in range(VACUUMS_MAX):
        if await queries.is_log_vacuumed.value(owner):
            return
        await asyncio.sleep(0.1)
        await owner.execute("VACUUM event_log")
    raise RuntimeError("somebody holds a snapshot: the log of events can't be vacuumed")


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
async def subject(database: Database, size: int, per_day: int = PER_DAY) -> AsyncIterator[Subject]:
    """A database of this size with its api."""
    settings = settings_of(database).model_copy(update=UNLIMITED)
    await migrate(settings)
    await seed(settings)
    owner = await asyncpg.connect(database.dsn("api_owner"), timeout=10, command_timeout=3600)
    began_s = time.monotonic()
    await fill(owner, size, per_day)
    print(f"{size} payments in {database.name}, filled in {time.monotonic() - began_s:.0f} s", flush=True)
    runtime = await Runtime.start("api", settings, topics=[])
    async with serving(runtime) as client:
        made = Subject(client, owner, runtime)
        await made.prepare(size)
        yield made
    await owner.close()
    await runtime.pool.close()


@dataclass(frozen=True, slots=True)
class Compared:
    """One request on the short and on the long history; `of_small_merchant`: the buffers that the same touches in the
    long one for a small merchant. A change has no buffers: explaining it would make it again."""

    name: str
    small: Cost
    large: Cost
    of_small_merchant: int = 0

    @property
    def ratio(self) -> float:
        """By all CPU."""
        return self.large.cpu_ms / self.small.cpu_ms

    def __str__(self) -> str:
        """A line of the table, in Markdown."""
        small, large = self.small, self.large
        pairs = [(small.of_postgres_ms, large.of_postgres_ms), (small.cpu_ms, large.cpu_ms)]
        buffers = _compared(small.buffers, large.buffers) if large.buffers else "| | "
        told = " | ".join([buffers, *(_compared(*pair) for pair in pairs)])
        return f"| {self.name} | {told} | {self.of_small_merchant or ''} |"


async def compare(admin_url: str, size: int, repetitions: int) -> list[Compared]:
    """Told as a table while it goes on."""
    databases = Databases(admin_url)
    try:
        async with (
            subject(databases.make(), SMALL) as small,
            subject(databases.make(), size) as large,
        ):
            print(f"| request | {' | '.join(f'{what}: {SMALL:,} | {size:,} | ratio' for what in COMPARED)} | {LAST} |")
            print(f"|---|{'--:|' * 10}", flush=True)
            found = []
            for name in small.paths:
                costs = await _in_turns(small, large, name, repetitions)
                for one, cost in zip((small, large), costs, strict=True):
                    cost.buffers = await one.buffers(name)
                found.append(Compared(name, *costs, await large.buffers(name, SMALL_MERCHANT_ID)))
                print(found[-1], flush=True)
            for name in small.changes:
                found.append(Compared(name, *await _in_turns(small, large, name, repetitions)))
                print(found[-1], flush=True)
            return found
    finally:
        databases.drop_all()


async def _in_turns(small: Subject, large: Subject, name: str, repetitions: int) -> tuple[Cost, Cost]:
    """The first turn warms and does not count."""
    costs = Cost(), Cost()
    for turn in range(repetitions // ROUND + 1):
        for one, cost in zip((small, large), costs, strict=True):
            await one.look_who_serves()
            for _ in range(ROUND):
                await one.measure(name, cost if turn else Cost())
    return costs


def _compared(small: float, large: float) -> str:
    """Both, and how many times as much it is; (!) beyond the bar."""
    ratio = large / max(small, 1e-9)
    shown = [f"{one}" if isinstance(one, int) else f"{one:.2f}" for one in (small, large)]
    return f"{' | '.join(shown)} | {ratio:.2f}{' (!)' if ratio > BAR else ''}"


async def measure(size: int, repetitions: int) -> list[Compared]:
    """On the server that DATABASE_URL names, or on one of our own."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return await compare(given, size, repetitions)
    life = running(new_config(kafka=False))
    stack = await asyncio.to_thread(life.__enter__)
    try:
        return await compare(stack.admin_url, size, repetitions)
    finally:
        await asyncio.to_thread(life.__exit__, None, None, None)
