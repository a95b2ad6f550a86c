"""The delay topics' relay: each record waits exactly its topic's tier, then hops towards its due time.

It never sends a webhook and never sleeps for all: a partition whose head is not due is paused until shortly before,
then its head is fetched and kept here for the last moment. It produces, awaits the acknowledgement, then commits its
offset: a crash in between repeats a record, which the claim drops.
"""

import asyncio
import contextlib
from typing import Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from chassis.clock import Clock
from chassis.kafka import REQUEST_TIMEOUT_MS, START_TIMEOUT_S, STOP_TIMEOUT_S, Outgoing, Publisher, PublishError
from chassis.metrics import Metrics
from chassis.progress import Progress
from contracts.events.webhook import DispatchWebhook
from contracts.topics import DELAY_TIERS_S, dead_letter_name, delay_topic_name
from services.notifier.state import to_ms, topic_towards

log = structlog.get_logger()

GROUP: Final = "notifier-delay"
TIERS_S: Final = {delay_topic_name(tier_s): tier_s for tier_s in DELAY_TIERS_S}
POLL_MS: Final = 500
PAUSE_MIN_MS: Final = 20
"""Heads that follow each other closely are taken together: at most this late."""

AHEAD_MS: Final = 2 * POLL_MS
"""A head is fetched so long before it is due, and kept: the consumer may be waiting for other partitions until then."""

SESSION_TIMEOUT_MS: Final = 10_000
COMMIT_TIMEOUT_S: Final = 10.0
BACKOFF_S: Final = 0.5
RECORDS_MAX: Final = 1000
FETCH_MAX_BYTES: Final = 262_144


class DelayRelay(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """A worker with a consumer group of its own."""

    name = "delay-relay"

    def __init__(
        self, bootstrap: str, publisher: Publisher, clock: Clock, *, slot_id: str | None, metrics: Metrics
    ) -> None:
        self.progress = Progress()
        self._bootstrap = bootstrap
        self._publisher = publisher
        self._clock = clock
        self._slot_id = slot_id
        self._resume_ms: dict[TopicPartition, int] = {}
        self._held: dict[TopicPartition, list[ConsumerRecord]] = {}
        """Of paused partitions: what is due next, in no other place than Kafka if this process ends."""
        self._stopping = False
        self._hops = metrics.counter("webhook_delay_hops", "Records forwarded by the delay relay")

    def stop(self) -> None:
        """End after the running turn."""
        self._stopping = True

    async def run(self) -> None:
        """Relay until stopped; lives through a broker that is away."""
        while not self._stopping:
            self.progress.beat()
            consumer = self._make()
            try:
                await asyncio.wait_for(consumer.start(), START_TIMEOUT_S)
                self._forget_all()
                consumer.subscribe(list(TIERS_S), listener=self)
                while not self._stopping:
                    self.progress.beat()
                    await self._turn(consumer)
            except (KafkaError, PublishError, OSError, TimeoutError) as error:
                # What was not committed is read again by the next consumer.
                log.warning("delay_relay.kafka_away", error=repr(error))
                await asyncio.sleep(BACKOFF_S)
            finally:
                with contextlib.suppress(Exception):
                    await asyncio.wait_for(consumer.stop(), STOP_TIMEOUT_S)
        await self._publisher.close()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """A rebalance forgets every pause, of retained partitions, too: each head is looked at again."""
        self._forget_all()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """See above."""
        self._forget_all()

    def _forget_all(self) -> None:
        self._resume_ms.clear()
        self._held.clear()

    def _make(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            group_id=GROUP,
            client_id=self._slot_id or GROUP,
            group_instance_id=self._slot_id and f"{self._slot_id}-{GROUP}",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_TIMEOUT_MS,
            heartbeat_interval_ms=SESSION_TIMEOUT_MS // 4,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            metadata_max_age_ms=60_000,
            max_partition_fetch_bytes=FETCH_MAX_BYTES,
            fetch_max_wait_ms=POLL_MS,
        )

    async def _turn(self, consumer: AIOKafkaConsumer) -> None:
        self._resume_due(consumer)
        # Never cancelled: a cancelled getmany leaks aiokafka's count of running fetches.
        fetched = await consumer.getmany(timeout_ms=self._patience_ms(), max_records=RECORDS_MAX)
        held, self._held = self._held, {}
        waiting = {partition: held.get(partition, []) + fetched.get(partition, []) for partition in {**held, **fetched}}
        now_ms = to_ms(self._clock.now())
        hops: list[Outgoing] = []
        positions: dict[TopicPartition, int] = {}
        for partition, records in waiting.items():
            count = _due_count(records, TIERS_S[partition.topic], now_ms)
            if count < len(records):
                self._wait_for(consumer, partition, records[count:], now_ms)
            elif partition in held:
                consumer.resume(partition)
            if count:
                hops += [_hop(record, now_ms) for record in records[:count]]
                positions[partition] = records[count - 1].offset + 1
        if hops:
            await self._publisher.publish(hops)
            self._hops.add(len(hops))
            await asyncio.wait_for(consumer.commit(positions), COMMIT_TIMEOUT_S)

    def _wait_for(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, records: list[ConsumerRecord], now_ms: int
    ) -> None:
        """Fetch nothing more behind a head that is not due; keep what is soon due, and leave to Kafka what is not."""
        consumer.pause(partition)
        due_ms = _due_ms(records[0], TIERS_S[partition.topic])
        if due_ms <= now_ms + AHEAD_MS:
            self._held[partition] = records
        else:
            consumer.seek(partition, records[0].offset)
            self._resume_ms[partition] = due_ms - AHEAD_MS

    def _resume_due(self, consumer: AIOKafkaConsumer) -> None:
        now_ms = to_ms(self._clock.now())
        due = [partition for partition, resume_ms in self._resume_ms.items() if resume_ms <= now_ms]
        assigned = consumer.assignment()
        for partition in due:
            del self._resume_ms[partition]
            if partition in assigned:
                consumer.resume(partition)

    def _patience_ms(self) -> int:
        now_ms = to_ms(self._clock.now())
        heads = [_due_ms(records[0], TIERS_S[partition.topic]) for partition, records in self._held.items()]
        wait_ms = min([due_ms - now_ms for due_ms in (*heads, *self._resume_ms.values())], default=POLL_MS)
        # Heads that follow each other closely are taken together.
        return min(POLL_MS, max(PAUSE_MIN_MS if self._held else 1, wait_ms))


def _due_ms(record: ConsumerRecord, tier_s: int) -> int:
    """When it has waited its tier; sooner if its own time comes sooner, since it took a moment to get here."""
    waited_ms = int(record.timestamp) + tier_s * 1000
    try:
        return min(waited_ms, DispatchWebhook.model_validate_json(record.value or b"").due_at_ms)
    except ValidationError:
        return waited_ms


def _due_count(records: list[ConsumerRecord], tier_s: int, now_ms: int) -> int:
    """How many records at the head have waited their tier."""
    for count, record in enumerate(records):
        if _due_ms(record, tier_s) > now_ms:
            return count
    return len(records)


def _hop(record: ConsumerRecord, now_ms: int) -> Outgoing:
    """The same record on its next topic; what can't be read goes to the dead letters."""
    headers = list(record.headers)
    try:
        data = DispatchWebhook.model_validate_json(record.value or b"")
        topic = topic_towards(data.due_at_ms, now_ms)
    except ValidationError as error:
        log.error("delay_relay.dead_lettered", topic=record.topic, offset=record.offset)
        topic = dead_letter_name(record.topic)
        headers.append(("dlq_reason", str(error.errors(include_input=False)[:1]).encode()))
    return Outgoing(topic, record.key or b"", record.value or b"", headers)
