"""A database of the test's own with the processor's and the acquirer's schemas, and desks that work on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from acquirer.delay import Delay
from acquirer.port import Acquirer
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
from contracts.events.payment_command import AuthorisePayment, CapturePayment, PaymentCommand, VoidPayment
from deploy.databases import Database
from services.processor.attempts import Attempts, Claimed, Pace

LEASE_S = 30.0
DELAY_MS = 1000
CHALLENGE_POLL_S = 30
DISPUTE_DELAY_S = 60


@dataclass(frozen=True, slots=True)
class Desk:
    """One process's share of the work; `run` makes what is due, in this test's time."""

    attempts: Attempts
    jobs: JobQueue
    pool: Pool
    clock: ManualClock

    async def take(self, *commands: PaymentCommand) -> None:
        """Transaction 1, as the consumer would have it."""
        async with pg.transaction(self.pool) as connection:
            await self.attempts.take(connection, [(command, None) for command in commands])

    async def run(self, *, after_s: float = DELAY_MS / 1000) -> Sequence[Claimed]:
        """Let time pass and make every attempt that is due, once."""
        self.clock.advance(timedelta(seconds=after_s))
        claimed = await self.attempts.claim(100)
        for one in claimed:
            await self.attempts.make(one)
        return claimed

    async def published(self) -> list[str]:
        """The types of the results that wait for Kafka."""
        return [row["type"] for row in await self.pool.fetch("SELECT type FROM outbox ORDER BY id")]


@dataclass(slots=True)
class Bench:
    """What all desks of a test share."""

    pool: Pool
    acquirer_pool: Pool
    simulator: Simulator
    clock: ManualClock = field(default_factory=lambda: ManualClock(datetime.now(UTC)))

    def desk(self, slot_id: str = "processor-0", *, acquirer: Acquirer | None = None) -> Desk:
        """A process; the same slot id twice is the same process started anew."""
        jobs = JobQueue(self.pool, self.clock, slot_id=slot_id, lease_s=LEASE_S)
        attempts = Attempts(
            self.pool,
            jobs,
            acquirer or self.simulator,
            clock=self.clock,
            wide=WideLog("processor"),
            pace=Pace(
                delay=Delay(0, 0, DELAY_MS),
                backoff=partial(backoff, first_s=0.5, max_s=30.0),
                challenge_poll=timedelta(seconds=CHALLENGE_POLL_S),
                dispute_delay=timedelta(seconds=DISPUTE_DELAY_S),
            ),
            published=lambda: None,
        )
        attempts.answers = Batcher(attempts.write, name="answers", metrics=Metrics())
        return Desk(attempts, jobs, self.pool, self.clock)


@pytest.fixture
async def bench(fresh_database: Callable[..., Database]) -> AsyncIterator[Bench]:
    """Everything migrated and empty; payments without a test value succeed."""
    database = fresh_database("acquirer", "processor")
    shared: dict[str, Any] = {"internal_token": "test-token", "test_payment_success": True}
    theirs: dict[str, Any] = {
        "database_url": database.dsn("acquirer"),
        "migrate_database_url": database.dsn("acquirer_owner"),
    }
    ours: dict[str, Any] = {
        "database_url": database.dsn("processor"),
        "migrate_database_url": database.dsn("processor_owner"),
        "acquirer_database_url": database.dsn("acquirer"),
    }
    outside = AcquirerSettings(**shared, **theirs)
    pool = await pg.connect_pool(ours["database_url"], name="test")
    acquirer_pool = await pg.connect_pool(theirs["database_url"], name="test-acquirer")
    clock = ManualClock(datetime.now(UTC))
    yield Bench(pool, acquirer_pool, Simulator(acquirer_pool, clock=clock, metrics=Metrics(), odds=outside.odds), clock)
    await pool.close()
    await acquirer_pool.close()


class PaymentCommands:
    """The commands about one payment."""

    def __init__(self, amount_minor: int = 1000) -> None:
        self.payment_id = ids.new_id(ids.PAYMENT)
        self.amount_minor = amount_minor

    def _told(self) -> dict[str, Any]:
        return {
            "payment_id": self.payment_id,
            "attempt_id": ids.new_id(ids.ATTEMPT),
            "merchant_id": "merchant-1",
            "amount_minor": self.amount_minor,
            "currency": "INR",
        }

    def authorise(self, vpa: str = "success@bank") -> AuthorisePayment:
        """By UPI."""
        return AuthorisePayment(**self._told(), method="upi", vpa=vpa, created_at=datetime.now(UTC))

    def authorise_card(self, test_card: str, *, merchant_name: str | None = None) -> AuthorisePayment:
        """By card, of which the api has left this."""
        card = {
            "network": "visa",
            "last4": "4242",
            "expiry_month": 12,
            "expiry_year": 2030,
            "fingerprint": "f" * 64,
            "test_card": test_card,
        }
        told = {**self._told(), "method": "card", "card": card, "created_at": datetime.now(UTC)}
        return AuthorisePayment.model_validate({**told, "merchant_name": merchant_name})

    def capture(self, of: AuthorisePayment | None = None) -> CapturePayment:
        """All of it; of a card's payment, if its command is given."""
        return CapturePayment(**self._told(), card=of.card if of else None)

    def void(self) -> VoidPayment:
        """All of it."""
        return VoidPayment(**self._told())
