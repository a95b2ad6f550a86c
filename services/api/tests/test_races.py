"""Races over two replicas on one database. Each is run as it is, and once with what closes it taken away."""

import contextlib
import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from chassis import pg
from chassis.clock import ManualClock
from chassis.runtime import Runtime
from deploy.databases import Database, Databases
from services.api.settings import Settings
from services.api.state import Payment
from services.api.tests import racing
from services.api.tests.breaking import begin_writes_with
from services.api.tests.conftest import serving, settings_of
from services.api.tests.racing import PATIENCE_S, Race, Replica, Track
from services.api.workspace import Workspace
from tests.figures import Figures

SLOW = "SELECT t.* FROM {} AS t, pg_sleep(0.05) WHERE id = ANY ($1::text[]) ORDER BY id"
"""The row lock's query as a plain read, whose reader thinks for a while."""

ROWS = (
    *("orders", "payments", "refunds", "ledger_entries", "open_commands"),
    *("outbox", "event_log", "idempotency_key", "count_delta", "count_total"),
)


@dataclass(frozen=True, slots=True)
class Arena:
    """What the races of this module share."""

    database: Database
    replicas: tuple[Replica, Replica]


@dataclass(frozen=True, slots=True)
class Size:
    """How often a race is run."""

    rounds: int


SIZES = [
    pytest.param(Size(3), id="small"),
    pytest.param(Size(200), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(900)]),
]
RACES = [
    racing.capture_against_void,
    racing.capture_against_expiry,
    racing.two_captures,
    racing.refund_against_capture,
    racing.fifty_full_refunds,
    racing.fifty_partial_refunds,
    racing.ten_payments_of_one_order,
    racing.one_key_a_hundred_ways,
    racing.one_batch_of_everything,
]


@pytest.fixture(scope="module")
def patience() -> Iterator[None]:
    """However slow the machine, nobody gives up waiting for a lock: who does is no racer any more."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("LOCK_TIMEOUT_MS", "STATEMENT_TIMEOUT_MS", "IDLE_IN_TRANSACTION_TIMEOUT_MS"):
            patch.setattr(pg, name, PATIENCE_S * 1000)
        for name in ("COMMAND_TIMEOUT_S", "ACQUIRE_TIMEOUT_S"):
            patch.setattr(pg, name, PATIENCE_S)
        yield


@pytest.fixture(scope="module")
async def arena(databases: Databases, patience: None) -> AsyncIterator[Arena]:
    """Two replicas on one database, each with its own clock."""
    database = databases.make(migrated=True)
    settings = settings_of(database)
    runtimes: list[Runtime[Settings]] = [await Runtime.start("api", settings, topics=[]) for _ in range(2)]
    clocks = [ManualClock(datetime.now(UTC)) for _ in runtimes]
    for runtime, clock in zip(runtimes, clocks, strict=True):
        runtime.clock = clock
    async with serving(runtimes[0]) as one, serving(runtimes[1]) as two:
        yield Arena(database, (Replica(runtimes[0], one, clocks[0]), Replica(runtimes[1], two, clocks[1])))
    for runtime in runtimes:
        await runtime.pool.close()
    databases.drop(database)


@pytest.fixture
async def track(arena: Arena, seed: int) -> AsyncIterator[Track]:
    """A track that nobody has run on."""
    owner = await asyncpg.connect(arena.database.admin_url)
    await owner.execute(f"TRUNCATE {', '.join(f'api.{table}' for table in ROWS)}")
    await owner.close()
    db = await pg.connect(arena.database.dsn("api"), name="track")
    yield Track(arena.replicas, db, random.Random(seed))
    await db.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
async def test_no_round_of_a_race_makes_money_wrong(track: Track, race: Race, size: Size, figures: Figures) -> None:
    await rounds(race, track, size.rounds)
    figures(f"{size.rounds} rounds, won by {dict(track.won)}")


@contextlib.asynccontextmanager
async def without_the_payments_lock(arena: Arena, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    patch.setattr("services.api.store.queries.lock_payments.text", SLOW.format("payments"))
    yield


@contextlib.asynccontextmanager
async def without_the_orders_lock(arena: Arena, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    locked = r"FROM orders AS o\s+(WHERE .*?)\s+FOR NO KEY UPDATE"
    async with begin_writes_with(arena.database.dsn("api_owner"), locked, r"FROM orders AS o, pg_sleep(0.05) \1"):
        yield


@contextlib.asynccontextmanager
async def with_keys_that_anybody_can_take(arena: Arena, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    async with begin_writes_with(arena.database.dsn("api_owner"), r"WHERE k\.expires_at <= at\n", ""):
        yield


@contextlib.asynccontextmanager
async def with_a_batch_that_decides_on_what_it_read(arena: Arena, patch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Each command of a batch sees the payment as it was loaded, not as the command before it left it."""
    load = Workspace.load.__func__  # type: ignore[attr-defined]
    read: dict[int, dict[str, Payment]] = {}

    async def load_and_remember(cls: type[Workspace], *args: Any, **kwargs: Any) -> Workspace:
        work: Workspace = await load(cls, *args, **kwargs)
        read[id(work)] = dict(work.payments)
        return work

    def owned_as_read(work: Workspace, merchant_id: str, payment_id: str) -> Payment:
        work.payments[payment_id] = read[id(work)][payment_id]
        return work.payments[payment_id]

    patch.setattr(Workspace, "load", classmethod(load_and_remember))
    patch.setattr("services.api.payments.owned", owned_as_read)
    patch.setattr("services.api.refunds.owned", owned_as_read)
    yield


Fault = Callable[[Arena, pytest.MonkeyPatch], contextlib.AbstractAsyncContextManager[None]]
BROKEN = [
    *((without_the_payments_lock, race) for race in RACES[:6]),
    (without_the_orders_lock, racing.ten_payments_of_one_order),
    (with_keys_that_anybody_can_take, racing.one_key_a_hundred_ways),
    (with_a_batch_that_decides_on_what_it_read, racing.one_batch_of_everything),
]


@pytest.mark.parametrize(("fault", "race"), BROKEN, ids=lambda value: getattr(value, "__name__", value))
async def test_each_race_is_there_to_be_lost(
    track: Track, fault: Fault, race: Race, arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race shown: without what closes it, a few rounds are enough to make money wrong, and it is seen."""
    async with fault(arena, monkeypatch):
        with pytest.raises(AssertionError):
            await rounds(race, track, 5)


async def rounds(race: Race, track: Track, count: int) -> None:
    for _ in range(count):
        await race(track)
