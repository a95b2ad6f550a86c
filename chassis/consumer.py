"""Kafka in: batches, one transaction per slice, offsets stored in it, poison to the dead-letter topic.

A service hands over a table from event type to handler; a handler gets the slice's messages of its types in
order and writes on the connection it is given. It neither commits nor calls anything outside.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import BaseModel, TypeAdapter, ValidationError

from chassis import inbox, outbox, pg
from chassis.clock import Clock
from chassis.cloudevents import Attributes, decode
from chassis.errors import Retry
from chassis.kafka import REQUEST_TIMEOUT_MS, START_TIMEOUT_S, STOP_TIMEOUT_S, ClusterWatch
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.outbox import OutboxMessage
from chassis.pg import Connection, Fate, Pool
from chassis.progress import Progress

log = structlog.get_logger()

POLL_TIMEOUT_MS = 500
SESSION_TIMEOUT_MS = 10_000
REBALANCE_TIMEOUT_MS = 30_000
METADATA_MAX_AGE_MS = 10_000
"""How long a consumer that joined before its topics were known goes without partitions."""

COMMIT_HINT_EVERY_S = 5.0
BACKOFF_FIRST_S = 0.1
STUCK_AFTER_S = 45.0
"""Lag without progress for this long, with Kafka and Postgres there, means the consumer stopped silently."""

REASON_MAX_CHARS = 1000

Data = TypeVar("Data", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Message(Generic[Data]):
    """One event as a handler gets it."""

    attributes: Attributes
    data: Data
    raw: bytes
    key: str


Apply = Callable[[Connection, Sequence[Message[Any]]], Awaitable[None]]


class Handler:
    """What to do with one event type. Types that must keep their order among each other share one `apply`."""

    __slots__ = ("adapter", "apply")

    def __init__(self, model: type[BaseModel], apply: Apply) -> None:
        self.adapter: TypeAdapter[BaseModel] = TypeAdapter(model)
        self.apply = apply


@dataclass(frozen=True, slots=True)
class ConsumerConfig:
    """Named limits of one consumer; see `chassis.settings`."""

    bootstrap: str
    group: str
    topics: tuple[str, ...]
    slot_id: str | None
    batch_max: int
    slice_max: int
    backoff_max_s: float
    dead_letter_topic: Callable[[str], str]
    new_event_id: Callable[[], str]


class ConsumerStuck(Exception):
    """Messages wait and none is taken: the process must start anew."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """A worker that applies a group's messages, each partition in order, each message's effects once."""

    def __init__(
        self,
        config: ConsumerConfig,
        handlers: Mapping[str, Handler],
        *,
        pool: Pool,
        watch: ClusterWatch,
        clock: Clock,
        metrics: Metrics,
        wide: WideLog,
        after_commit: Callable[[], None],
        after_rollback: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = f"consumer-{config.group}"
        self.progress = Progress()
        self._config = config
        self._handlers = handlers
        self._pool = pool
        self._watch = watch
        self._clock = clock
        self._wide = wide
        self._after_commit = after_commit
        self._after_rollback = after_rollback
        self._next: dict[TopicPartition, int] = {}
        self._gaps: dict[TopicPartition, int] = {}
        self._busy = asyncio.Lock()
        self._stopping = False
        self._moved_at = 0.0
        self._hinted_at = 0.0
        self._handled = metrics.counter("messages_handled", "Messages whose effects were committed", group=config.group)
        self._dead = metrics.counter(
            "messages_dead_lettered", "Messages sent to a dead-letter topic", group=config.group
        )
        self._zombies = metrics.counter(
            "partitions_fenced", "Partitions of a slice dropped by the fence", group=config.group
        )

    def stop(self) -> None:
        """Finish the running slice and end."""
        self._stopping = True

    async def run(self) -> None:
        """Consume until stopped; lives through a broker that is away."""
        cluster_id = await self._cluster_id()
        while not self._stopping:
            self.progress.beat()
            consumer = self._make()
            try:
                await asyncio.wait_for(consumer.start(), START_TIMEOUT_S)
                consumer.subscribe(list(self._config.topics), listener=self)
                self._moved_at = _now_s()
                await self._consume(consumer, cluster_id)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("consumer.kafka_away", group=self._config.group, error=repr(error))
                await asyncio.sleep(BACKOFF_FIRST_S * 5)
            finally:
                self._next.clear()
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(consumer.stop(), STOP_TIMEOUT_S)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the running slice, then forget what we held."""
        async with self._busy:
            for partition in revoked:
                self._next.pop(partition, None)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """What we held may be another's by now: ask Postgres again, in the loop (an error here would be swallowed)."""
        async with self._busy:
            self._next.clear()

    async def _cluster_id(self) -> str:
        while not self._stopping:
            self.progress.beat()
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self._watch.cluster_id(), POLL_TIMEOUT_MS / 1000)
        return ""

    def _make(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._config.bootstrap,
            group_id=self._config.group,
            client_id=self._config.slot_id or self._config.group,
            group_instance_id=self._config.slot_id and f"{self._config.slot_id}-{self._config.group}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=SESSION_TIMEOUT_MS // 4,
            rebalance_timeout_ms=REBALANCE_TIMEOUT_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            metadata_max_age_ms=METADATA_MAX_AGE_MS,
            max_partition_fetch_bytes=1_048_576,
            fetch_max_wait_ms=POLL_TIMEOUT_MS,
        )

    async def _consume(self, consumer: AIOKafkaConsumer, cluster_id: str) -> None:
        backoff_s = BACKOFF_FIRST_S
        while not self._stopping:
            self.progress.beat()
            # Nothing to wait for while we do not know where we stand: it would be fetched again from there.
            timeout_ms = 0 if self._lost(consumer) else POLL_TIMEOUT_MS
            # Never cancelled: a cancelled getmany leaks aiokafka's count of running fetches.
            fetched = await consumer.getmany(timeout_ms=timeout_ms, max_records=self._config.batch_max)
            try:
                async with self._busy:
                    if await self._take(consumer, fetched, cluster_id):
                        backoff_s = BACKOFF_FIRST_S
            except Exception as error:
                if not _is_transient(error):
                    raise
                log.warning("consumer.backing_off", group=self._config.group, error=repr(error), pause_s=backoff_s)
                # Where we stand is in Postgres; what was fetched is fetched again from there.
                self._next.clear()
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, self._config.backoff_max_s)
                self._moved_at = _now_s()
            await self._housekeeping(consumer)

    async def _take(
        self, consumer: AIOKafkaConsumer, fetched: dict[TopicPartition, list[ConsumerRecord]], cluster_id: str
    ) -> bool:
        """Apply what was fetched; whether there was anything to apply."""
        known = self._next.keys() & fetched.keys()
        await self._find_positions(consumer, cluster_id)
        fresh: list[ConsumerRecord] = []
        for partition in known:
            fresh += self._contiguous(consumer, partition, fetched[partition])
        for start in range(0, len(fresh), self._config.slice_max):
            piece = [r for r in fresh[start : start + self._config.slice_max] if _where(r) in self._next]
            if piece:
                await self._apply(piece)
            await asyncio.sleep(0)  # let requests and heartbeats in between two slices
        return bool(fresh)

    def _lost(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        """The partitions we were given and hold no position of."""
        return [partition for partition in consumer.assignment() if partition not in self._next]

    async def _find_positions(self, consumer: AIOKafkaConsumer, cluster_id: str) -> None:
        """Seek every assigned partition that we hold no position of to where Postgres says."""
        unknown = self._lost(consumer)
        if not unknown:
            return
        async with self._pool.acquire(timeout=pg.ACQUIRE_TIMEOUT_S) as connection:
            offsets = await inbox.load_offsets(connection, self._config.group, unknown, cluster_id)
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
            self._next[partition] = offset

    def _contiguous(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, records: list[ConsumerRecord]
    ) -> list[ConsumerRecord]:
        """The records from where we stand on. A gap before them is believed only when it shows twice:
        the first time it may be something fetched before a seek."""
        start = self._next[partition]
        fresh = [record for record in records if record.offset >= start]
        if fresh and fresh[0].offset > start and self._gaps.get(partition) != fresh[0].offset:
            self._gaps[partition] = fresh[0].offset
            consumer.seek(partition, start)
            return []
        self._gaps.pop(partition, None)
        return fresh

    async def _apply(self, records: list[ConsumerRecord]) -> None:
        """One transaction: the fence, the effects, the outbox."""
        moves = self._moves(records)
        began_s = _now_s()
        try:
            async with pg.transaction(self._pool) as connection:
                live = await inbox.advance(connection, self._config.group, moves)
                applied = [record for record in records if _where(record) in live]
                await self._handle(connection, applied)
        except Exception as error:
            self._after_rollback()
            if _is_transient(error):
                raise
            try:
                live, applied = await self._apply_singly(moves, records, error)
            except Exception:
                self._after_rollback()
                raise
        for partition, (_, end) in moves.items():
            if partition in live:
                self._next[partition] = end
            else:
                self._zombies.add()
                del self._next[partition]
        self._moved_at = _now_s()
        self._handled.add(len(applied))
        if applied:
            self._after_commit()
            self._wide.emit(
                "messages.handled",
                group=self._config.group,
                count=len(applied),
                partitions=len(live),
                duration_ms=round((self._moved_at - began_s) * 1000, 2),
            )

    async def _apply_singly(
        self, moves: dict[TopicPartition, tuple[int, int]], records: list[ConsumerRecord], cause: Exception
    ) -> tuple[set[TopicPartition], list[ConsumerRecord]]:
        """The slice again, each message under a savepoint; what fails for good goes to the dead-letter topic."""
        log.warning("consumer.slice_failed", group=self._config.group, size=len(records), error=repr(cause))
        async with pg.transaction(self._pool) as connection:
            live = await inbox.advance(connection, self._config.group, moves)
            applied = [record for record in records if _where(record) in live]
            for record in applied:
                try:
                    async with connection.transaction():
                        await self._handle(connection, [record])
                except Exception as error:
                    if _is_transient(error):
                        raise
                    await self._bury(connection, record, error)
        return live, applied

    async def _handle(self, connection: Connection, records: list[ConsumerRecord]) -> None:
        by_apply: dict[Apply, list[Message[Any]]] = {}
        for record in records:
            attributes = decode(record.headers)
            handler = self._handlers.get(attributes.type)
            if handler is None:
                continue  # a newer producer's type: not for us
            data = handler.adapter.validate_json(record.value or b"")
            message = Message(attributes, data, record.value, (record.key or b"").decode())
            by_apply.setdefault(handler.apply, []).append(message)
        for apply, messages in by_apply.items():
            await apply(connection, messages)

    async def _bury(self, connection: Connection, record: ConsumerRecord, error: Exception) -> None:
        """A dead-letter row in the same transaction, with where it came from and why."""
        headers = {name: _storable(value) for name, value in record.headers}
        reason = str(error.errors(include_input=False)[:3]) if isinstance(error, ValidationError) else repr(error)
        log.error("message.dead_lettered", topic=record.topic, offset=record.offset, reason=reason)
        self._dead.add()
        letter = OutboxMessage(
            topic=self._config.dead_letter_topic(record.topic),
            key=_storable(record.key),
            event_id=headers.get("ce_id") or self._config.new_event_id(),
            type=headers.get("ce_type") or "unknown",
            subject=headers.get("ce_subject") or "unknown",
            occurred_at=self._clock.now(),
            data=record.value or b"",
            traceparent=headers.get("traceparent"),
            headers={
                "dlq_topic": record.topic,
                "dlq_partition": str(record.partition),
                "dlq_offset": str(record.offset),
                "dlq_group": self._config.group,
                # What the letter's own headers say otherwise: whoever sends the message again says it as it was.
                "dlq_ce_time": headers.get("ce_time", ""),
                "dlq_ce_source": headers.get("ce_source", ""),
                "dlq_reason": _storable(reason.encode("utf-8", "replace"))[:REASON_MAX_CHARS],
            },
        )
        await outbox.append(connection, [letter])

    def _moves(self, records: list[ConsumerRecord]) -> dict[TopicPartition, tuple[int, int]]:
        ends = {_where(record): record.offset + 1 for record in records}
        return {partition: (self._next[partition], end) for partition, end in ends.items()}

    async def _housekeeping(self, consumer: AIOKafkaConsumer) -> None:
        """Tell Kafka where we stand (a hint for lag tools alone), and notice a consumer that stopped silently."""
        now = _now_s()
        if now - self._hinted_at < COMMIT_HINT_EVERY_S or not self._next:
            return
        self._hinted_at = now
        try:
            await asyncio.wait_for(consumer.commit(dict(self._next)), COMMIT_HINT_EVERY_S)
            ends = await asyncio.wait_for(consumer.end_offsets(list(self._next)), COMMIT_HINT_EVERY_S)
        except (KafkaError, OSError, TimeoutError):
            self._moved_at = now  # Kafka is away or rebalancing: no progress is nobody's fault
            return
        if all(self._next.get(partition, end) >= end for partition, end in ends.items()):
            self._moved_at = now
        elif now - self._moved_at > STUCK_AFTER_S:
            raise ConsumerStuck(f"group {self._config.group} has lag and takes nothing for {STUCK_AFTER_S} s")


def _storable(value: bytes | None) -> str:
    """Foreign bytes as a text that Postgres takes: every message must be fit to be buried."""
    return (value or b"").decode("utf-8", "replace").replace("\x00", "\ufffd")


def _where(record: ConsumerRecord) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


def _is_transient(error: Exception) -> bool:
    """Whether the same message may pass later: an outage, a lock, a deadlock, or a handler that says so.

    So may it where a table or a right is missing: somebody forgot to migrate, which is no message's fault.
    """
    fates = (Fate.CONFLICT, Fate.LOCKED, Fate.LOST, Fate.UNKNOWN)
    return isinstance(error, Retry | asyncpg.SyntaxOrAccessError) or pg.fate_of(error) in fates


def _now_s() -> float:
    return asyncio.get_running_loop().time()
