"""Work that falls due at a time: claim what is due in batches, do it outside any transaction, sleep until the next.

A claim is a lease in Postgres (SKIP LOCKED); a restarted slot takes its own leases back at once, another
process when they run out.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from chassis import pg
from chassis.clock import Clock
from chassis.errors import Retry
from chassis.progress import Progress

log = structlog.get_logger()

Job = TypeVar("Job")
BACKOFF_S = 0.5
GATHER_S = 0.01
"""Least pause before the next claim: what falls due within it is claimed together."""


class DueWorker(Generic[Job]):
    """Runs jobs when they fall due, at most `running_max` at a time."""

    def __init__(
        self,
        *,
        name: str,
        claim: Callable[[int], Awaitable[Sequence[Job]]],
        work: Callable[[Job], Awaitable[None]],
        next_due: Callable[[], Awaitable[datetime | None]],
        release: Callable[[], Awaitable[None]],
        clock: Clock,
        running_max: int,
        poll_s: float,
    ) -> None:
        self.name = name
        self.progress = Progress()
        self._claim = claim
        self._work = work
        self._next_due = next_due
        self._release = release
        self._clock = clock
        self._running_max = running_max
        self._poll_s = poll_s
        self._bell = asyncio.Event()
        self._stopping = False
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Something new may be due."""
        self._bell.set()

    def stop(self) -> None:
        """Claim nothing new; `run` ends once what is running has ended."""
        self._stopping = True
        self._bell.set()

    async def run(self) -> None:
        """Until stopped."""
        released = False
        while not self._stopping:
            try:
                if not released:
                    await self._release()
                    released = True
                await self._turn()
            except Exception as error:
                if pg.fate_of(error) is pg.Fate.FATAL:
                    raise
                log.warning("due.database_away", worker=self.name, error=repr(error))
                await asyncio.sleep(BACKOFF_S)
        if self._running:
            await asyncio.wait(self._running)

    async def _turn(self) -> None:
        self.progress.beat()
        self._bell.clear()
        room = self._running_max - len(self._running)
        jobs = await self._claim(room) if room > 0 else ()
        for job in jobs:
            task = asyncio.create_task(self._guarded(job), name=f"{self.name}-job")
            self._running.add(task)
            task.add_done_callback(self._ended)
        if len(jobs) < room:
            await self._sleep()
        elif room <= 0:
            await self._pause(self._poll_s)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        was_full = len(self._running) >= self._running_max
        self._running.discard(task)
        if was_full:
            self._bell.set()

    async def _guarded(self, job: Job) -> None:
        """A job that fails keeps its lease until it runs out, and is claimed again then."""
        try:
            await self._work(job)
        except Exception as error:
            level = log.warning if isinstance(error, Retry) or pg.fate_of(error) is not pg.Fate.FATAL else log.exception
            level("due.job_failed", worker=self.name, error=repr(error))

    async def _sleep(self) -> None:
        due = await self._next_due()
        wait_s = self._poll_s
        if due is not None:
            wait_s = min(wait_s, max(GATHER_S, (due - self._clock.now()).total_seconds()))
        await self._pause(wait_s)

    async def _pause(self, most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), most_s)
