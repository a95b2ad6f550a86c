"""Stored offsets and the fence: whoever moves a partition's position applies its messages, and nobody else does."""

import asyncio
from collections.abc import Mapping

import pytest
from aiokafka import TopicPartition

from chassis import inbox, pg
from chassis.pg import Pool
from chassis.sql import Query
from chassis.tests.waiting import Watcher

GROUP = "group"
CLUSTER = "cluster"
P0, P1, P2 = (TopicPartition("topic", number) for number in range(3))

Moves = Mapping[TopicPartition, tuple[int, int]]


async def load(pool: Pool, *partitions: TopicPartition, cluster: str = CLUSTER) -> dict[TopicPartition, int]:
    async with pool.acquire() as connection:
        return await inbox.load_offsets(connection, GROUP, partitions, cluster)


async def advance(pool: Pool, moves: Moves, group: str = GROUP) -> set[TopicPartition]:
    async with pg.transaction(pool) as connection:
        return await inbox.advance(connection, group, moves)


async def test_a_partition_that_was_never_read_starts_at_0(pool: Pool) -> None:
    assert await load(pool, P2, P0) == {P0: 0, P2: 0}


async def test_a_position_is_where_the_last_transaction_left_it(pool: Pool) -> None:
    await load(pool, P0, P1)
    assert await advance(pool, {P0: (0, 7), P1: (0, 3)}) == {P0, P1}
    assert await advance(pool, {P0: (7, 9)}) == {P0}
    assert await load(pool, P0, P1) == {P0: 9, P1: 3}


async def test_a_transaction_that_fails_moves_nothing(pool: Pool) -> None:
    await load(pool, P0)

    async def fail() -> None:
        async with pg.transaction(pool) as connection:
            assert await inbox.advance(connection, GROUP, {P0: (0, 5)}) == {P0}
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await load(pool, P0) == {P0: 0}


async def test_groups_do_not_know_of_each_other(pool: Pool) -> None:
    await load(pool, P0)
    assert await advance(pool, {P0: (0, 5)}, group="another") == set()
    assert await load(pool, P0) == {P0: 0}


async def test_another_cluster_starts_at_0_and_only_once(pool: Pool) -> None:
    await load(pool, P0)
    await advance(pool, {P0: (0, 1000)})
    assert await load(pool, P0, cluster="wiped") == {P0: 0}
    await advance(pool, {P0: (0, 5)})
    assert await load(pool, P0, cluster="wiped") == {P0: 5}


async def test_of_several_partitions_only_the_fenced_one_is_dropped(pool: Pool) -> None:
    await load(pool, P0, P1, P2)
    await advance(pool, {P1: (0, 4)})
    assert await advance(pool, {P0: (0, 2), P1: (0, 2), P2: (0, 2)}) == {P0, P2}
    assert await load(pool, P0, P1, P2) == {P0: 2, P1: 4, P2: 2}


class TestTwoWhoHoldTheSamePosition:
    """The fence must let one of them through; without its condition on `next` it lets both."""

    WITHOUT_THE_CONDITION = """
        UPDATE consumer_offset AS o SET next = p.next_after
        FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS p (topic, partition, start, next_after)
        WHERE o.consumer_group = $1 AND o.topic = p.topic AND o.partition = p.partition
        RETURNING o.topic, o.partition
    """

    async def race(self, pool: Pool, watcher: Watcher) -> list[set[TopicPartition]]:
        """Both have read position 0; the second moves while the first has moved and not yet committed."""
        await load(pool, P0)
        first_has_moved = asyncio.Event()

        async def first() -> set[TopicPartition]:
            async with pg.transaction(pool) as connection:
                live = await inbox.advance(connection, GROUP, {P0: (0, 5)})
                first_has_moved.set()
                await watcher.until_blocked()
            return live

        async def second() -> set[TopicPartition]:
            await first_has_moved.wait()
            return await advance(pool, {P0: (0, 8)})

        return list(await asyncio.gather(first(), second()))

    async def test_one_applies(self, pool: Pool, watcher: Watcher) -> None:
        assert await self.race(pool, watcher) == [{P0}, set()]
        assert await load(pool, P0) == {P0: 5}

    async def test_without_the_condition_both_apply_and_are_seen(
        self, pool: Pool, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        params = inbox.queries.advance_offsets.params
        broken = Query("advance_offsets", params, self.WITHOUT_THE_CONDITION)
        monkeypatch.setitem(inbox.queries._queries, "advance_offsets", broken)
        assert await self.race(pool, watcher) == [{P0}, {P0}]

    async def test_two_who_move_the_same_partitions_in_any_order_never_deadlock(self, pool: Pool) -> None:
        await load(pool, P0, P1, P2)
        orders: list[Moves] = [{P0: (0, 1), P1: (0, 1), P2: (0, 1)}, {P2: (0, 1), P1: (0, 1), P0: (0, 1)}]
        moved = await asyncio.gather(*(advance(pool, moves) for moves in orders * 20))
        assert sum(len(live) for live in moved) == 3
