"""The end of the event log, followed once per process and told to many readers: each sees every event of its tenant
after its own position, once and in order, however slow it is.

Why a reader that goes on from a position misses nothing: positions are given by the relay alone, in the statement
that enters the events, which first moves the one row of `relay_state`. Its lock is held until the commit, so whoever
gives the next positions has waited for that commit (`chassis.relay`): no position becomes visible after a later one.

A reader that keeps up is fed from memory, from the newest events of its tenant, which all its readers share. One that
falls behind them, or starts before them, reads from the table until it has caught up. So memory is bounded whatever
readers do, and nothing is dropped.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import structlog

from chassis import pg
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from chassis.progress import Progress
from chassis.sql import Queries

log = structlog.get_logger()

queries = Queries(Path(__file__).with_name("sql") / "event_log.sql")

TURN_ROWS: Final = 500
TURN_WINDOW: Final = 20_000
"""How many positions a turn looks at: those of all tenants, to find the rows of some."""

READ_ROWS: Final = 100
READS_AT_ONCE: Final = 2
"""Readers that catch up share so many of the pool's connections: requests need the others."""

RECENT_MAX: Final = 1000
RECENT_MAX_BYTES: Final = 1 << 20
IDLE_S: Final = 10.0
BACKOFF_S: Final = 0.5

Render = Callable[[asyncpg.Record], bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as readers get it, made ready once for all of them."""

    position: int
    type: str
    shown: bytes


class Feed:
    """The newest events of one tenant, as long as somebody reads them."""

    def __init__(self) -> None:
        self.since: int | None = None
        """What comes after this position is all here; None until the tail has come by for the first time."""
        self.readers = 0
        self._recent: deque[Entry] = deque()
        self._bytes = 0
        self._news = asyncio.Event()

    def add(self, entries: Iterable[Entry]) -> None:
        """The next events; the oldest go when there are too many."""
        for entry in entries:
            self._recent.append(entry)
            self._bytes += len(entry.shown)
            while len(self._recent) > RECENT_MAX or self._bytes > RECENT_MAX_BYTES:
                gone = self._recent.popleft()
                self._bytes -= len(gone.shown)
                self.since = gone.position

    def after(self, position: int) -> list[Entry] | None:
        """All that came after a position that is not too old; None for one that is."""
        if self.since is None or position < self.since:
            return None
        newer: list[Entry] = []
        for entry in reversed(self._recent):
            if entry.position <= position:
                break
            newer.append(entry)
        newer.reverse()
        return newer

    def ring(self) -> None:
        """Wake the readers that wait."""
        self._news.set()
        self._news = asyncio.Event()

    async def wait(self, most_s: float) -> None:
        """Until there is something new, or as long as that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), most_s)


class Reader:
    """One reader's way through its tenant's events. `position`: how far it has come; `types` None wants every type."""

    def __init__(self, tail: "Tail", tenant: str, feed: Feed, position: int, types: Collection[str] | None) -> None:
        self.position = position
        self._tail = tail
        self._tenant = tenant
        self._feed = feed
        self._types = types

    async def next(self, most_s: float) -> list[bytes]:
        """What comes next, of the types that are wanted; nothing when there was nothing for that long, or what there
        was is not wanted. Raises what the database raises."""
        newer = self._feed.after(self.position)
        if newer is None:
            return await self._catch_up(most_s)
        if not newer:
            await self._feed.wait(most_s)
            return []
        self.position = newer[-1].position
        return [entry.shown for entry in newer if self._wants(entry.type)]

    async def _catch_up(self, most_s: float) -> list[bytes]:
        since = self._feed.since  # read before the query, whose snapshot therefore shows everything up to it
        rows = await self._tail.read(self._tenant, self.position)
        if rows:
            self.position = rows[-1]["position"]
        if len(rows) < READ_ROWS:
            if since is not None:
                self.position = max(self.position, since)
            elif not rows and self._feed.since is None:
                await self._feed.wait(most_s)
        return [self._tail.render(row) for row in rows if self._wants(row["type"])]

    def _wants(self, type_: str) -> bool:
        return self._types is None or type_ in self._types


class Tail:
    """The worker. It does nothing while nobody reads."""

    name = "tail"

    def __init__(self, pool: Pool, render: Render, *, poll_s: float) -> None:
        self.progress = Progress()
        self.render = render
        self.ended = False
        self._pool = pool
        self._poll_s = poll_s
        self._feeds: dict[str, Feed] = {}
        self._position = 0
        self._bell = asyncio.Event()
        self._reading = asyncio.Semaphore(READS_AT_ONCE)

    @contextlib.contextmanager
    def reader(self, tenant: str, after: int, types: Collection[str] | None = None) -> Iterator[Reader]:
        """A reader of what a tenant's log holds after a position."""
        feed = self._feeds.setdefault(tenant, Feed())
        feed.readers += 1
        self._bell.set()
        try:
            yield Reader(self, tenant, feed, after, types)
        finally:
            feed.readers -= 1
            if not feed.readers:
                del self._feeds[tenant]

    async def head(self) -> int:
        """The newest position."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            position: int = await queries.get_log_head.value(connection)
            return position

    async def read(self, tenant: str, after: int) -> list[asyncpg.Record]:
        """From the table, for a reader that is behind: at most READ_ROWS."""
        async with self._reading, self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return await queries.read_log.rows(connection, tenant=tenant, after=after, limit=READ_ROWS)

    def wake(self) -> None:
        """There are new events: the relay of this process calls it. Those of another process are found by polling."""
        if self._feeds:
            self._bell.set()

    def stop(self) -> None:
        """Read nothing more, and let go of the readers: they see `ended`."""
        self.ended = True
        self._bell.set()
        for feed in self._feeds.values():
            feed.ring()

    async def run(self) -> None:
        """Follow the log while somebody reads it, until stopped."""
        while not self.ended:
            self.progress.beat()
            self._bell.clear()
            pause_s = IDLE_S
            if self._feeds:
                pause_s = await self._turn()
            if pause_s:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._bell.wait(), pause_s)

    async def _turn(self) -> float:
        """Read once; how long to pause unless woken, in s."""
        try:
            more = await self._follow()
        except Exception as error:
            if pg.fate_of(error) is pg.Fate.FATAL:
                raise
            log.warning("tail.database_away", error=repr(error))
            return BACKOFF_S
        return 0 if more else self._poll_s

    async def _follow(self) -> bool:
        """Tell the feeds what came; whether there may be more.

        A feed that was made while we read was not asked for: it holds what comes after this turn's end. So does every
        feed after a time without readers, in which the position stood still.
        """
        asked = {tenant: feed for tenant, feed in self._feeds.items() if feed.since is not None}
        found: list[asyncpg.Record] = []
        more = False
        if asked:
            found, more = await self._read_on(list(asked))
        else:
            self._position = await self.head()
        for tenant, feed in asked.items():
            mine = [Entry(row["position"], row["type"], self.render(row)) for row in found if row["tenant"] == tenant]
            if mine:
                feed.add(mine)
                feed.ring()
        for feed in self._feeds.values():
            if feed.since is None:
                feed.since = self._position
                feed.ring()
        return more

    async def _read_on(self, tenants: Sequence[str]) -> tuple[list[asyncpg.Record], bool]:
        """The next events of some tenants, and whether there may be more; the position moves behind them."""
        after, through = self._position, self._position + TURN_WINDOW
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await queries.tail_log.rows(
                connection, tenants=list(tenants), after=after, through=through, limit=TURN_ROWS
            )
        head = rows[0]["head"]
        found = [row for row in rows if row["position"] is not None]
        self._position = found[-1]["position"] if len(found) == TURN_ROWS else min(head, through)
        return found, self._position < head
