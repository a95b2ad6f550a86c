"""Housekeeping: every step in its turn, again while it says that there is more, whatever happens to the database."""

import asyncio

import pytest

from chassis.pg import Connection
from chassis.sweep import Sweep
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.parts import NEVER_S, at_work
from chassis.tests.proxy import PostgresProxy
from chassis.tests.waiting import until


async def test_a_step_is_repeated_while_there_is_more_each_time_in_a_transaction_of_its_own(
    make_pool: PoolMaker,
) -> None:
    pool = await make_pool()
    transactions: list[int] = []
    swept = asyncio.Event()

    async def step(connection: Connection) -> bool:
        transactions.append(await connection.fetchval("SELECT pg_current_xact_id()::text::bigint"))
        return len(transactions) < 3

    async with at_work(Sweep(pool, [step], every_s=NEVER_S, after_commit=swept.set)):
        await swept.wait()
    assert len(set(transactions)) == 3


async def test_it_comes_again_after_its_pause_and_after_a_database_that_was_away(
    make_pool: PoolMaker, empty_schema: Schema
) -> None:
    turns = 0

    async def step(connection: Connection) -> bool:
        nonlocal turns
        await connection.execute("INSERT INTO effect (event_id) VALUES ('swept')")
        turns += 1
        return False

    proxy = PostgresProxy(empty_schema.dsn)
    async with proxy.running():
        sweep = Sweep(await make_pool(proxy.dsn), [step], every_s=0.01, after_commit=lambda: None)
        async with at_work(sweep):
            await until(lambda: turns >= 3, "it has swept")
            proxy.away = True
            proxy.drop()
            await until(lambda: proxy.refused >= 3, "it tries again and again")
            proxy.away = False
            seen = turns
            await until(lambda: turns > seen, "it sweeps again")


async def test_a_step_that_fails_keeps_no_other_one_from_its_turn(make_pool: PoolMaker) -> None:
    done = asyncio.Event()

    async def fail(connection: Connection) -> bool:
        raise TimeoutError

    async def work(connection: Connection) -> bool:
        done.set()
        return False

    async with at_work(Sweep(await make_pool(), [fail, work], every_s=NEVER_S, after_commit=lambda: None)):
        await done.wait()


async def test_a_bug_in_a_step_ends_it(make_pool: PoolMaker) -> None:
    async def fail(connection: Connection) -> bool:
        raise KeyError("a bug")

    sweep = Sweep(await make_pool(), [fail], every_s=NEVER_S, after_commit=lambda: None)
    with pytest.raises(KeyError):
        await asyncio.wait_for(sweep.run(), 30)


async def test_a_step_that_always_has_more_ends_when_it_is_told_to(make_pool: PoolMaker) -> None:
    begun = asyncio.Event()

    async def endless(connection: Connection) -> bool:
        begun.set()
        return True

    async with at_work(Sweep(await make_pool(), [endless], every_s=NEVER_S, after_commit=lambda: None)):
        await begun.wait()
