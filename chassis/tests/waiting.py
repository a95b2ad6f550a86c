"""Waiting for what must happen: a test fails when it never does, and is never decided by how long it took."""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

PATIENCE_S = 120.0
LOOK_EVERY_S = 0.01
TICK_S = 0.01
TICK_MAX_S = 0.05


async def until(condition: Callable[[], Any | Awaitable[Any]], what: str) -> Any:
    """The condition's value once it is true. Raises AssertionError when that never happens."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"in vain for {PATIENCE_S} s: {what}"
        await asyncio.sleep(LOOK_EVERY_S)


class Stopwatch:
    """Time as this event loop lives it, for who must not be late: while the machine stands still, none passes."""

    def __init__(self) -> None:
        self.lived_s = 0.0

    async def __aenter__(self) -> "Stopwatch":
        self._ticking = asyncio.create_task(self._tick())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._ticking

    async def _tick(self) -> None:
        now = asyncio.get_running_loop().time
        before_s = now()
        while True:
            await asyncio.sleep(TICK_S)
            after_s = now()
            self.lived_s += min(after_s - before_s, TICK_MAX_S)
            before_s = after_s


class Watcher:
    """What the sessions of a database are doing, and how to end them."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = connection

    async def blocked(self) -> int:
        """How many sessions of this database wait for a lock."""
        return int(
            await self.connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )

    async def until_blocked(self, sessions: int = 1) -> None:
        """Return once so many sessions wait for a lock."""
        await until(lambda: self._blocked(sessions), f"{sessions} sessions wait for a lock")

    async def _blocked(self, sessions: int) -> bool:
        return await self.blocked() >= sessions

    async def end(self, application_name: str) -> int:
        """End the sessions of this name, as a crash of the network would; how many."""
        rows = await self.connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = $1",
            application_name,
        )
        return len(rows)
