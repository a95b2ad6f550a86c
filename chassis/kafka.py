"""Kafka itself: topics that must exist, the cluster's identity, and publishing whole batches per partition in order."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from aiokafka.partitioner import murmur2

from chassis.cloudevents import Headers
from chassis.progress import Progress

log = structlog.get_logger()

REQUEST_TIMEOUT_MS = 10_000
START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 3.0
ACK_TIMEOUT_S = 20.0
WATCH_EVERY_S = 2.0
WATCH_TIMEOUT_S = 5.0
BATCH_MAX_BYTES = 262_144
PRODUCER_LINGER_MS = 5
TOPICS_TIMEOUT_S = 30.0
TOPIC_CHECK_EVERY_S = 0.02
KEYS_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as the broker must have it."""

    name: str
    partitions: int
    config: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to publish."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


Place = tuple[int, int | None]
"""Where a record stands in its topic: partition and offset. The broker may not say the offset of a batch that it took
for one it had."""


class PublishError(Exception):
    """Some records of a batch may not have arrived; the same batch is to be published again with a fresh producer."""


class ClusterChanged(Exception):
    """The broker lost its data and came back as another cluster: the process must start anew."""


async def ensure_topics(bootstrap: str, topics: Sequence[TopicSpec], *, replication: int = -1) -> int:
    """Create the topics that are missing; how many. Raises KafkaError. -1 takes the broker's default replication.

    Returns once the broker tells of them: a consumer that joins its group before is given no partition, and does
    not ask again for long.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        async with asyncio.timeout(TOPICS_TIMEOUT_S):
            await admin.start()
            missing = await _missing(admin, topics)
            if missing:
                await _create(admin, missing, replication)
            while await _missing(admin, missing):  # noqa: ASYNC110  # a broker has no event to wait for
                await asyncio.sleep(TOPIC_CHECK_EVERY_S)
        return len(missing)
    finally:
        await admin.close()


async def _missing(admin: AIOKafkaAdminClient, topics: Sequence[TopicSpec]) -> list[TopicSpec]:
    existing = set(await admin.list_topics()) if topics else set()
    return [topic for topic in topics if topic.name not in existing]


async def _create(admin: AIOKafkaAdminClient, topics: Sequence[TopicSpec], replication: int) -> None:
    # NewTopic takes -1 only beside assignments; none of them is what the broker understands as its default.
    assignments: dict[int, list[int]] | None = {} if replication == -1 else None
    new = [NewTopic(topic.name, topic.partitions, replication, assignments, topic.config) for topic in topics]
    response = await admin.create_topics(new, timeout_ms=REQUEST_TIMEOUT_MS)
    for name, code, *_ in response.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise for_code(code)(f"cannot create topic {name}")


async def read_cluster_id(bootstrap: str) -> str:
    """The id that a cluster got when its storage was formatted. Raises KafkaError or TimeoutError."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        async with asyncio.timeout(WATCH_TIMEOUT_S):
            await admin.start()
            return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


class ClusterWatch:
    """Knows whether Kafka answers, and as which cluster; a worker that ends the process when the cluster changed.

    After a wiped broker every consumer must start at 0 and every relay must publish again: starting anew does both.
    """

    name = "cluster-watch"

    def __init__(self, bootstrap: str, topics: Sequence[TopicSpec]) -> None:
        self.progress = Progress()
        self._bootstrap = bootstrap
        self._topics = topics
        self._stopping = asyncio.Event()
        self._known = asyncio.Event()
        self._cluster_id = ""
        self._at_outage: list[Callable[[], None]] = []
        self.connected = False

    def at_outage(self, told: Callable[[], None]) -> None:
        """Call this whenever Kafka is found to be away."""
        self._at_outage.append(told)

    async def confirm(self) -> None:
        """Ask now whether it is still the cluster that is known. Raises ClusterChanged, KafkaError or TimeoutError."""
        seen = await read_cluster_id(self._bootstrap)
        if self._known.is_set() and seen != self._cluster_id:
            raise ClusterChanged(f"Kafka's cluster was {self._cluster_id}, now it is {seen}")

    async def cluster_id(self) -> str:
        """The cluster's id; waits until the broker has answered once."""
        await self._known.wait()
        return self._cluster_id

    async def run(self) -> None:
        """Ask every WATCH_EVERY_S. Raises ClusterChanged."""
        while not self._stopping.is_set():
            self.progress.beat()
            try:
                await self._look()
                self.connected = True
            except (KafkaError, OSError, TimeoutError) as error:
                if self.connected or not self._known.is_set():
                    log.warning("kafka.away", error=repr(error))
                self.connected = False
                for told in self._at_outage:
                    told()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), WATCH_EVERY_S if self.connected else WATCH_EVERY_S / 4)

    def stop(self) -> None:
        """End `run`."""
        self._stopping.set()

    async def _look(self) -> None:
        if self._known.is_set():
            await self.confirm()
            return
        seen = await read_cluster_id(self._bootstrap)
        # A wiped broker has no topics; whoever comes first makes them.
        await ensure_topics(self._bootstrap, self._topics)
        self._cluster_id = seen
        self._known.set()


@lru_cache(KEYS_REMEMBERED)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition that Kafka's own clients choose for a key. Several messages of one key mostly come together."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


class Publisher:
    """An idempotent producer that sends one batch per partition at a time and waits for its acknowledgement.

    It is made anew after any failure, since a producer that reported an out-of-order sequence stays broken; and after
    any outage, since by itself it would go on at whatever comes back, be it a cluster that must first be told what is
    older.
    """

    def __init__(self, bootstrap: str, *, client_id: str, watch: ClusterWatch | None = None) -> None:
        self._bootstrap = bootstrap
        self._client_id = client_id
        self._watch = watch
        self._producer: AIOKafkaProducer | None = None
        self._publishing: asyncio.Timeout | None = None
        self._doubted = False
        if watch is not None:
            watch.at_outage(self._doubt)

    async def publish(self, records: Sequence[Outgoing]) -> list[Place]:
        """Return when all are acknowledged, each partition's in the order given, with the place of each. Raises
        PublishError or ClusterChanged, and then some may have arrived."""
        try:
            producer = await self._started()
            async with asyncio.timeout(None) as self._publishing:
                return await self._send_all(producer, records)
        except (KafkaError, OSError, TimeoutError) as error:
            self._publishing = None  # it has ended: an outage that is found while we close can't end it
            await self.close()
            raise PublishError(repr(error)) from error
        finally:
            self._publishing = None

    async def prepare(self) -> None:
        """Connect before there is anything to publish: the first message need not wait for it. Raises PublishError,
        ClusterChanged."""
        try:
            await self._started()
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise PublishError(repr(error)) from error

    async def close(self) -> None:
        """End the producer and what it has not delivered; the next `publish` starts another one."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # stop() waits for the delivery of what is queued, for as long as a broker is away; and when that is cut short,
        # the sender lives on and delivers it long after it was published anew. aiokafka has no public way to forget.
        sender = producer._sender.sender_task
        if sender is not None:
            await _end(sender)
        _forget_undelivered(producer)
        await _end(asyncio.create_task(producer.stop()), patience_s=STOP_TIMEOUT_S)
        await _end(asyncio.create_task(producer.client.close()), patience_s=STOP_TIMEOUT_S)

    def _doubt(self) -> None:
        self._doubted = True
        if self._publishing is not None and not self._publishing.expired():
            self._publishing.reschedule(asyncio.get_running_loop().time())

    async def _started(self) -> AIOKafkaProducer:
        if self._doubted:
            await self.close()
            self._doubted = False
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id=self._client_id,
                acks="all",
                enable_idempotence=True,
                compression_type="lz4",
                linger_ms=PRODUCER_LINGER_MS,
                max_batch_size=BATCH_MAX_BYTES,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
            )
            self._producer = producer
            await asyncio.wait_for(producer.start(), START_TIMEOUT_S)
            if self._watch is not None:
                await self._watch.confirm()
        return self._producer

    async def _send_all(self, producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> list[Place]:
        partitions = {
            topic: len(await asyncio.wait_for(producer.partitions_for(topic), ACK_TIMEOUT_S))
            for topic in {record.topic for record in records}
        }
        by_partition: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, record in enumerate(records):
            by_partition[record.topic, partition_of(record.key, partitions[record.topic])].append(number)
        sends = (
            self._send(producer, *where, [records[number] for number in numbers])
            for where, numbers in by_partition.items()
        )
        places: list[Place] = [(0, None)] * len(records)
        # All of them end before one failure is told: none goes on while the same batch is published anew.
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
        for (where, numbers), outcome in zip(by_partition.items(), outcomes, strict=True):
            if isinstance(outcome, BaseException):
                raise outcome
            for number, offset in zip(numbers, outcome, strict=True):
                places[number] = (where[1], offset)
        return places

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, partition: int, records: list[Outgoing]
    ) -> list[int | None]:
        """Publish to one partition; the offset of each."""
        offsets: list[int | None] = []
        index = 0
        while index < len(records):
            if self._doubted:
                raise TimeoutError("an outage was found between two batches")
            batch, first = producer.create_batch(), index  # which takes its first record whatever its size
            while index < len(records):
                record = records[index]
                if batch.append(key=record.key, value=record.value, timestamp=None, headers=record.headers) is None:
                    break
                index += 1
            batch.close()
            acknowledged = await producer.send_batch(batch, topic, partition=partition)
            # Never a second batch to a partition before the first is acknowledged: a retry can't overtake it.
            base = (await asyncio.wait_for(acknowledged, ACK_TIMEOUT_S)).offset
            offsets += range(base, base + index - first) if base >= 0 else [None] * (index - first)
        return offsets


async def _end(task: "asyncio.Task[object]", *, patience_s: float = 0.0) -> None:
    """Have a task end by itself, then by cancelling it, without ever being cancelled along with it."""
    for wait_s in (patience_s, STOP_TIMEOUT_S, STOP_TIMEOUT_S):
        done, _ = await asyncio.wait({task}, timeout=wait_s)
        if done:
            break
        task.cancel()  # the sender takes the first one as a request to finish what is in flight
    if task.done() and not task.cancelled():
        task.exception()  # seen: nobody can do anything about it


def _forget_undelivered(producer: AIOKafkaProducer) -> None:
    """Let a producer without a sender hold nothing any more: who waited has given up and will publish it anew."""
    held = producer._message_accumulator
    for batch in (*held._pending_batches, *(batch for queue in held._batches.values() for batch in queue)):
        batch.done_noack()
    held._batches.clear()
