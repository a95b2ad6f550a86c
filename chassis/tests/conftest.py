"""A service of no trade in particular: its schema on a real Postgres, and topics of its own on a real Kafka."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from chassis import pg
from chassis.migrate import migrate
from chassis.pg import Pool
from chassis.tests.waiting import Watcher
from deploy.databases import Database, Databases, run_apart

SERVICE = "processor"
"""Any of the schemas would do."""

DEADLOCK_TIMEOUT_MS = 50


@dataclass(frozen=True, slots=True)
class Schema:
    """Where the tests' service keeps its rows."""

    dsn: str
    owner_dsn: str
    admin_dsn: str


@pytest.fixture(scope="session")
def schema(databases: Databases) -> Schema:
    """Migrated once; every test that asks for `pool` finds it empty."""
    database = databases.make()
    schema = schema_of(database)
    run_apart(migrate(schema.owner_dsn, service="tests", folder=Path(__file__).with_name("migrations")))
    run_apart(_find_deadlocks_soon(database))
    return schema


def schema_of(database: Database) -> Schema:
    return Schema(database.dsn(SERVICE), database.dsn(f"{SERVICE}_owner"), database.admin_url)


async def _find_deadlocks_soon(database: Database) -> None:
    connection = await asyncpg.connect(database.admin_url)
    await connection.execute(f'ALTER DATABASE "{database.name}" SET deadlock_timeout = {DEADLOCK_TIMEOUT_MS}')
    await connection.close()


@pytest_asyncio.fixture
async def empty_schema(schema: Schema) -> Schema:
    connection = await asyncpg.connect(schema.owner_dsn)
    await connection.execute(
        "TRUNCATE effect, balance, outbox, event_log, consumer_offset, idempotency_key, job, job_total, "
        "count_delta, count_total RESTART IDENTITY;"
        "UPDATE relay_state SET position = 0, cluster_id = NULL"
    )
    await connection.close()
    return schema


Rival: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest_asyncio.fixture
async def rival(empty_schema: Schema) -> AsyncIterator[Rival]:
    """Somebody else at work on the same rows; never the one whom Postgres picks to end a deadlock."""
    settings = {"search_path": SERVICE, "deadlock_timeout": "60s"}
    connection = await asyncpg.connect(empty_schema.admin_dsn, server_settings=settings)
    yield connection
    await connection.close()


PoolMaker = Callable[..., Awaitable[Pool]]


@pytest_asyncio.fixture
async def make_pool(empty_schema: Schema) -> AsyncIterator[PoolMaker]:
    """`make_pool(dsn=…, max_size=…)`: as a process of the service would have it."""
    pools: list[Pool] = []

    async def make(dsn: str | None = None, *, max_size: int = 8) -> Pool:
        pools.append(await pg.connect_pool(dsn or empty_schema.dsn, name="test", max_size=max_size))
        return pools[-1]

    yield make
    for pool in pools:
        pool.terminate()


@pytest_asyncio.fixture
async def pool(make_pool: PoolMaker) -> Pool:
    return await make_pool()


@pytest.fixture
def quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that has nothing new answers at once: after a seek, that is what a consumer waits for."""
    monkeypatch.setattr("chassis.consumer.POLL_TIMEOUT_MS", 50)


@pytest_asyncio.fixture
async def watcher(empty_schema: Schema) -> AsyncIterator[Watcher]:
    """Looks at the server from outside, as its superuser."""
    connection = await asyncpg.connect(empty_schema.admin_dsn)
    yield Watcher(connection)
    await connection.close()
