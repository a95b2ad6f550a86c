"""One migrated database for all tests of the schema, which read and are refused, and change nothing."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from chassis import pg
from deploy.databases import PASSWORDS, Database, Databases, run_apart
from deploy.provision import provision_database

Connect = Callable[[str], Awaitable[pg.Connection]]


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> Database:
    """Every service's schema as its own migrations make it, with the rights that a real database is given."""
    database = databases.make(migrated=True)
    run_apart(provision_database(database.admin_url, PASSWORDS))  # a copy of a database has not its rights
    return database


@pytest.fixture(scope="session")
async def as_role(migrated: Database) -> AsyncIterator[Connect]:
    """Connect as a service connects; one connection for each role."""
    connections: dict[str, asyncpg.Connection[asyncpg.Record]] = {}

    async def connect(role: str) -> pg.Connection:
        if role not in connections:
            connections[role] = await pg.connect(migrated.dsn(role), name=f"architecture-{role}")
        return connections[role]

    yield connect
    for connection in connections.values():
        await connection.close()
