"""A database of the test's own with the api's schema, and the api's HTTP in this process."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from chassis import pg
from chassis.pg import Pool
from chassis.runtime import Runtime
from deploy.databases import Database
from services.api.app import make_followers, make_routes, make_writer
from services.api.auth import secret_hash
from services.api.peers import Peers
from services.api.seed import SEED_KEY, SEED_SECRET, seed
from services.api.settings import Settings
from services.api.store import NewKey, insert_api_keys

HEADERS = {"X-Api-Key": SEED_KEY, "X-Api-Secret": SEED_SECRET}
OTHER_HEADERS = {"X-Api-Key": "key_test_other", "X-Api-Secret": "secret_test_other"}
OTHER_MERCHANT = "7d0e8400-e29b-41d4-a716-446655440001"


@pytest.fixture
async def settings(fresh_database: Callable[..., Database]) -> Settings:
    """The api's settings for a fresh, migrated and seeded database."""
    made = settings_of(fresh_database("api"))
    await seed(made)
    return made


def settings_of(database: Database) -> Settings:
    """Of an api on this database."""
    values: dict[str, Any] = {
        "database_url": database.dsn("api"),
        "migrate_database_url": database.dsn("api_owner"),
        "internal_token": "test-token",
        "fingerprint_key": "11" * 32,
        "encryption_key": "22" * 32,
        "kafka_bootstrap_servers": os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"),
        "api_key_cache_s": 0,
        "api_key_uses_every_s": 0.05,
    }
    return Settings(**values)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime[Settings]]:
    """The api's parts; the relay and the consumer do not run, so that the outbox shows what was written."""
    made = await Runtime.start("api", settings, topics=[])
    await _add_other_merchant(made.pool)
    yield made
    await made.pool.close()


@pytest.fixture
async def client(runtime: Runtime[Settings]) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of the api."""
    async with serving(runtime) as made:
        yield made


@pytest.fixture
async def second(settings: Settings, client: TestClient[Any, Any]) -> AsyncIterator[TestClient[Any, Any]]:
    """An HTTP client of another replica of the api on the same database."""
    runtime: Runtime[Settings] = await Runtime.start("api", settings, topics=[])
    async with serving(runtime) as made:
        yield made
    await runtime.pool.close()


@contextlib.asynccontextmanager
async def serving(runtime: Runtime[Settings]) -> AsyncIterator[TestClient[Any, Any]]:
    """The api's HTTP on a free port, and a client of it."""
    peers, followers = Peers(runtime.settings), make_followers(runtime)
    app = runtime.http.application(make_routes(runtime, make_writer(runtime), peers, followers))
    following = [asyncio.create_task(worker.run()) for worker in followers.workers]
    async with TestClient(TestServer(app)) as made:
        yield made
    await asyncio.gather(*following)
    await peers.close()


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[pg.Connection]:
    """A connection with the api's own role."""
    connection = await pg.connect(settings.database_url.get_secret_value(), name="test")
    yield connection
    await connection.close()


async def _add_other_merchant(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute(
            "INSERT INTO merchants (id, name, email, created_at) VALUES ($1, 'Other', 'other@example.com', now())",
            OTHER_MERCHANT,
        )
        keys = [NewKey(OTHER_MERCHANT, "secret", "Default", "key_test_other", secret_hash("secret_test_other"), b"")]
        await insert_api_keys(connection, keys, datetime.now(UTC))
