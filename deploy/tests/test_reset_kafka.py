"""`make reset-kafka`: an empty Kafka under a new id, of a stack that runs and of one that does not."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from chassis.kafka import read_cluster_id
from contracts.topics import PAYMENT_EVENTS
from deploy.embedded.config import ROOT
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running

pytestmark = pytest.mark.kafka

PLACE = TopicPartition(PAYMENT_EVENTS.name, 0)


@pytest.fixture(scope="module")
def broker() -> Iterator[Stack]:
    with running(new_config(postgres=False)) as stack:
        yield stack


async def test_a_running_kafka_comes_back_empty_as_another_cluster(broker: Stack) -> None:
    bootstrap = broker.kafka_bootstrap_servers
    before = await read_cluster_id(bootstrap)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(PLACE.topic, b"{}", partition=PLACE.partition)
    assert await records(bootstrap) == 1

    answer = await asyncio.to_thread(reset_kafka, broker.config.state_dir)
    assert answer.returncode == 0, answer.stderr
    assert "Kafka is up and empty" in answer.stdout
    assert await read_cluster_id(bootstrap) != before
    assert await records(bootstrap) == 0, "the topics are there again"
    assert await asyncio.to_thread(broker.pid, "kafka")


def test_of_a_stack_that_does_not_run_the_folder_is_removed() -> None:
    config = new_config()
    try:
        (config.state_dir / "kafka/data/payment.events.v1-0").mkdir(parents=True)
        assert "make up starts an empty one" in reset_kafka(config.state_dir).stdout
        assert not (config.state_dir / "kafka/data").exists()
        assert "nothing to remove" in reset_kafka(config.state_dir).stdout
    finally:
        Stack(config).remove()


async def records(bootstrap: str) -> int:
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets([PLACE])
    return int(ends[PLACE])


def reset_kafka(state_dir: Path) -> "subprocess.CompletedProcess[str]":
    """As the Makefile does it."""
    command = [sys.executable, "-m", "deploy.embedded", "reset-kafka"]
    environment = {**os.environ, "PAYGATE_STATE_DIR": str(state_dir)}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
