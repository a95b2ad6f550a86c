"""The outbox: what is appended together with a change, in the order in which the changes are committed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from chassis import outbox, pg
from chassis.outbox import OutboxMessage
from chassis.pg import Connection, Pool
from chassis.tests.samples import message
from chassis.tests.waiting import Watcher


async def event_ids(pool: Pool) -> list[str]:
    return [row["event_id"] for row in await pool.fetch("SELECT event_id FROM outbox ORDER BY id")]


async def test_the_order_of_ids_is_the_order_of_the_arguments(pool: Pool) -> None:
    messages = [message(key=f"k{number % 7}", number=1000 - number) for number in range(1000)]
    async with pg.transaction(pool) as connection:
        await outbox.append(connection, messages)
    assert await event_ids(pool) == [one.event_id for one in messages]


async def test_every_attribute_is_kept(pool: Pool) -> None:
    told = replace(message(tenant="t"), data=b"\x00\xff not even JSON", headers={"reason": "é", "count": 3})
    async with pg.transaction(pool) as connection:
        await outbox.append(connection, [told, message()])
    row, bare = await pool.fetch("SELECT * FROM outbox ORDER BY id")
    assert OutboxMessage(**{name: row[name] for name in OutboxMessage.__slots__}) == told
    assert (bare["tenant"], bare["headers"]) == (None, None)


async def test_what_is_rolled_back_is_not_told(pool: Pool) -> None:
    async def change_and_fail() -> None:
        async with pg.transaction(pool) as connection:
            await outbox.append(connection, [message()])
            raise KeyError

    with pytest.raises(KeyError):
        await change_and_fail()
    assert await event_ids(pool) == []


async def test_no_messages_are_no_statement(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await outbox.append(connection, [])


async def test_the_sequence_hands_out_numbers_one_by_one_so_that_no_session_hoards_earlier_ones(pool: Pool) -> None:
    cache = await pool.fetchval("SELECT cache_size FROM pg_sequences WHERE sequencename = 'outbox_id_seq'")
    assert cache == 1


Change = Callable[[Connection, str], Awaitable[None]]


async def lock(connection: Connection) -> None:
    await connection.execute("SELECT FROM balance WHERE id = 'k' FOR NO KEY UPDATE")


class TestTwoWritersOfOneRow:
    """Whoever holds the row's lock when it appends has the order of ids on its side; whoever does not, does not."""

    async def committed_and_told(self, pool: Pool, watcher: Watcher, change: Change) -> tuple[list[str], list[str]]:
        """The order in which two writers' changes were committed, and the order in which they are told."""
        await pool.execute("INSERT INTO balance VALUES ('k')")
        committed: list[str] = []
        first_holds_the_lock = asyncio.Event()

        async def first() -> None:
            async with pg.transaction(pool) as connection:
                await lock(connection)
                first_holds_the_lock.set()
                await watcher.until_blocked()
                await change(connection, "first")
                committed.append("first")

        async def second() -> None:
            await first_holds_the_lock.wait()
            async with pg.transaction(pool) as connection:
                await change(connection, "second")
                committed.append("second")

        await asyncio.gather(first(), second())
        return committed, await event_ids(pool)

    async def test_messages_appended_under_the_lock_are_in_the_order_of_the_commits(
        self, pool: Pool, watcher: Watcher
    ) -> None:
        async def lock_then_append(connection: Connection, name: str) -> None:
            await lock(connection)
            await outbox.append(connection, [replace(message(), event_id=name)])

        committed, told = await self.committed_and_told(pool, watcher, lock_then_append)
        assert committed == told == ["first", "second"]

    async def test_messages_appended_before_the_lock_are_told_the_wrong_way_round_and_are_seen(
        self, pool: Pool, watcher: Watcher
    ) -> None:
        async def append_then_lock(connection: Connection, name: str) -> None:
            await outbox.append(connection, [replace(message(), event_id=name)])
            await lock(connection)

        committed, told = await self.committed_and_told(pool, watcher, append_then_lock)
        assert committed == ["first", "second"]
        assert told == ["second", "first"]
