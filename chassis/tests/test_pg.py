"""What an error from Postgres means, and what a transaction promises when the connection goes away."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from chassis import pg
from chassis.pg import Connection, Fate, Pool, fate_of
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.proxy import Cut, PostgresProxy
from chassis.tests.waiting import Stopwatch, Watcher, until

Failing = Callable[[Connection], Awaitable[object]]


async def fate_after(pool: Pool, failing: Failing) -> Fate:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # which one it is, is what fate_of decides
        async with pg.transaction(pool) as connection:
            await failing(connection)
    return fate_of(caught.value)


@pytest.mark.parametrize(
    "failing",
    [
        pytest.param(lambda c: c.execute("INSERT INTO balance VALUES ('a'), ('a')"), id="unique key"),
        pytest.param(lambda c: c.execute("INSERT INTO effect (event_id, number) VALUES ('a', -1)"), id="check"),
        pytest.param(lambda c: c.execute("INSERT INTO effect (event_id) VALUES (NULL)"), id="not null"),
        pytest.param(lambda c: c.execute("SELECT 1 / 0"), id="division by zero"),
        pytest.param(lambda c: c.fetchval("SELECT $1::text", "a\x00b"), id="NUL in a text"),
        pytest.param(lambda c: c.fetchval("SELECT $1::jsonb", {"a": "\x00"}), id="NUL in a jsonb"),
        pytest.param(lambda c: c.fetchval("SELECT $1::text", "\ud800"), id="lone surrogate"),
        pytest.param(lambda c: c.fetchval("SELECT $1::bigint", 10**30), id="number beyond 64 bits"),
        pytest.param(lambda c: c.fetchval("SELECT $1::int", 2**31), id="number beyond 32 bits"),
        pytest.param(lambda c: c.fetchval("SELECT $1::int", "1"), id="text for a number"),
    ],
)
async def test_a_row_that_can_not_be_stored_is_the_rows_fault(pool: Pool, failing: Failing) -> None:
    assert await fate_after(pool, failing) is Fate.DATA


async def test_a_deadlock_is_a_conflict_for_one_of_the_two(pool: Pool) -> None:
    await pool.execute("INSERT INTO balance VALUES ('a'), ('b')")
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: str, second: str) -> Fate | None:
        try:
            async with pg.transaction(pool) as connection:
                await connection.execute("SELECT FROM balance WHERE id = $1 FOR NO KEY UPDATE", first)
                await both_hold_one.wait()
                await connection.execute("SELECT FROM balance WHERE id = $1 FOR NO KEY UPDATE", second)
        except asyncpg.PostgresError as error:
            return fate_of(error)
        return None

    fates = await asyncio.gather(lock("a", "b"), lock("b", "a"))
    assert sorted(fates, key=str) == [Fate.CONFLICT, None]


async def test_a_serialization_failure_is_a_conflict(pool: Pool) -> None:
    await pool.execute("INSERT INTO balance VALUES ('a')")
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.SerializationError) as caught:
            await overtaken(connection, pool)
    assert fate_of(caught.value) is Fate.CONFLICT


async def overtaken(connection: Connection, other: Pool) -> None:
    async with connection.transaction(isolation="repeatable_read"):
        await connection.fetch("SELECT * FROM balance")
        await other.execute("UPDATE balance SET amount = 1")
        await connection.execute("UPDATE balance SET amount = amount + 1")


async def test_a_row_that_stays_locked_is_locked(pool: Pool) -> None:
    await pool.execute("INSERT INTO balance VALUES ('a')")
    async with pg.transaction(pool) as holder:
        await holder.execute("UPDATE balance SET amount = 1")

        async def wait_in_vain(connection: Connection) -> None:
            await connection.execute("SET LOCAL lock_timeout = '20ms'")
            await connection.execute("UPDATE balance SET amount = 2")

        assert await fate_after(pool, wait_in_vain) is Fate.LOCKED


async def test_a_statement_that_takes_too_long_is_an_outage_and_not_one_rows_lock(pool: Pool) -> None:
    async def dawdle(connection: Connection) -> None:
        await connection.execute("SET LOCAL statement_timeout = '20ms'")
        await connection.execute("SELECT pg_sleep(10)")

    assert await fate_after(pool, dawdle) is Fate.LOST


async def test_a_statement_that_is_never_answered_is_an_outage(pool: Pool) -> None:
    assert await fate_after(pool, lambda c: c.execute("SELECT pg_sleep(10)", timeout=0.02)) is Fate.LOST


async def test_a_session_that_is_ended_in_the_middle_is_an_outage_and_wrote_nothing(
    pool: Pool, watcher: Watcher
) -> None:
    async def be_ended(connection: Connection) -> None:
        await connection.execute("INSERT INTO balance VALUES ('a')")
        await watcher.end("test")
        await connection.execute("INSERT INTO balance VALUES ('b')")

    assert await fate_after(pool, be_ended) is Fate.LOST
    assert await pool.fetchval("SELECT count(*) FROM balance") == 0


async def test_a_server_that_is_not_there_is_an_outage(make_pool: PoolMaker, empty_schema: Schema) -> None:
    proxy = PostgresProxy(empty_schema.dsn)
    async with proxy.running():
        pool = await make_pool(proxy.dsn)
        proxy.away = True
        proxy.drop()
        assert await fate_after(pool, lambda c: c.execute("SELECT 1")) is Fate.LOST
        proxy.away = False
        await until(lambda: answers(pool), "the pool finds the server again")


async def answers(pool: Pool) -> bool:
    with contextlib.suppress(Exception):
        return bool(await pool.fetchval("SELECT true"))
    return False


async def test_a_closed_pool_is_an_outage(make_pool: PoolMaker) -> None:
    pool = await make_pool()
    await pool.close()
    assert await fate_after(pool, lambda c: c.execute("SELECT 1")) is Fate.LOST


@pytest.mark.parametrize("statement", ["SELECT * FROM missing", "SELEC 1", "SELECT missing FROM balance"])
async def test_a_broken_statement_or_schema_is_fatal(pool: Pool, statement: str) -> None:
    assert await fate_after(pool, lambda c: c.execute(statement)) is Fate.FATAL


def test_a_bug_of_our_own_is_fatal() -> None:
    assert fate_of(KeyError("x")) is Fate.FATAL


@pytest.mark.parametrize("sqlstate", ["53100", "53200", "53300", "53400", "57P01", "57P02", "57P03", "25006", "58030"])
def test_a_server_in_trouble_is_an_outage(sqlstate: str) -> None:
    error = asyncpg.PostgresError.new({"C": sqlstate, "M": "in trouble"})
    assert fate_of(error) is Fate.LOST


async def test_a_plan_that_a_migration_made_stale_is_run_once_more(pool: Pool, schema: Schema) -> None:
    owner = await asyncpg.connect(schema.owner_dsn)
    await owner.execute("CREATE TABLE shape (a int); INSERT INTO shape VALUES (1)")
    try:
        async with pool.acquire() as connection:
            await connection.fetch("SELECT * FROM shape")
            await owner.execute("ALTER TABLE shape ALTER a TYPE text")
            with pytest.raises(asyncpg.InvalidCachedStatementError) as caught:
                async with connection.transaction():
                    await connection.fetch("SELECT * FROM shape")
            assert fate_of(caught.value) is Fate.CONFLICT
            assert await connection.fetchval("SELECT * FROM shape") == "1"
    finally:
        await owner.execute("DROP TABLE shape")
        await owner.close()


async def test_a_transaction_is_whole_or_not_at_all(pool: Pool) -> None:
    async def fail_halfway(connection: Connection) -> None:
        await connection.execute("INSERT INTO balance VALUES ('a')")
        raise KeyError("after the first row")

    assert await fate_after(pool, fail_halfway) is Fate.FATAL
    assert await pool.fetchval("SELECT count(*) FROM balance") == 0


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_commit_whose_answer_is_lost_has_an_unknown_outcome(
    make_pool: PoolMaker, empty_schema: Schema, pool: Pool, cut: Cut
) -> None:
    proxy = PostgresProxy(empty_schema.dsn)
    async with proxy.running():
        through = await make_pool(proxy.dsn)

        async def write(connection: Connection) -> None:
            await connection.execute("INSERT INTO balance VALUES ('a')")
            proxy.cut = cut

        assert await fate_after(through, write) is Fate.UNKNOWN
        happened = await pool.fetchval("SELECT count(*) FROM balance")
        assert happened == (1 if cut == "after" else 0)
        assert await through.fetchval("SELECT true"), "the pool has a good connection again"


async def test_a_task_that_is_cancelled_in_its_transaction_leaves_nothing_behind(
    make_pool: PoolMaker, watcher: Watcher
) -> None:
    pool = await make_pool(max_size=1)
    await watcher.connection.execute("INSERT INTO processor.balance VALUES ('held')")
    holder = watcher.connection.transaction()
    await holder.start()
    await watcher.connection.execute("UPDATE processor.balance SET amount = 1")

    async def write() -> None:
        async with pg.transaction(pool) as connection:
            await connection.execute("INSERT INTO balance VALUES ('mine')")
            await connection.execute("UPDATE balance SET amount = 2 WHERE id = 'held'")

    task = asyncio.create_task(write())
    await watcher.until_blocked()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await holder.rollback()
    assert [row["id"] for row in await pool.fetch("SELECT id FROM balance")] == ["held"]


async def test_every_session_has_its_timeouts(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            assert await connection.fetchval("SELECT setting::int FROM pg_settings WHERE name = $1", name) > 0


async def test_jsonb_comes_back_as_it_went(pool: Pool) -> None:
    value = {"a": [1, 2.5, None, True, "é"], "b": {}}
    assert await pool.fetchval("SELECT $1::jsonb", value) == value


def test_columns_of_no_rows_are_empty_columns() -> None:
    assert pg.columns([], 3) == [[], [], []]
    assert pg.columns([(1, "a"), (2, "b")], 2) == [[1, 2], ["a", "b"]]


class TestThePool:
    async def test_serves_who_waits_in_the_order_they_came(self, make_pool: PoolMaker) -> None:
        """With a pool of asyncpg's own some see more than 500 others served before them."""
        pool, askers, served = await make_pool(), 64, 0
        before: list[int] = []

        async def ask() -> None:
            nonlocal served
            for _ in range(30):
                came = served
                async with pool.acquire(timeout=30) as connection:
                    await connection.fetchval("SELECT 1")
                served += 1
                before.append(served - came)

        await asyncio.gather(*(ask() for _ in range(askers)))
        assert max(before) < 3 * askers

    async def test_who_gives_up_waiting_takes_nothing_along(self, make_pool: PoolMaker) -> None:
        pool = await make_pool(max_size=1)
        async with pool.acquire():
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await pool.acquire(timeout=0.01)
        assert await pool.fetchval("SELECT 1", timeout=30) == 1

    async def test_a_connection_that_was_lost_or_given_back_twice_leaves_its_place_once(
        self, make_pool: PoolMaker
    ) -> None:
        pool = await make_pool(max_size=2)
        lost = await pool.acquire()
        with pytest.raises(Exception, match="terminat"):
            await lost.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        for _ in range(2):
            await pool.release(lost)
        async with pool.acquire(timeout=30), pool.acquire(timeout=30):
            with pytest.raises(TimeoutError):
                await pool.acquire(timeout=0.01)

    async def test_takes_no_longer_for_the_wait_and_for_connecting_together(self) -> None:
        async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            dsn = f"postgresql://nobody@127.0.0.1:{port}/none?sslmode=disable"
            pool = await pg.connect_pool(dsn, name="test", min_size=0, max_size=1)
            async with Stopwatch() as watch:
                first = asyncio.create_task(ask(pool, 1.0))
                await asyncio.sleep(0.5)
                with pytest.raises(TimeoutError):
                    await ask(pool, 1.0)
                assert watch.lived_s < 0.5 + 1.0 + 0.3, "not first a second for its turn, then another one"
                with pytest.raises(TimeoutError):
                    await first
            pool.terminate()


async def ask(pool: Pool, timeout_s: float) -> None:
    async with pool.acquire(timeout=timeout_s):
        pass
