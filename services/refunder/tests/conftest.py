"""A database of the test's own with the refunder's and the acquirer's schemas, and a desk that works on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from acquirer.delay import Delay
from acquirer.settings import AcquirerSettings
from acquirer.simulator import Simulator
from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import ManualClock
from chassis.jobs import JobQueue, backoff
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool
from contracts import ids
from contracts.events.refund_command import ExecuteRefund
from deploy.databases import Database
from services.refunder.executions import Claimed, Executions

DELAY_MS = 1000


@dataclass(frozen=True, slots=True)
class Desk:
    """One process's work; `run` executes what is due, in this test's time."""

    executions: Executions
    jobs: JobQueue
    pool: Pool
    acquirer_pool: Pool
    simulator: Simulator
    clock: ManualClock

    async def take(self, *commands: ExecuteRefund) -> None:
        """Transaction 1, as the consumer would have it."""
        async with pg.transaction(self.pool) as connection:
            await self.executions.take(connection, [(command, None) for command in commands])

    async def run(self, *, after_s: float = DELAY_MS / 1000) -> Sequence[Claimed]:
        """Let time pass and make every execution that is due, once."""
        self.clock.advance(timedelta(seconds=after_s))
        claimed = await self.executions.claim(100)
        for one in claimed:
            await self.executions.execute(one)
        return claimed

    async def published(self) -> list[str]:
        """The types of the results that wait for Kafka."""
        return [row["type"] for row in await self.pool.fetch("SELECT type FROM outbox ORDER BY id")]


@pytest.fixture
async def desk(fresh_database: Callable[..., Database]) -> AsyncIterator[Desk]:
    """Everything migrated and empty."""
    database = fresh_database("acquirer", "refunder")
    shared: dict[str, Any] = {"internal_token": "test-token", "test_payment_success": True}
    theirs: dict[str, Any] = {
        "database_url": database.dsn("acquirer"),
        "migrate_database_url": database.dsn("acquirer_owner"),
    }
    ours: dict[str, Any] = {
        "database_url": database.dsn("refunder"),
        "migrate_database_url": database.dsn("refunder_owner"),
        "acquirer_database_url": database.dsn("acquirer"),
    }
    outside = AcquirerSettings(**shared, **theirs)
    pool = await pg.connect_pool(ours["database_url"], name="test")
    acquirer_pool = await pg.connect_pool(theirs["database_url"], name="test-acquirer")
    clock = ManualClock(datetime.now(UTC))
    simulator = Simulator(acquirer_pool, clock=clock, metrics=Metrics(), odds=outside.odds)
    jobs = JobQueue(pool, clock, slot_id="refunder-0", lease_s=30.0)
    executions = Executions(
        pool,
        jobs,
        simulator,
        clock=clock,
        wide=WideLog("refunder"),
        delay=Delay(0, 0, DELAY_MS),
        backoff=partial(backoff, first_s=0.5, max_s=30.0),
        published=lambda: None,
    )
    executions.answers = Batcher(executions.write, name="answers", metrics=Metrics())
    yield Desk(executions, jobs, pool, acquirer_pool, simulator, clock)
    await pool.close()
    await acquirer_pool.close()


def refund_of(payment_id: str, amount_minor: int = 100, *, kind: str = "refund", **more: Any) -> ExecuteRefund:
    """A command about this payment."""
    told = {
        "refund_id": ids.new_id(ids.REFUND),
        "payment_id": payment_id,
        "merchant_id": "merchant-1",
        "kind": kind,
        "amount_minor": amount_minor,
        "currency": "INR",
    }
    return ExecuteRefund.model_validate({**told, **more})
