"""What waits, in figures: an outbox, and how far a consumer is behind."""

from datetime import UTC, datetime, timedelta

from chassis import outbox, pg
from chassis.kafka import ClusterWatch
from chassis.pg import Pool
from chassis.queues import lag_by_topic, own_queues
from chassis.tests.samples import message

NOWHERE = ClusterWatch("127.0.0.1:9", [])


def test_a_topic_s_lag_is_that_of_its_partitions_and_never_less_than_nothing() -> None:
    nexts = {("a", 0): 5, ("a", 1): 7, ("b", 0): 3, ("c", 0): 9}
    ends = {("a", 0): 6, ("a", 1): 10, ("b", 0): 2}
    assert lag_by_topic(nexts, ends) == {"a": (2, 4), "b": (1, 0), "c": (1, 0)}


async def test_an_outbox_tells_how_much_waits_and_since_when(pool: Pool) -> None:
    now = datetime.now(UTC)
    assert await own_queues(pool, NOWHERE, now) == {"depth": 0, "oldest_s": None, "offsets": []}
    async with pg.transaction(pool) as connection:
        await outbox.append(connection, [message() for _ in range(3)])
    async with pool.acquire() as connection:
        await connection.execute("UPDATE outbox SET occurred_at = $1", now - timedelta(seconds=7))
    told = await own_queues(pool, NOWHERE, now)
    assert (told["depth"], told["oldest_s"]) == (3, 7.0)
