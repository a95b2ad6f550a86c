"""One broker of our own that goes away, comes back, and comes back wiped; the tests run in this order."""

import asyncio
from collections.abc import Iterator

import pytest

from chassis.kafka import (
    ClusterChanged,
    ClusterWatch,
    Outgoing,
    Publisher,
    PublishError,
    TopicSpec,
    ensure_topics,
)
from chassis.tests.reading import read_all
from chassis.tests.waiting import until
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running

TOPIC = "outlives"
SPEC = TopicSpec(TOPIC, 1, {})


@pytest.fixture(scope="module")
def broker() -> Iterator[Stack]:
    with running(new_config(postgres=False)) as stack:
        yield stack


def record(value: str) -> Outgoing:
    return Outgoing(TOPIC, b"k", value.encode(), [])


async def test_a_publisher_gives_up_while_the_broker_is_away_and_leaves_nothing_behind(
    broker: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.kafka.ACK_TIMEOUT_S", 1.0)
    bootstrap = broker.kafka_bootstrap_servers
    await ensure_topics(bootstrap, [SPEC])
    publisher = Publisher(bootstrap, client_id="test")
    await publisher.publish([record("before")])
    tasks = len(asyncio.all_tasks())
    await asyncio.to_thread(broker.stop_process, "kafka")
    for _ in range(2):
        with pytest.raises(PublishError):
            await publisher.publish([record("while away")])
    assert len(asyncio.all_tasks()) < tasks, "the producer's own tasks have ended with it"

    await asyncio.to_thread(broker.start_process, "kafka")
    await asyncio.to_thread(broker.wait_ready, "kafka")
    await publisher.publish([record("after")])
    await publisher.close()
    found = [one.value for one in await read_all(bootstrap, TOPIC, 1)]
    assert found == [b"before", b"after"], "nothing that was given up arrived behind our back"


async def test_a_wiped_broker_is_another_cluster_and_ends_the_watch(broker: Stack) -> None:
    bootstrap = broker.kafka_bootstrap_servers
    watch = ClusterWatch(bootstrap, [SPEC])
    running = asyncio.create_task(watch.run())
    before = await watch.cluster_id()
    await asyncio.to_thread(broker.wipe_kafka)
    await until(lambda: not watch.connected, "the watch sees that Kafka is away")
    await asyncio.to_thread(broker.start_process, "kafka")
    with pytest.raises(ClusterChanged):
        await running
    again = ClusterWatch(bootstrap, [SPEC])
    running = asyncio.create_task(again.run())
    assert await again.cluster_id() != before
    assert await ensure_topics(bootstrap, [SPEC]) == 0
    again.stop()
    await running
