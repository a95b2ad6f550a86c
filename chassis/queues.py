"""What waits on its way from one service to another, in figures: for people who look why something is late."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from chassis import inbox, outbox
from chassis.clock import Clock
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.kafka import ClusterWatch
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool

log = structlog.get_logger()

PATH: Final = "/internal/queues"
KAFKA_TIMEOUT_S: Final = 3.0
REQUEST_TIMEOUT_MS: Final = 2000

Place = tuple[str, int]
"""A topic's partition."""


class KafkaAway(Exception):
    """The broker does not say how long its topics are."""


def queue_route(pool: Pool, watch: ClusterWatch, clock: Clock, internal: Authenticator) -> Route:
    """A service's own part: its outbox, and how far its consumers have come."""

    async def queues(call: Call) -> Answer:
        """GET /internal/queues"""
        return json_answer(200, await own_queues(pool, watch, clock.now()))

    return Route("GET", PATH, queues, "What waits here", internal, documented=False)


async def own_queues(pool: Pool, watch: ClusterWatch, now: datetime) -> dict[str, Any]:
    """`depth` (at most so many wait in the outbox), `oldest_s`, and `offsets`: group, topic, partition, next."""
    async with asyncio.timeout(KAFKA_TIMEOUT_S):
        cluster_id = await watch.cluster_id() if watch.connected else None
    async with pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
        waits = await outbox.queries.outbox_depth.row(connection)
        assert waits is not None
        rows = [] if cluster_id is None else await inbox.queries.all_offsets.rows(connection, cluster_id=cluster_id)
    oldest_at = waits["oldest_at"]
    return {
        "depth": waits["depth"],
        "oldest_s": None if oldest_at is None else max(round((now - oldest_at).total_seconds(), 1), 0.0),
        "offsets": [list(row.values()) for row in rows],
    }


async def ends_of(bootstrap: str, places: Iterable[Place]) -> dict[Place, int]:
    """The offset that the next message of each partition gets. Raises KafkaAway."""
    by_topic: dict[str, list[TopicPartition]] = defaultdict(list)
    for topic, partition in places:
        by_topic[topic].append(TopicPartition(topic, partition))
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        async with asyncio.timeout(KAFKA_TIMEOUT_S):
            await consumer.start()
            # At once: aiokafka takes a tenth of a second to learn of a topic, one topic after the other.
            answers = await asyncio.gather(*(consumer.end_offsets(of_topic) for of_topic in by_topic.values()))
    except (KafkaError, OSError, TimeoutError) as error:
        raise KafkaAway(repr(error)) from error
    finally:
        await _let_go(consumer.stop)
    return {(place.topic, place.partition): end for ends in answers for place, end in ends.items()}


async def committed(bootstrap: str, group: str) -> dict[Place, int]:
    """How far a group that keeps its progress in Kafka has come. Raises KafkaAway."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        async with asyncio.timeout(KAFKA_TIMEOUT_S):
            await admin.start()
            offsets = await admin.list_consumer_group_offsets(group)
    except (KafkaError, OSError, TimeoutError) as error:
        raise KafkaAway(repr(error)) from error
    finally:
        await _let_go(admin.close)
    return {(place.topic, place.partition): meta.offset for place, meta in offsets.items()}


async def _let_go(close: Callable[[], Awaitable[None]]) -> None:
    """Whoever asks has waited long enough: a broker that does not answer is not waited for a second time."""
    with contextlib.suppress(KafkaError, OSError, TimeoutError):
        async with asyncio.timeout(KAFKA_TIMEOUT_S):
            await close()


def lag_by_topic(nexts: Mapping[Place, int], ends: Mapping[Place, int]) -> dict[str, tuple[int, int]]:
    """Of each topic how many partitions there are, and how many messages are not handled yet."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, next_ in nexts.items():
        found[place[0]].append(max(ends.get(place, next_) - next_, 0))
    return {topic: (len(lags), sum(lags)) for topic, lags in sorted(found.items())}
