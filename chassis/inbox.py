"""Stored offsets and the zombie fence: how far a consumer has come, moved in the transaction of the effects."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from aiokafka import TopicPartition

from chassis.pg import Connection, columns
from chassis.sql import Queries

queries = Queries(Path(__file__).with_name("sql") / "inbox.sql")


async def load_offsets(
    connection: Connection, group: str, partitions: Sequence[TopicPartition], cluster_id: str
) -> dict[TopicPartition, int]:
    """Where to read on in each partition: 0 where it was never read, or where the cluster is a new one."""
    topics, numbers = columns([(tp.topic, tp.partition) for tp in sorted(partitions)], 2)
    await queries.start_offsets.run(
        connection, consumer_group=group, topics=topics, partitions=numbers, cluster_id=cluster_id
    )
    rows = await queries.load_offsets.rows(connection, consumer_group=group, topics=topics, partitions=numbers)
    return {TopicPartition(row["topic"], row["partition"]): row["next"] for row in rows}


async def advance(
    connection: Connection, group: str, moves: Mapping[TopicPartition, tuple[int, int]]
) -> set[TopicPartition]:
    """Move partitions from `start` to `end`; those that stood there. FIRST statement of a consumer's transaction.

    A partition that is missing in the answer was moved by somebody else: we are a zombie there, and
    nothing of its messages may be applied.
    """
    rows = [(tp.topic, tp.partition, start, end) for tp, (start, end) in sorted(moves.items())]
    topics, partitions, starts, ends = columns(rows, 4)
    moved = await queries.advance_offsets.rows(
        connection, consumer_group=group, topics=topics, partitions=partitions, starts=starts, ends=ends
    )
    return {TopicPartition(row["topic"], row["partition"]) for row in moved}
