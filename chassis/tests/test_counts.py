"""Totals without scanning history: folded numbers and the tail tell the same at any moment, and nothing is lost."""

import asyncio

import pytest

from chassis import counts, pg
from chassis.pg import Pool
from chassis.tests.conftest import PoolMaker


async def add(pool: Pool, deltas: dict[tuple[str, str, str], int]) -> None:
    async with pg.transaction(pool) as connection:
        await counts.add(connection, deltas)


async def total(pool: Pool, tenant: str = "t", kind: str = "thing", statuses: list[str] | None = None) -> int:
    async with pool.acquire() as connection:
        return await counts.total(connection, tenant, kind, statuses)


async def fold(pool: Pool) -> None:
    async with pg.transaction(pool) as connection:
        await counts.fold(connection)


async def test_a_total_is_the_same_before_and_after_folding(pool: Pool) -> None:
    await add(pool, {("t", "thing", "new"): 5, ("t", "thing", "old"): 1, ("u", "thing", "new"): 7})
    await add(pool, {("t", "thing", "new"): -2, ("t", "thing", "old"): 2, ("t", "other", "new"): 100})
    for _ in range(3):
        assert await total(pool) == 6
        assert await total(pool, statuses=["new"]) == 3
        assert await total(pool, statuses=["new", "old"]) == 6
        assert await total(pool, statuses=["unknown"]) == 0
        assert await total(pool, "u") == 7
        assert await total(pool, "nobody") == 0
        await fold(pool)
    assert await pool.fetchval("SELECT count(*) FROM count_delta") == 0


async def test_what_changes_nothing_is_not_written(pool: Pool) -> None:
    await add(pool, {("t", "thing", "new"): 0})
    await add(pool, {})
    assert await pool.fetchval("SELECT count(*) FROM count_delta") == 0


async def test_counts_by_status_are_those_of_all_tenants(pool: Pool) -> None:
    await add(pool, {("t", "thing", "new"): 5, ("u", "thing", "new"): 7})
    await fold(pool)
    await add(pool, {("u", "thing", "old"): 1, ("t", "thing", "new"): -1})
    async with pool.acquire() as connection:
        assert await counts.by_status(connection, "thing") == {"new": 11, "old": 1}


async def test_writers_and_several_folders_at_once_lose_nothing_and_the_total_is_exact_throughout(
    make_pool: PoolMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "FOLD_STEP_ROWS", 7)
    pools = [await make_pool(), await make_pool()]
    written = 0
    seen: list[tuple[int, int, int]] = []

    async def write(pool: Pool) -> None:
        nonlocal written
        for _ in range(40):
            await add(pool, {("t", "thing", "new"): 1})
            written += 1

    async def look(pool: Pool) -> None:
        while written < 80:
            least = written
            found = await total(pool)
            seen.append((least, found, written))

    async def fold_on(pool: Pool) -> None:
        while written < 80:
            await fold(pool)

    await asyncio.gather(*(work(pool) for pool in pools for work in (write, look, fold_on)))
    assert await total(pools[0]) == 80
    # One more per writer may be committed and not yet counted by the test itself.
    assert all(least <= found <= most + len(pools) for least, found, most in seen)
