"""A database that the example makes for itself, on whatever Postgres the tests have."""

import asyncio
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.databases import run_apart


@pytest.fixture
def own_database(postgres_admin_url: str) -> Iterator[str]:
    """The URL of a database that is not there yet."""
    name = f"consumer_{secrets.token_hex(4)}"
    yield urlunsplit(urlsplit(postgres_admin_url)._replace(path=f"/{name}"))

    async def drop() -> None:
        connection = await asyncpg.connect(postgres_admin_url, database="postgres")
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()

    run_apart(asyncio.wait_for(drop(), 30))
