"""What makes up for lost records and lost processes: overdue deliveries and expired leases are queued, step by step.

It also tells the dispatcher which endpoints have a backlog, folds counts and forgets old idempotency keys.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

import structlog

from chassis import idempotency, pg
from chassis.clock import Clock
from chassis.pg import Connection, Pool
from chassis.progress import Progress
from services.notifier import store
from services.notifier.dispatcher import Dispatcher
from services.notifier.store import queries

log = structlog.get_logger()

STEP_ROWS: Final = 500
COUNTS_STEP_ROWS: Final = 5000
ENDPOINTS_MAX: Final = 10_000


class Sweeper:
    """A worker; several replicas may sweep at once, rows are locked or skipped."""

    name = "sweeper"

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        dispatcher: Dispatcher,
        *,
        slot: str,
        holder: str,
        every_s: float,
        grace_s: float,
    ) -> None:
        self.progress = Progress()
        self._pool = pool
        self._clock = clock
        self._dispatcher = dispatcher
        self._slot = slot
        self._holder = holder
        self._every_s = every_s
        self._grace = timedelta(seconds=grace_s)
        self._taken_back = False
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Sweep until stopped; a database that is away is tried again."""
        steps = (
            self._take_back,
            self._queue_expired,
            self._queue_overdue,
            self._look_for_backlogs,
            self._fold_counts,
            self._forget_keys,
        )
        while not self._stopping.is_set():
            for step in steps:
                self.progress.beat()
                await self._repeat(step)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every_s)

    def stop(self) -> None:
        """End after the running step."""
        self._stopping.set()

    async def _repeat(self, step: Callable[[Connection], Awaitable[bool]]) -> None:
        """Bounded transactions until a step has nothing more to do."""
        try:
            more = True
            while more and not self._stopping.is_set():
                async with pg.transaction(self._pool) as connection:
                    more = await step(connection)
                self.progress.beat()
        except Exception as error:
            if pg.fate_of(error) is pg.Fate.FATAL:
                raise
            log.warning("sweep.failed", step=step.__name__, error=repr(error))

    async def _take_back(self, connection: Connection) -> bool:
        """Once: what the former process of this slot was sending."""
        if not self._taken_back:
            count = await queries.take_back_leases.run(connection, slot=self._slot, leased_by=self._holder)
            self._taken_back = True
            if count:
                log.info("sweep.leases_taken_back", deliveries=count)
        return False

    async def _queue_expired(self, connection: Connection) -> bool:
        count = await queries.queue_expired.run(connection, now=self._clock.now(), limit=STEP_ROWS)
        if count:
            log.info("sweep.leases_expired", deliveries=count)
        return count == STEP_ROWS

    async def _queue_overdue(self, connection: Connection) -> bool:
        before = self._clock.now() - self._grace
        count = await queries.queue_overdue.run(connection, before=before, limit=STEP_ROWS)
        if count:
            log.info("sweep.overdue_queued", deliveries=count)
        return count == STEP_ROWS

    async def _look_for_backlogs(self, connection: Connection) -> bool:
        self._dispatcher.note_backlog(set(await store.queueing_endpoints(connection, ENDPOINTS_MAX)))
        return False

    async def _fold_counts(self, connection: Connection) -> bool:
        await queries.fold_counts.run(connection, limit=COUNTS_STEP_ROWS)
        return False

    async def _forget_keys(self, connection: Connection) -> bool:
        return await idempotency.remove_expired(connection, self._clock.now()) == idempotency.REMOVE_STEP_ROWS
