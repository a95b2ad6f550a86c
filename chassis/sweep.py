"""Housekeeping: bounded steps, each in a transaction of its own, again while a step says that there is more."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog

from chassis import pg
from chassis.pg import Connection, Pool
from chassis.progress import Progress

log = structlog.get_logger()

Step = Callable[[Connection], Awaitable[bool]]
"""Does a bounded amount of work; whether there is more. Several replicas may sweep at once: steps lock or skip rows."""


class Sweep:
    """A worker; a database that is away is tried again in the next turn. `after_commit` wakes who publishes."""

    name = "sweep"

    def __init__(self, pool: Pool, steps: Sequence[Step], *, every_s: float, after_commit: Callable[[], None]) -> None:
        self.progress = Progress()
        self._pool = pool
        self._steps = steps
        self._every_s = every_s
        self._after_commit = after_commit
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Every step in its order, every `every_s`, until stopped."""
        while not self._stopping.is_set():
            for step in self._steps:
                await self._repeat(step)
            self._after_commit()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every_s)

    def stop(self) -> None:
        """End after the running step."""
        self._stopping.set()

    async def _repeat(self, step: Step) -> None:
        try:
            more = True
            while more and not self._stopping.is_set():
                self.progress.beat()
                async with pg.transaction(self._pool) as connection:
                    more = await step(connection)
        except Exception as error:
            if pg.fate_of(error) is pg.Fate.FATAL:
                raise
            log.warning("sweep.failed", step=getattr(step, "__name__", repr(step)), error=repr(error))
