"""Publishing in order, and topics that exist, on a real broker."""

import asyncio
import random
from itertools import groupby
from typing import Any

import pytest
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from chassis.cloudevents import Headers
from chassis.kafka import (
    BATCH_MAX_BYTES,
    ClusterWatch,
    Outgoing,
    Publisher,
    PublishError,
    TopicSpec,
    ensure_topics,
    partition_of,
    read_cluster_id,
)
from chassis.tests.reading import read_all
from chassis.tests.samples import fresh_name
from chassis.tests.waiting import until

PARTITIONS = 3
HEADERS: Headers = [("ce_id", b"1"), ("reason", "é".encode()), ("empty", b"")]


@pytest_asyncio.fixture
async def topic(kafka: str) -> str:
    name = fresh_name("topic")
    await ensure_topics(kafka, [TopicSpec(name, PARTITIONS, {})])
    return name


def record(topic: str, key: str, value: str) -> Outgoing:
    return Outgoing(topic, key.encode(), value.encode(), HEADERS)


async def test_every_record_arrives_once_and_each_keys_in_order(kafka: str, topic: str) -> None:
    publisher = Publisher(kafka, client_id="test")
    expected = [record(topic, f"k{random.randrange(20)}", str(number)) for number in range(3000)]
    places = []
    for start in range(0, len(expected), 700):
        places += await publisher.publish(expected[start : start + 700])
    await publisher.close()
    found = await read_all(kafka, topic, PARTITIONS)
    at = {(one.partition, one.offset): one.value for one in found}
    assert [at[place] for place in places] == [one.value for one in expected], "each is told where it stands"
    assert sorted(int(one.value) for one in found) == list(range(3000))
    by_key = sorted(found, key=lambda one: one.key)  # stable
    for key, records in groupby(by_key, key=lambda one: one.key):
        assert [one.value for one in records] == [one.value for one in expected if one.key == key]


async def test_headers_and_bytes_arrive_as_they_were_sent(kafka: str, topic: str) -> None:
    publisher = Publisher(kafka, client_id="test")
    await publisher.publish([Outgoing(topic, b"\x00k", b"\xff\x00", HEADERS)])
    await publisher.close()
    (found,) = await read_all(kafka, topic, PARTITIONS)
    assert (found.key, found.value, list(found.headers)) == (b"\x00k", b"\xff\x00", HEADERS)


async def test_a_batch_larger_than_one_request_is_cut_up_and_arrives_whole(kafka: str, topic: str) -> None:
    publisher = Publisher(kafka, client_id="test")
    big = [Outgoing(topic, b"k", random.randbytes(200_000), []) for _ in range(8)]
    assert [offset for _, offset in await publisher.publish(big)] == list(range(8))
    await publisher.close()
    assert [one.value for one in await read_all(kafka, topic, PARTITIONS)] == [one.value for one in big]


@pytest.mark.parametrize("key", ["", "k", "pay_0VxKb3RcW1uY7HdE", "é" * 50])
def test_a_key_goes_to_the_partition_that_any_kafka_client_would_choose(key: str) -> None:
    numbers = list(range(12))
    assert partition_of(key.encode(), 12) == DefaultPartitioner()(key.encode(), numbers, numbers)


async def test_what_the_broker_refuses_is_told_and_the_next_batch_passes(kafka: str, topic: str) -> None:
    narrow = fresh_name("narrow")
    await ensure_topics(kafka, [TopicSpec(narrow, 1, {"max.message.bytes": "1000"})])
    publisher = Publisher(kafka, client_id="test")
    with pytest.raises(PublishError):
        await publisher.publish([Outgoing(narrow, b"k", random.randbytes(5000), []), record(topic, "k", "1")])
    await publisher.publish([record(narrow, "k", "small"), record(topic, "k", "2")])
    await publisher.close()
    assert [one.value for one in await read_all(kafka, narrow, 1)] == [b"small"]
    assert [one.value for one in await read_all(kafka, topic, PARTITIONS)][-1] == b"2"


async def test_topics_are_made_once_with_their_settings(kafka: str) -> None:
    specs = [TopicSpec(fresh_name("made"), 5, {"retention.ms": "3600000"}), TopicSpec(fresh_name("made"), 1, {})]
    created = await asyncio.gather(ensure_topics(kafka, specs), ensure_topics(kafka, specs))
    assert max(created) == 2
    assert await ensure_topics(kafka, specs) == 0
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    told = await admin.describe_topics([spec.name for spec in specs])
    (config,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, specs[0].name)])
    await admin.close()
    assert {one["topic"]: len(one["partitions"]) for one in told} == {spec.name: spec.partitions for spec in specs}
    values = {entry[0]: entry[1] for entry in config.resources[0][4]}
    assert values["retention.ms"] == "3600000"


async def test_the_watch_knows_the_cluster_and_has_made_its_topics(kafka: str) -> None:
    spec = TopicSpec(fresh_name("watched"), 2, {})
    watch = ClusterWatch(kafka, [spec])
    running = asyncio.create_task(watch.run())
    assert await watch.cluster_id() == await read_cluster_id(kafka)
    assert await ensure_topics(kafka, [spec]) == 0
    await until(lambda: watch.connected, "the watch says that Kafka is there")
    watch.stop()
    await running


async def test_the_watch_of_a_broker_that_is_not_there_waits_and_can_be_stopped() -> None:
    watch = ClusterWatch("127.0.0.1:9", [])
    running = asyncio.create_task(watch.run())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(watch.cluster_id(), 0.1)
    assert not watch.connected
    watch.stop()
    await running


async def test_after_an_outage_no_further_batch_is_sent_and_another_one_is_only_noted(kafka: str, topic: str) -> None:
    """The outage is found in the very moment in which the first batch is acknowledged."""
    publisher = Publisher(kafka, client_id="test")
    await publisher.prepare()
    producer = publisher._producer
    assert producer is not None
    send, sent = producer.send_batch, []

    async def send_batch(*batch: Any, **where: Any) -> "asyncio.Future[Any]":
        acknowledged: asyncio.Future[Any] = await send(*batch, **where)
        sent.append(acknowledged)
        for _ in range(2):
            acknowledged.add_done_callback(lambda _: publisher._doubt())
        return acknowledged

    producer.send_batch = send_batch
    large = "x" * (BATCH_MAX_BYTES // 2 + 1)
    with pytest.raises(PublishError):
        await publisher.publish([record(topic, "k", large) for _ in range(3)])
    assert len(sent) == 1
    publisher._doubt()
    assert len(await publisher.publish([record(topic, "k", "again")])) == 1
    await publisher.close()


async def test_an_outage_that_is_found_while_a_failed_publisher_closes_is_only_noted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is to be ended has ended by itself; to end it again would have ended the watch, and with it the process."""
    publisher = Publisher("127.0.0.1:1", client_id="tests")

    async def started() -> None:
        """No broker is needed."""

    async def fail(*_: object) -> None:
        raise KafkaError("gone")

    async def close() -> None:
        publisher._doubt()

    monkeypatch.setattr(publisher, "_started", started)
    monkeypatch.setattr(publisher, "_send_all", fail)
    monkeypatch.setattr(publisher, "close", close)
    with pytest.raises(PublishError):
        await publisher.publish([])
    assert publisher._doubted
