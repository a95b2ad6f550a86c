"""Orders that buyers look at, watched once per process and told to every stream: each gets the newest state, and no
history, so that one that comes late, is slow, or comes back has missed nothing.

A turn asks Postgres for all watched orders in one query, however many streams there are. The relay of this process
rings when it has published something, which is a moment after whatever changed an order; what another process
published is found by polling.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

import structlog

from chassis import pg
from chassis.errors import unavailable
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from chassis.progress import Progress
from services.api.buyers import SeenOrder, see_orders

log = structlog.get_logger()

IDLE_S: Final = 10.0
BACKOFF_S: Final = 0.5
FIRST_PATIENCE_S: Final = 5.0
"""How long who has just come waits for what there is."""

Render = Callable[[SeenOrder], Awaitable[bytes]]


class Watched:
    """One order, as long as somebody looks at it. `turn`: the last one that asked for it."""

    def __init__(self) -> None:
        self.order: SeenOrder | None = None
        self.turn = 0
        self.watchers = 0
        self.came_at: int | None = None
        """The turn in which somebody came who wants to be told of a later one, whether or not there is news."""
        self._news = asyncio.Event()

    def tell(self, turn: int, order: SeenOrder | None) -> None:
        """What a turn found; None when there is no such order."""
        self.turn = turn
        changed = order != self.order
        if changed:
            self.order = order
        awaited = self.came_at is not None and turn > self.came_at
        if awaited:
            self.came_at = None
        if changed or awaited:
            self.ring()

    def ring(self) -> None:
        """Wake the watchers that wait."""
        self._news.set()
        self._news = asyncio.Event()

    async def wait(self, most_s: float) -> None:
        """Until there is something new, or as long as that."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), most_s)


class Watcher:
    """One stream's eye on an order."""

    position: Final = None

    def __init__(self, watch: "OrderWatch", watched: Watched, render: Render) -> None:
        self._watch = watch
        self._watched = watched
        self._render = render
        self._since = watch.turn
        self._told: SeenOrder | None = None

    async def first(self) -> SeenOrder | None:
        """The order as it is now, that is, as a turn saw it which began after this watcher came: a buyer who has just
        begun a payment must find it. None when there is no such order. Raises 503 when Postgres does not answer."""
        clock = asyncio.get_running_loop().time
        until_s = clock() + FIRST_PATIENCE_S
        while self._watched.turn <= self._since:
            if self._watch.ended or clock() >= until_s:
                raise unavailable("SERVICE_UNAVAILABLE", "The database can't be reached at the moment; try again")
            await self._watched.wait(until_s - clock())
        return self._watched.order

    async def next(self, most_s: float) -> list[bytes]:
        """The newest state, if it is another than was told last; nothing when there was none for that long."""
        order = self._watched.order
        if order is None or order is self._told:
            await self._watched.wait(most_s)
            return []
        self._told = order
        return [await self._render(order)]


class OrderWatch:
    """The worker. It does nothing while nobody watches. `pace_s`: turns are at least so far apart."""

    name = "order_watch"

    def __init__(self, pool: Pool, *, poll_s: float, pace_s: float) -> None:
        self.progress = Progress()
        self.ended = False
        self.turn = 0
        self._pool = pool
        self._poll_s = poll_s
        self._pace_s = pace_s
        self._watched: dict[str, Watched] = {}
        self._bell = asyncio.Event()

    @contextlib.contextmanager
    def watcher(self, order_id: str, render: Render) -> Iterator[Watcher]:
        """An eye on an order, which need not exist."""
        watched = self._watched.setdefault(order_id, Watched())
        watched.watchers += 1
        watched.came_at = self.turn
        self._bell.set()
        try:
            yield Watcher(self, watched, render)
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                del self._watched[order_id]

    def wake(self) -> None:
        """Something was published: the relay of this process calls it."""
        if self._watched:
            self._bell.set()

    def stop(self) -> None:
        """Look no more, and let go of the watchers: they see `ended`."""
        self.ended = True
        self._bell.set()
        for watched in self._watched.values():
            watched.ring()

    async def run(self) -> None:
        """Look while somebody watches, until stopped."""
        while not self.ended:
            self.progress.beat()
            self._bell.clear()
            pause_s = IDLE_S
            if self._watched:
                pause_s = await self._look()
                await asyncio.sleep(self._pace_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), pause_s)

    async def _look(self) -> float:
        """A turn; how long to pause unless woken, in s."""
        self.turn += 1
        asked = dict(self._watched)
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                found = await see_orders(connection, asked)
        except Exception as error:
            if pg.fate_of(error) is pg.Fate.FATAL:
                raise
            log.warning("order_watch.database_away", error=repr(error))
            return BACKOFF_S
        for order_id, watched in asked.items():
            watched.tell(self.turn, found.get(order_id))
        return self._poll_s
