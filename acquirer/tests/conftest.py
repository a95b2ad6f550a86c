"""A database of the test's own with the acquirer's schema."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from acquirer.settings import AcquirerSettings
from acquirer.simulator import Simulator
from chassis import pg
from chassis.clock import SystemClock
from chassis.metrics import Metrics
from chassis.pg import Pool
from deploy.databases import Database


@pytest.fixture
async def settings(fresh_database: Callable[..., Database]) -> AcquirerSettings:
    """The acquirer's settings for a fresh, migrated database; payments without a test value succeed."""
    database = fresh_database("acquirer")
    values: dict[str, Any] = {
        "database_url": database.dsn("acquirer"),
        "migrate_database_url": database.dsn("acquirer_owner"),
        "internal_token": "test-token",
        "test_payment_success": True,
    }
    return AcquirerSettings(**values)


@pytest.fixture
async def pool(settings: AcquirerSettings) -> AsyncIterator[Pool]:
    """As the acquirer's own role."""
    made = await pg.connect_pool(settings.database_url.get_secret_value(), name="test")
    yield made
    await made.close()


@pytest.fixture
def simulator(settings: AcquirerSettings, pool: Pool) -> Simulator:
    """The acquirer in-process."""
    return Simulator(pool, clock=SystemClock(), metrics=Metrics(), odds=settings.odds)


@pytest.fixture
async def aiohttp_post() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Post JSON and tell the status."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:

        async def post(url: str, value: Any, *, token: str | None) -> int:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with session.post(url, json=value, headers=headers) as response:
                return response.status

        yield post
