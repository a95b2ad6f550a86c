"""A Kafka that loses its data while the example looks away: the new one holds more records than it had read."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from chassis.cloudevents import encode
from chassis.kafka import Outgoing, Publisher, TopicSpec, ensure_topics
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from examples.consumer.consumer import Settings
from tests.integrations import example
from tests.integrations.example import Example
from tests.integrations.test_consumer import AT

TOPIC: Final = TopicSpec("outlives", 1, {})


@pytest.fixture
def broker() -> Iterator[Stack]:
    with running(new_config(postgres=False)) as stack:
        yield stack


async def test_what_stands_at_the_old_offsets_of_a_new_cluster_is_not_mistaken(
    broker: Stack, own_database: str, tmp_path: Path
) -> None:
    kafka = broker.kafka_bootstrap_servers
    settings = Settings(own_database, kafka, topic=TOPIC.name)
    await publish(kafka, range(1, 11))
    async with example.running(Example(settings, tmp_path / "consumer.log")) as consumer:
        await consumer.until_taken(10)
        assert consumer.process is not None
        os.kill(consumer.process.pid, signal.SIGSTOP)
        await asyncio.to_thread(broker.reset_kafka)
        # Published again from the fourth on, and then what is new: at the offset where it stood, it would miss seven.
        await publish(kafka, range(4, 31))
        os.kill(consumer.process.pid, signal.SIGCONT)
        assert await consumer.until_taken(30) == [f"evt_{number}" for number in range(1, 31)]
        assert "Kafka's cluster was" in consumer.said()


async def publish(kafka: str, sequences: range) -> None:
    """The events of one payment."""
    await ensure_topics(kafka, [TOPIC])
    publisher = Publisher(kafka, client_id="tests")
    await publisher.publish([event(sequence) for sequence in sequences])
    await publisher.close()


def event(sequence: int) -> Outgoing:
    headers = encode(
        event_id=f"evt_{sequence}",
        type_="payment.success",
        source="/paygate/api",
        subject="pay_1",
        time=AT,
        traceparent=None,
    )
    return Outgoing(TOPIC.name, b"pay_1", f'{{"sequence": {sequence}}}'.encode(), headers)
