"""The outbox relay: publishes what was committed, in order, and deletes it once Kafka has it.

One per service, under an advisory lock that lives as long as its connection, and with that same connection
it deletes: a relay that lost its lock can't give positions. It is woken right after a commit, in-process or by
NOTIFY from another process; polling is for recovery only.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta

import asyncpg
import structlog

from chassis import pg
from chassis.clock import Clock
from chassis.cloudevents import encode
from chassis.kafka import ClusterWatch, Outgoing, Publisher, PublishError
from chassis.metrics import Metrics
from chassis.outbox import queries
from chassis.pg import Connection, Pool, columns
from chassis.progress import Progress

log = structlog.get_logger()

BACKOFF_S = 0.5
LOCK_RETRY_S = 1.0
STAND_BACK_S = 0.02
"""How long to stand back before it is looked again whether there is need to."""

GATHER_S_PER_MESSAGE = 0.0005
GATHER_MIN_S = 0.01
GATHER_MAX_S = 0.05
"""A relay lets messages gather before it publishes the next ones, and longer the busier it is: what it publishes at
once is what everybody behind it handles at once, and most of what a message costs is by the batch."""


class Relay:
    """The worker, and the bell that wakes it."""

    name = "relay"

    def __init__(
        self,
        *,
        service: str,
        dsn: str,
        pool: Pool,
        publisher: Publisher,
        watch: ClusterWatch,
        clock: Clock,
        metrics: Metrics,
        poll_s: float,
        batch_max: int,
        republish_h: int,
    ) -> None:
        self.progress = Progress()
        self._service = service
        self._dsn = dsn
        self._pool = pool
        self._publisher = publisher
        self._watch = watch
        self._clock = clock
        self._poll_s = poll_s
        self._batch_max = batch_max
        self._republish = timedelta(hours=republish_h)
        self._channel = f"outbox_{service}"
        self._bell = asyncio.Event()
        self._stopping = False
        self._leading = False
        self._unheard = False
        self._notifying: asyncio.Task[None] | None = None
        self._told: list[Callable[[], None]] = []
        self.must_wait: Callable[[], bool] = lambda: False
        self._published = metrics.counter("outbox_published", "Messages published from the outbox")
        self._batches = metrics.sizes("relay_batch_size", "Messages published at once")

    def wake(self) -> None:
        """There is something to publish: call it right after the commit."""
        if self._leading:
            self._bell.set()
            return
        self._unheard = True
        if self._notifying is None or self._notifying.done():
            self._notifying = asyncio.create_task(self._notify(), name="relay-notify")

    def tell(self, logged: Callable[[], None]) -> None:
        """Call this, too, whenever events have entered the log."""
        self._told.append(logged)

    def stand_back(self, must_wait: Callable[[], bool]) -> None:
        """Publish nothing while this says so; it is asked before each batch. What waits meanwhile is safe."""
        self.must_wait = must_wait

    async def run(self) -> None:
        """Lead while the lock is held, wait for it otherwise, until stopped."""
        while not self._stopping:
            try:
                await self._lead()
            except PublishError as error:
                log.warning("relay.publish_failed", error=str(error))
                await self._back_off(BACKOFF_S)
            except Exception as error:
                if pg.fate_of(error) is pg.Fate.FATAL:
                    raise
                log.warning("relay.database_away", error=repr(error))
                await self._back_off(BACKOFF_S)
        await self._publisher.close()

    def stop(self) -> None:
        """Publish nothing new and end."""
        self._stopping = True
        self._bell.set()

    async def _lead(self) -> None:
        connection = await pg.connect(self._dsn, name=f"{self._service}-relay")
        try:
            while not await queries.try_relay_lock.value(connection):
                if self._stopping:
                    return
                await self._back_off(LOCK_RETRY_S)
            await connection.add_listener(self._channel, lambda *_: self._bell.set())
            if await self._kafka_is_known():
                await self._republish_to_new_cluster(connection)
                await self._publisher.prepare()
            self._leading = True
            while not self._stopping:
                self.progress.beat()
                if self.must_wait():
                    await asyncio.sleep(STAND_BACK_S)
                    continue
                self._bell.clear()
                published = await self._publish_some(connection)
                if published < self._batch_max:
                    if published:
                        await asyncio.sleep(gather_s(published))
                    await self._pause(self._poll_s)  # unless the bell has rung meanwhile
        finally:
            self._leading = False
            with contextlib.suppress(Exception):
                await connection.close(timeout=1.0)

    async def _publish_some(self, connection: Connection) -> int:
        """Publish the oldest rows; how many."""
        rows = await queries.select_outbox.rows(connection, limit=self._batch_max)
        if not rows:
            return 0
        places = await self._publisher.publish(self._records(rows))
        ids = [row["id"] for row in rows]
        if any(row["tenant"] is not None for row in rows):
            partitions, offsets = columns(places, 2)
            await queries.finish_outbox.run(connection, ids=ids, partitions=partitions, offsets=offsets)
            for logged in self._told:
                logged()
        else:
            await queries.delete_outbox.run(connection, ids=ids)
        self._published.add(len(rows))
        self._batches.observe(len(rows))
        return len(rows)

    async def _kafka_is_known(self) -> bool:
        """Wait until the broker has answered once; False when told to stop meanwhile."""
        while not self._stopping:
            self.progress.beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._watch.cluster_id(), LOCK_RETRY_S)
                return True
        return False

    async def _republish_to_new_cluster(self, connection: Connection) -> None:
        """A cluster that lost its data gets the public messages of the last hours again; receivers know their ids."""
        cluster_id = await self._watch.cluster_id()
        known = await queries.get_relay_cluster.value(connection)
        if known == cluster_id:
            return
        after, count = 0, 0
        since = self._clock.now() - self._republish
        while known is not None:
            rows = await queries.select_event_log_since.rows(
                connection, after=after, since=since, limit=self._batch_max
            )
            if not rows:
                break
            partitions, offsets = columns(await self._publisher.publish(self._records(rows)), 2)
            positions = [row["position"] for row in rows]
            await queries.move_event_log.run(connection, positions=positions, partitions=partitions, offsets=offsets)
            after, count = rows[-1]["position"], count + len(rows)
        await queries.set_relay_cluster.run(connection, cluster_id=cluster_id)
        log.info("relay.cluster_known", cluster_id=cluster_id, before=known, republished=count)

    def _records(self, rows: Sequence[asyncpg.Record]) -> list[Outgoing]:
        return [Outgoing(row["topic"], row["key"].encode(), row["data"], self._headers(row)) for row in rows]

    def _headers(self, row: asyncpg.Record) -> list[tuple[str, bytes]]:
        return encode(
            event_id=row["event_id"],
            type_=row["type"],
            source=f"/paygate/{self._service}",
            subject=row["subject"],
            time=row["occurred_at"],
            traceparent=row["traceparent"],
            extra=row["headers"],
        )

    async def _notify(self) -> None:
        # Once more when somebody committed while the last one was on its way. Losing one to an error is harmless: the
        # relay polls.
        while self._unheard:
            self._unheard = False
            with contextlib.suppress(Exception):
                async with self._pool.acquire(timeout=pg.ACQUIRE_TIMEOUT_S) as connection:
                    await queries.notify_relay.run(connection, channel=self._channel)

    async def _back_off(self, pause_s: float) -> None:
        """Pause although the bell has rung: what it rang for is looked at afterwards anyway."""
        if not self._stopping:
            self._bell.clear()
        await self._pause(pause_s)

    async def _pause(self, most_s: float) -> None:
        self.progress.beat()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), most_s)


def gather_s(published: int) -> float:
    """How long to let messages gather after so many were published."""
    return min(GATHER_MAX_S, max(GATHER_MIN_S, published * GATHER_S_PER_MESSAGE))
