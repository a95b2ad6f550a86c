"""The gateway's own timers: deadlines, commands without a result, counts to fold, keys to forget.

Deadlines are state, so a late sweep makes nothing wrong: it only says late what is already true.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from chassis import idempotency, outbox, pg
from chassis.clock import Clock
from chassis.pg import Connection, Pool
from chassis.progress import Progress
from services.api import payments
from services.api.store import OpenCommand, queries
from services.api.workspace import command_message

log = structlog.get_logger()

STEP_ROWS = 500
COUNTS_STEP_ROWS = 5000


class Sweeper:
    """A worker; several replicas may sweep at once, rows are locked or skipped."""

    name = "sweeper"

    def __init__(self, pool: Pool, clock: Clock, *, every_s: float, published: Callable[[], None]) -> None:
        self.progress = Progress()
        self._pool = pool
        self._clock = clock
        self._every_s = every_s
        self._published = published
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Sweep until stopped; a database that is away is tried again."""
        while not self._stopping.is_set():
            self.progress.beat()
            for step in (self._pass_deadlines, self._send_again, self._fold_counts, self._forget_keys):
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

    async def _pass_deadlines(self, connection: Connection) -> bool:
        now = self._clock.now()
        rows = await queries.overdue_payment_ids.rows(connection, now=now, limit=STEP_ROWS)
        if not rows:
            return False
        passed = await payments.pass_deadlines(connection, [row["id"] for row in rows], now)
        log.info("sweep.deadlines_passed", payments=passed)
        self._published()
        return len(rows) == STEP_ROWS

    async def _send_again(self, connection: Connection) -> bool:
        now = self._clock.now()
        rows = await queries.take_overdue_commands.rows(connection, now=now, limit=STEP_ROWS)
        commands = [OpenCommand(**dict(row)) for row in rows]
        await outbox.append(connection, [command_message(command, now, None) for command in commands])
        if commands:
            log.info("sweep.commands_sent_again", commands=len(commands))
            self._published()
        return len(rows) == STEP_ROWS

    async def _fold_counts(self, connection: Connection) -> bool:
        await queries.fold_counts.run(connection, limit=COUNTS_STEP_ROWS)
        return False

    async def _forget_keys(self, connection: Connection) -> bool:
        return await idempotency.remove_expired(connection, self._clock.now()) == idempotency.REMOVE_STEP_ROWS
