"""The example of a consumer as its user runs it: a process of its own, to be killed at will; and what it has taken."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import asyncpg

from deploy.embedded.config import ROOT
from examples.consumer.consumer import Settings
from tests.waiting import eventually

PROGRAM = ROOT / "examples/consumer/consumer.py"
STARTS_S = 60.0
TOLD = ("DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS", "INSTANCE", "TOPIC")


@dataclass
class Example:
    """One process after the other, of one instance."""

    settings: Settings
    """Where its rows are, and what it is told unless `command` finds that out by itself."""
    log: Path
    command: tuple[str, ...] = (str(PROGRAM),)
    environment: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    async def start(self) -> None:
        """Begin; whoever wants to know whether it works looks at what it takes."""
        told = self.environment or {
            "DATABASE_URL": self.settings.database_url,
            "KAFKA_BOOTSTRAP_SERVERS": self.settings.kafka,
            "INSTANCE": self.settings.instance,
            "TOPIC": self.settings.topic,
        }
        inherited = {name: value for name, value in os.environ.items() if name not in TOLD}
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.command, env={**inherited, **told}, cwd=ROOT, stdout=log, stderr=log
            )

    async def end(self, number: signal.Signals) -> int:
        """Send it a signal; its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        return await self.process.wait()

    async def kill(self) -> None:
        """kill -9. It must have lived until now."""
        assert await self.end(signal.SIGKILL) == -signal.SIGKILL, self.said()

    def said(self) -> str:
        """Its output, of all lives."""
        return self.log.read_text()

    # ── What it has taken ──

    async def rows(self, query: str) -> list[asyncpg.Record]:
        """Of its database; none before it has made it."""
        try:
            connection = await asyncpg.connect(self.settings.database_url, timeout=10)
        except asyncpg.InvalidCatalogNameError:
            return []
        try:
            return await connection.fetch(query)
        except asyncpg.UndefinedTableError:
            return []
        finally:
            await connection.close()

    async def taken(self) -> list[str]:
        """The ids, in the order in which they were taken."""
        return [row["id"] for row in await self.rows("SELECT id FROM payment_event ORDER BY position")]

    async def until_taken(self, count: int) -> list[str]:
        """The ids, once there are so many."""

        async def look() -> list[str] | None:
            taken = await self.taken()
            return taken if len(taken) >= count else None

        return await eventually(look, f"{count} events are taken; {self.log}", patience_s=STARTS_S)

    async def out_of_order(self) -> list[tuple[str, list[int]]]:
        """The payments whose events were not taken as 1, 2, 3 …"""
        query = "SELECT payment_id, sequence FROM payment_event ORDER BY payment_id, position"
        rows = groupby(await self.rows(query), lambda row: row["payment_id"])
        sequences = {payment_id: [row["sequence"] for row in own] for payment_id, own in rows}
        return [(one, found) for one, found in sequences.items() if found != list(range(1, len(found) + 1))]


@asynccontextmanager
async def running(example: Example) -> AsyncIterator[Example]:
    """Started, and ended politely; fails when it does not end well."""
    await example.start()
    try:
        yield example
    except BaseException:
        await example.end(signal.SIGKILL)
        raise
    assert await example.end(signal.SIGTERM) == 0, example.said()
