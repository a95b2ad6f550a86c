"""The tail of the event log: positions become visible in their order, and each reader sees each event once."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from chassis import outbox, pg
from chassis.pg import Pool
from chassis.tail import Entry, Feed, Reader, Tail, queries
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.parts import NEVER_S, at_work
from chassis.tests.proxy import PostgresProxy
from chassis.tests.samples import message
from chassis.tests.waiting import PATIENCE_S, Watcher, until

TENANTS = ["t", "u", "quiet"]


def shown(row: Any) -> bytes:
    return str(row["event_id"]).encode()


async def append(pool: Pool, count: int, tenant: str = "t") -> list[int]:
    """Messages that wait; their ids in the outbox."""
    messages = [message(tenant=tenant) for _ in range(count)]
    async with pg.transaction(pool) as connection:
        await outbox.append(connection, messages)
        mine = [one.event_id for one in messages]
        rows = await connection.fetch("SELECT id FROM outbox WHERE event_id = ANY ($1::text[])", mine)
    return sorted(row["id"] for row in rows)


async def finish(connection: pg.Connection, ids: list[int]) -> None:
    """As the relay does once Kafka has them."""
    await outbox.queries.finish_outbox.run(connection, ids=ids, partitions=[0] * len(ids), offsets=ids)


async def log_of(pool: Pool, tenant: str) -> list[bytes]:
    rows = await pool.fetch("SELECT event_id FROM event_log WHERE tenant = $1 ORDER BY position", tenant)
    return [shown(row) for row in rows]


async def read_until(reader: Reader, position: int) -> list[bytes]:
    seen: list[bytes] = []
    async with asyncio.timeout(PATIENCE_S):
        while reader.position < position:
            seen += await reader.next(0.05)
    return seen


Following = Callable[..., Awaitable[Tail]]


@pytest_asyncio.fixture
async def follow(pool: Pool) -> AsyncIterator[Following]:
    """`follow(poll_s=…, pool=…)`: a tail at work."""
    async with contextlib.AsyncExitStack() as life:

        async def start(poll_s: float = 0.01, pool: Pool = pool) -> Tail:
            tail = Tail(pool, shown, poll_s=poll_s)
            await life.enter_async_context(at_work(tail))
            return tail

        yield start


class TestPositions:
    """Why a reader may go on from a position: whoever gives positions waits for whoever gave the ones before."""

    async def in_two_sessions(self, pool: Pool, watcher: Watcher, *, first_commits: bool) -> list[tuple[int, str]]:
        """Two relays, neither asking for the advisory lock; the first is slow to commit."""
        slow, quick = await append(pool, 2), await append(pool, 3)
        async with pool.acquire() as one, pool.acquire() as other:
            block = one.transaction()
            await block.start()
            await finish(one, slow)
            second = asyncio.create_task(finish(other, quick))
            await watcher.until_blocked()
            assert await pool.fetchval("SELECT count(*) FROM event_log") == 0, "nothing later is to be seen yet"
            await (block.commit() if first_commits else block.rollback())
            await second
        rows = await pool.fetch("SELECT position, event_id FROM event_log ORDER BY position")
        waiting = await pool.fetchval("SELECT count(*) FROM outbox")
        assert len(rows) + waiting == 5
        return [(row["position"], row["event_id"]) for row in rows]

    async def test_the_second_waits_for_the_first(self, pool: Pool, watcher: Watcher) -> None:
        entered = await self.in_two_sessions(pool, watcher, first_commits=True)
        assert [position for position, _ in entered] == [1, 2, 3, 4, 5]

    async def test_one_that_comes_to_nothing_leaves_no_gap(self, pool: Pool, watcher: Watcher) -> None:
        entered = await self.in_two_sessions(pool, watcher, first_commits=False)
        assert [position for position, _ in entered] == [1, 2, 3]

    async def test_positions_that_are_given_without_waiting_are_lost_to_a_reader_and_seen(self, pool: Pool) -> None:
        """As a sequence would give them: the first number to the slow one, the second to the quick one."""
        entry = (
            "INSERT INTO event_log (position, topic, key, event_id, type, subject, tenant, occurred_at, data) "
            "VALUES ($1, 'things', 'k', $2, 'thing', 'k', 't', now(), '')"
        )
        async with pool.acquire() as one, pool.acquire() as other:
            async with one.transaction():
                await one.execute(entry, 1, "slow")
                await other.execute(entry, 2, "quick")
                seen = await queries.read_log.rows(other, tenant="t", after=0, limit=10)
            seen += await queries.read_log.rows(other, tenant="t", after=seen[-1]["position"], limit=10)
        assert [row["event_id"] for row in seen] == ["quick"]


class TestReading:
    async def test_readers_see_each_event_once_in_order_while_two_relays_write(
        self, pool: Pool, follow: Following, make_pool: PoolMaker, seed: int
    ) -> None:
        chance = random.Random(seed)
        tails = [await follow(), await follow(pool=await make_pool())]
        written = 0

        async def write() -> None:
            nonlocal written
            for _ in range(60):
                count, tenant = chance.randint(1, 30), chance.choice(TENANTS[:2])
                ids = await append(pool, count, tenant)
                async with pool.acquire() as connection:
                    await finish(connection, ids)
                written += count

        async def read(tenant: str, chance: random.Random) -> list[bytes]:
            """Again and again for a while, each time at any of the tails."""
            seen: list[bytes] = []
            position = 0
            while not (writing.done() and position >= await log_end(pool, tenant)):
                with chance.choice(tails).reader(tenant, position) as reader:
                    for _ in range(chance.randint(1, 20)):
                        seen += await reader.next(0.02)
                    position = reader.position
            return seen

        writing = asyncio.gather(write(), write())
        async with asyncio.timeout(2 * PATIENCE_S):
            reads = await asyncio.gather(
                *(read(tenant, random.Random(chance.random())) for tenant in TENANTS for _ in range(4))
            )
        await writing
        for number, tenant in enumerate(TENANTS):
            expected = await log_of(pool, tenant)
            assert reads[4 * number : 4 * number + 4] == [expected] * 4
        assert written == await pool.fetchval("SELECT max(position) FROM event_log")

    async def test_the_relay_of_the_process_wakes_it(self, pool: Pool, follow: Following) -> None:
        tail = await follow(poll_s=NEVER_S)
        with tail.reader("t", 0) as reader:
            await until(lambda: tail._feeds["t"].since is not None, "the tail has come by")
            ids = await append(pool, 3)
            async with pool.acquire() as connection:
                await finish(connection, ids)
            tail.wake()
            assert await read_until(reader, 3) == await log_of(pool, "t")

    async def test_others_events_are_passed_over_in_bounded_steps(
        self, pool: Pool, follow: Following, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.tail.TURN_WINDOW", 7)
        monkeypatch.setattr("chassis.tail.TURN_ROWS", 3)
        tail = await follow()
        with tail.reader("t", 0) as reader:
            await until(lambda: tail._feeds["t"].since is not None, "the tail has come by")
            for tenant, count in (("u", 50), ("t", 10), ("u", 50), ("t", 1)):
                ids = await append(pool, count, tenant)
                async with pool.acquire() as connection:
                    await finish(connection, ids)
            assert await read_until(reader, 111) == await log_of(pool, "t")

    async def test_it_looks_at_nothing_while_nobody_reads(self, pool: Pool, follow: Following) -> None:
        tail = await follow()
        with tail.reader("t", 0):
            await until(lambda: tail._feeds["t"].since is not None, "the tail has come by")
        before = tail._position
        ids = await append(pool, 5)
        async with pool.acquire() as connection:
            await finish(connection, ids)
        tail._bell.set()
        await until(lambda: not tail._bell.is_set(), "it has turned once")
        assert tail._position == before
        with tail.reader("t", 3) as reader:
            assert await read_until(reader, 5) == (await log_of(pool, "t"))[3:]

    async def test_a_database_that_was_away_is_followed_again(
        self, pool: Pool, follow: Following, make_pool: PoolMaker, empty_schema: Schema
    ) -> None:
        proxy = PostgresProxy(empty_schema.dsn)
        async with proxy.running():
            tail = await follow(pool=await make_pool(proxy.dsn))
            with tail.reader("t", 0) as reader:
                await until(lambda: tail._feeds["t"].since is not None, "the tail has come by")
                proxy.away = True
                proxy.drop()
                await until(lambda: proxy.refused, "it tries to come back")
                ids = await append(pool, 4)
                async with pool.acquire() as connection:
                    await finish(connection, ids)
                proxy.away = False
                assert await read_until(reader, 4) == await log_of(pool, "t")


async def log_end(pool: Pool, tenant: str) -> int:
    """A tenant's last position."""
    return int(await pool.fetchval("SELECT coalesce(max(position), 0) FROM event_log WHERE tenant = $1", tenant))


def test_a_feed_holds_the_newest_within_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.tail.RECENT_MAX", 3)
    monkeypatch.setattr("chassis.tail.RECENT_MAX_BYTES", 10)
    feed = Feed()
    assert feed.after(0) is None, "nothing is known before the tail came by"
    feed.since = 4
    assert feed.after(3) is None
    assert feed.after(4) == []
    entries = [Entry(position, "thing", b"x") for position in range(5, 10)]
    feed.add(entries)
    assert feed.since == 6
    assert (feed.after(5), feed.after(6), feed.after(8), feed.after(9)) == (None, entries[2:], entries[4:], [])
    large = Entry(10, "thing", b"x" * 10)
    feed.add([large])
    assert (feed.since, feed.after(9)) == (9, [large])
    feed.add([Entry(11, "thing", b"x" * 11)])
    assert (feed.since, feed.after(11), feed.after(10)) == (11, [], None)
