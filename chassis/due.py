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


class HeadStart(Generic[Job]):
    """Jobs that are due as soon as they are made: leased from the start, they begin with the commit that makes them and
    need no claim. One transaction at a time makes such jobs. Without a worker none has a head start."""

    def __init__(self) -> None:
        self._worker: DueWorker[Job] | None = None
        self._jobs: list[Job] = []
        self._others = False

    def given_by(self, worker: "DueWorker[Job]") -> None:
        """Who runs them."""
        self._worker = worker

    @property
    def waiting(self) -> int:
        """How many wait for the commit."""
        return len(self._jobs)

    @property
    def room(self) -> int:
        """How many more may begin with the commit."""
        return self._worker.spare if self._worker is not None else 0

    def divide(
        self, jobs: Sequence[tuple[Job, datetime]], now: datetime
    ) -> tuple[list[Job], list[tuple[Job, datetime]]]:
        """New jobs, each with the instant it falls due: those that may begin with the commit, and are to be leased; and
        those that are to be claimed when they are due."""
        begin: list[Job] = []
        later: list[tuple[Job, datetime]] = []
        room = self.room
        for job, due_at in jobs:
            if due_at <= now and len(begin) < room:
                begin.append(job)
            else:
                later.append((job, due_at))
        return begin, later

    def note(self, jobs: Sequence[Job], *, others: bool) -> None:
        """What the running transaction has written: these begin with its commit; `others` are to be claimed."""
        self._jobs += jobs
        self._others = self._others or others

    def committed(self) -> None:
        """They begin."""
        jobs, others = self._jobs, self._others
        self._jobs, self._others = [], False
        if self._worker is not None:
            self._worker.begin(jobs)
            if others:
                self._worker.wake()

    def rolled_back(self) -> None:
        """They were never made, and their room is free. (If a COMMIT went unanswered: their leases run out.)"""
        self._jobs, self._others = [], False
        if self._worker is not None:
            self._worker.tell_of_room()


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
        head_start: HeadStart[Job] | None = None,
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
        self._behind = True
        """Whether there may be more that is due than was claimed."""

        self._starved = False
        """Whether it could not even look, for want of room."""

        self._head_start: HeadStart[Job] = head_start or HeadStart()
        self._head_start.given_by(self)

    @property
    def spare(self) -> int:
        """How many jobs may begin without a claim: none as long as older ones may wait."""
        return 0 if self._behind or self._stopping else max(0, self._room)

    def begin(self, jobs: Sequence[Job]) -> None:
        """Run jobs that are leased already; once told to stop, leave them to who starts anew in their slot."""
        if not self._stopping:
            self._start(jobs)

    @property
    def _room(self) -> int:
        return self._running_max - len(self._running) - self._head_start.waiting

    def wake(self) -> None:
        """Something new may be due."""
        self._bell.set()

    def tell_of_room(self) -> None:
        """There may be room again for who waits for it."""
        if self._starved and self._room > 0:
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
        room, self._behind = self._room, True  # nobody else takes the room while we claim
        self._starved = room <= 0
        jobs = await self._claim(room) if room > 0 else ()
        self._start(jobs)
        self._behind = len(jobs) >= room
        if not self._behind:
            await self._sleep()
        elif room <= 0:
            await self._pause(self._poll_s)

    def _start(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            task = asyncio.create_task(self._guarded(job), name=f"{self.name}-job")
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self.tell_of_room()

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
