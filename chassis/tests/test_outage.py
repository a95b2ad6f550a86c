"""One broker of our own that goes away, comes back, and comes back wiped; the tests run in this order."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from pydantic import BaseModel

from chassis import outbox, pg
from chassis.consumer import Handler, Message
from chassis.kafka import (
    ClusterChanged,
    ClusterWatch,
    Outgoing,
    Publisher,
    PublishError,
    TopicSpec,
    ensure_topics,
)
from chassis.pg import Connection, Pool
from chassis.tests import parts, samples
from chassis.tests.conftest import Schema
from chassis.tests.reading import read_all
from chassis.tests.waiting import PATIENCE_S, until
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running

TOPIC = "outlives"
SPEC = TopicSpec(TOPIC, 1, {})
RAW = "raw"


@pytest.fixture(scope="module")
def broker() -> Iterator[Stack]:
    with running(new_config(postgres=False)) as stack:
        yield stack


def record(value: str) -> Outgoing:
    return Outgoing(RAW, b"k", value.encode(), [])


async def test_a_publisher_gives_up_while_the_broker_is_away_and_leaves_nothing_behind(
    broker: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = broker.kafka_bootstrap_servers
    await ensure_topics(bootstrap, [TopicSpec(RAW, 1, {})])
    publisher = Publisher(bootstrap, client_id="test")
    await publisher.publish([record("before")])
    tasks = len(asyncio.all_tasks())
    await asyncio.to_thread(broker.stop_process, "kafka")
    with monkeypatch.context() as impatient:
        impatient.setattr("chassis.kafka.ACK_TIMEOUT_S", 1.0)
        for _ in range(2):
            with pytest.raises(PublishError):
                await publisher.publish([record("while away")])
    assert len(asyncio.all_tasks()) < tasks, "the producer's own tasks have ended with it"

    await asyncio.to_thread(broker.start_process, "kafka")
    await asyncio.to_thread(broker.wait_ready, "kafka")
    await publisher.publish([record("after")])
    await publisher.close()
    found = [one.value for one in await read_all(bootstrap, RAW, 1)]
    assert found == [b"before", b"after"], "nothing that was given up arrived behind our back"


class Service:
    """What a process runs: a watch, the relay, and a consumer whose handler asks the natural key."""

    def __init__(self, broker: Stack, pool: Pool, schema: Schema) -> None:
        bootstrap = broker.kafka_bootstrap_servers
        self.watch = ClusterWatch(bootstrap, [SPEC])
        self.relay = parts.relay(pool, self.watch, bootstrap, schema.dsn)
        handlers = {samples.TYPE: Handler(Thing, write_once)}
        self.consumer = parts.consumer(pool, self.watch, bootstrap, TOPIC, handlers, group="outlives")
        self.workers = (self.watch, self.relay, self.consumer)


class Thing(BaseModel):
    number: int


async def write_once(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
    ids = list(dict.fromkeys(message.attributes.id for message in messages))
    await connection.execute(
        "INSERT INTO effect (event_id) SELECT m.id FROM unnest($1::text[]) WITH ORDINALITY AS m (id, ord) "
        "WHERE NOT EXISTS (SELECT FROM effect AS e WHERE e.event_id = m.id) ORDER BY m.ord",
        ids,
    )


async def append(pool: Pool, numbers: Sequence[int], tenant: str | None = "t") -> None:
    async with pg.transaction(pool) as connection:
        await outbox.append(connection, [samples.message(TOPIC, number=number, tenant=tenant) for number in numbers])


async def until_effects(pool: Pool, numbers: Sequence[int]) -> None:
    """Every one of them is there, once and in order."""

    async def there() -> bool:
        return int(await pool.fetchval("SELECT count(*) FROM effect")) >= len(numbers)

    await until(there, f"{len(numbers)} effects")
    effects = await pool.fetch("SELECT event_id FROM effect ORDER BY id")
    assert [row["event_id"] for row in effects] == [f"k-{number}" for number in numbers]


async def until_drained(pool: Pool) -> None:
    """All is in Kafka, and the relay knows it."""

    async def drained() -> bool:
        return int(await pool.fetchval("SELECT count(*) FROM outbox")) == 0

    await until(drained, "the outbox is empty")


async def test_a_service_lives_through_an_outage_and_loses_nothing(
    broker: Stack, pool: Pool, empty_schema: Schema
) -> None:
    service = Service(broker, pool, empty_schema)
    async with parts.at_work(*service.workers):
        await append(pool, range(50))
        await until_effects(pool, range(50))
        await asyncio.to_thread(broker.stop_process, "kafka")
        await until(lambda: not service.watch.connected, "the watch sees that Kafka is away")
        await append(pool, range(50, 100))
        await asyncio.to_thread(broker.start_process, "kafka")
        await append(pool, range(100, 150))
        await until_effects(pool, range(150))
        await until_drained(pool)
    assert await pool.fetchval("SELECT max(position) FROM event_log") == 150


async def test_a_wiped_broker_ends_the_process_and_the_next_one_loses_nothing(
    broker: Stack, pool: Pool, empty_schema: Schema
) -> None:
    before = Service(broker, pool, empty_schema)
    watching, relaying = asyncio.create_task(before.watch.run()), asyncio.create_task(before.relay.run())
    # Published, and consumed by nobody before the wipe: only the event log still has them.
    await pool.execute("INSERT INTO consumer_offset VALUES ('outlives', $1, 0, 5000, 'an older cluster')", TOPIC)
    await append(pool, range(50))
    await until(lambda: drained(pool), "everything is published")
    await asyncio.to_thread(broker.wipe_kafka)
    await until(lambda: not before.watch.connected, "the watch sees that Kafka is away")
    watching.cancel()  # and does not look again before the relay does
    await append(pool, range(50, 60), tenant=None)
    await asyncio.to_thread(broker.start_process, "kafka")
    await asyncio.to_thread(broker.wait_ready, "kafka")
    await ensure_topics(broker.kafka_bootstrap_servers, [SPEC])  # by a process that started anew before this one
    with pytest.raises(ClusterChanged):
        await asyncio.wait_for(relaying, PATIENCE_S)
    with pytest.raises(ClusterChanged):
        await before.watch.run()
    assert await read_all(broker.kafka_bootstrap_servers, TOPIC, 1) == [], "what is new would come before what is old"

    await pool.execute("UPDATE event_log SET occurred_at = now()")  # within the hours that are published again
    after = Service(broker, pool, empty_schema)
    async with parts.at_work(*after.workers):
        assert await after.watch.cluster_id() != await before.watch.cluster_id()
        await until_effects(pool, range(60))


async def drained(pool: Pool) -> bool:
    return bool(await pool.fetchval("SELECT count(*) = 0 FROM outbox"))
