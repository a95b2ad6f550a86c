"""Everything that a stack has written, to be searched: records of Kafka, rows of Postgres, logs."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import TOPICS, Topic
from deploy.embedded.stack import Stack
from deploy.schemas import SCHEMAS

TIMEOUT_S: Final = 60.0
POLL_MS: Final = 500
TABLES: Final = """
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = ANY($1) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in Kafka."""

    topic: str
    key: bytes
    value: bytes
    headers: dict[str, bytes]

    @property
    def text(self) -> bytes:
        """All of it."""
        headers = b" ".join(name.encode() + b"=" + value for name, value in self.headers.items())
        return b" ".join([self.key, self.value, headers])


async def records(stack: Stack, topics: Sequence[Topic] = TOPICS) -> AsyncIterator[Record]:
    """What these topics hold now, from the beginning; each partition in its order."""
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.kafka_bootstrap_servers)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic.name, number) for topic in topics for number in range(topic.partitions)]
        ends = await asyncio.wait_for(consumer.end_offsets(partitions), TIMEOUT_S)
        left = {partition for partition in partitions if ends[partition] > 0}
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        async with asyncio.timeout(TIMEOUT_S):
            while left:
                for partition, found in (await consumer.getmany(timeout_ms=POLL_MS)).items():
                    for one in found:
                        yield Record(partition.topic, one.key or b"", one.value or b"", dict(one.headers))
                    if found[-1].offset + 1 >= ends[partition]:
                        left.discard(partition)
    finally:
        await consumer.stop()


async def tables(stack: Stack) -> AsyncIterator[tuple[str, bytes]]:
    """The rows of every table and partition of ours, in COPY's text format."""
    connection = await asyncpg.connect(stack.admin_url, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S)
    try:
        for row in await connection.fetch(TABLES, list(SCHEMAS)):
            parts: list[bytes] = []
            await connection.copy_from_query(f"SELECT * FROM {row['name']}", output=_appending(parts))
            yield row["name"], b"".join(parts)
    finally:
        await connection.close()


def _appending(parts: list[bytes]) -> Any:
    async def write(data: bytes) -> None:
        parts.append(data)

    return write


def logs(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """What every process has said."""
    for path in sorted(stack.config.logs_dir.iterdir()):
        yield path.name, path.read_bytes()
