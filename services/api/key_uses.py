"""When API keys were last used: remembered here, written now and then in the background, apart from any request.

Lossy on purpose: a process that dies forgets its last seconds, and no payment waits for this.
"""

import asyncio
from datetime import datetime
from typing import Final

import structlog

from chassis.clock import Clock
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool, columns
from services.api.store import queries

log = structlog.get_logger()

REMEMBERED_MAX: Final = 10_000


class KeyUses:
    """`note` a use; a task writes what was noted in the last `every_s` and ends until the next one."""

    def __init__(self, pool: Pool, clock: Clock, *, every_s: float) -> None:
        self._pool = pool
        self._clock = clock
        self._every_s = every_s
        self._uses: dict[str, datetime] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, key: str) -> None:
        """This key was used now."""
        if len(self._uses) < REMEMBERED_MAX:
            self._uses[key] = self._clock.now()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later(), name="api-key-uses")

    async def _write_later(self) -> None:
        await asyncio.sleep(self._every_s)
        uses, self._uses = self._uses, {}
        keys, used_ats = columns(list(uses.items()), 2)
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                await queries.note_api_key_uses.run(connection, keys=keys, used_ats=used_ats)
        except Exception as error:
            log.warning("api_keys.uses_lost", keys=len(keys), error=repr(error))
