"""Group commit: who shares a transaction, who is hurt by a failure, and what is never run twice."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import pytest

from chassis import pg
from chassis.batcher import LANE_OPENS_AT, Batcher
from chassis.errors import ApiError
from chassis.metrics import Metrics
from chassis.pg import CommitOutcomeUnknown, Connection, Pool
from chassis.tests.conftest import PoolMaker, Rival, Schema
from chassis.tests.proxy import Cut, PostgresProxy
from chassis.tests.waiting import PATIENCE_S, Watcher, until

Write = Callable[[Connection, Sequence[str]], Awaitable[None]]


class Lane:
    """A batcher that writes names in one transaction, and remembers what it was asked to write together."""

    def __init__(
        self,
        pool: Pool,
        write: Write | None = None,
        *,
        batch_max: int = 128,
        queue_max: int = 2000,
        lanes_max: int = 1,
    ) -> None:
        self.runs: list[list[str]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._pool = pool
        self._write = write or insert
        self.batcher: Batcher[str, str] = Batcher(
            self._execute,
            name="test",
            metrics=Metrics(),
            batch_max=batch_max,
            queue_max=queue_max,
            lanes_max=lanes_max,
        )

    async def _execute(self, items: Sequence[str]) -> list[str]:
        self.runs.append(list(items))
        async with pg.transaction(self._pool) as connection:
            await self._write(connection, items)
            await self.gate.wait()
        return [f"wrote {item}" for item in items]

    def submit(self, *items: str) -> "list[asyncio.Task[str]]":
        return [asyncio.create_task(self.batcher.submit(item)) for item in items]

    async def fill(self, first: str, *later: str) -> "list[asyncio.Task[str]]":
        """`first` is being committed while `later` wait for their turn."""
        self.gate.clear()
        tasks = self.submit(first)
        await until(lambda: self.runs, "the first batch is under way")
        tasks += self.submit(*later)
        await asyncio.sleep(0)
        self.gate.set()
        return tasks


async def insert(connection: Connection, items: Sequence[str]) -> None:
    """A name that holds "bad" breaks the table's CHECK, one that holds "nul" can't even be sent."""
    names = [item.replace("nul", "\x00") for item in items]
    numbers = [-1 if "bad" in item else 1 for item in items]
    await connection.execute(
        "INSERT INTO effect (event_id, number) SELECT * FROM unnest($1::text[], $2::int[])", names, numbers
    )


async def written(pool: Pool) -> list[str]:
    return [row["event_id"] for row in await pool.fetch("SELECT event_id FROM effect ORDER BY event_id")]


async def balances(pool: Pool) -> dict[str, int]:
    return {row["id"]: row["amount"] for row in await pool.fetch("SELECT id, amount FROM balance")}


async def outcomes(tasks: "list[asyncio.Task[str]]") -> list[str | BaseException]:
    return await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_arrives_during_a_commit_shares_the_next_one(pool: Pool) -> None:
    lane = Lane(pool)
    tasks = await lane.fill("a", "b", "c", "d")
    assert await outcomes(tasks) == ["wrote a", "wrote b", "wrote c", "wrote d"]
    assert lane.runs == [["a"], ["b", "c", "d"]]
    assert await written(pool) == ["a", "b", "c", "d"]


async def test_what_arrives_in_one_turn_of_the_loop_shares_its_first_commit(pool: Pool) -> None:
    lane = Lane(pool)
    await outcomes(lane.submit("a", "b", "c"))
    assert lane.runs == [["a", "b", "c"]]


async def test_a_batch_has_a_largest_size_and_keeps_the_order_of_arrival(pool: Pool) -> None:
    lane = Lane(pool, batch_max=3)
    names = [f"{number:02}" for number in range(10)]
    await outcomes(await lane.fill("first", *names))
    assert lane.runs == [["first"], names[0:3], names[3:6], names[6:9], names[9:]]


@pytest.mark.parametrize("bad", ["bad", "nul"])
@pytest.mark.parametrize("position", [0, 3, 6])
async def test_a_bad_row_fails_alone(pool: Pool, bad: str, position: int) -> None:
    lane = Lane(pool)
    names = [f"good {number}" for number in range(7)]
    names[position] = bad
    answers = await outcomes(lane.submit(*names))
    assert pg.fate_of(answers[position]) is pg.Fate.DATA  # type: ignore[arg-type]
    good = [name for name in names if name != bad]
    assert [answer for answer in answers if isinstance(answer, str)] == [f"wrote {name}" for name in good]
    assert await written(pool) == good


async def test_every_row_may_be_bad(pool: Pool) -> None:
    lane = Lane(pool)
    answers = await outcomes(lane.submit(*[f"bad {number}" for number in range(5)]))
    assert all(isinstance(answer, asyncpg.CheckViolationError) for answer in answers)
    assert await written(pool) == []
    assert (await outcomes(lane.submit("good after all"))) == ["wrote good after all"]


async def test_a_deadlock_is_run_once_more_and_then_passes(pool: Pool, watcher: Watcher, rival: Rival) -> None:
    await pool.execute("INSERT INTO balance VALUES ('a'), ('b')")
    holds_a, rival_is_done = asyncio.Event(), asyncio.Event()

    async def lock_a_then_b(connection: Connection, items: Sequence[str]) -> None:
        if len(lane.runs) == 2:
            # A row that a rollback sets free is taken by who comes first, even before who has waited: on a busy machine
            # the second run would meet the rival in the very same deadlock.
            await rival_is_done.wait()
        await connection.execute("UPDATE balance SET amount = amount + 1 WHERE id = 'a'")
        if len(lane.runs) == 1:
            holds_a.set()
            await watcher.until_blocked()
        await connection.execute("UPDATE balance SET amount = amount + 1 WHERE id = 'b'")

    lane = Lane(pool, lock_a_then_b)
    (task,) = lane.submit("x")
    async with rival.transaction():
        await rival.execute("UPDATE balance SET amount = 100 WHERE id = 'b'")
        await holds_a.wait()
        await rival.execute("UPDATE balance SET amount = 100 WHERE id = 'a'")
    rival_is_done.set()
    assert await task == "wrote x"
    assert len(lane.runs) == 2
    assert await balances(pool) == {"a": 101, "b": 101}


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
async def test_a_conflict_that_comes_again_is_told_and_not_run_a_third_time(pool: Pool, sqlstate: str) -> None:
    async def conflict(connection: Connection, items: Sequence[str]) -> None:
        await insert(connection, items)
        await connection.execute(f"DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '{sqlstate}'; END $$")

    lane = Lane(pool, conflict)
    answers = await outcomes(lane.submit("a", "b"))
    assert [pg.fate_of(answer) for answer in answers if isinstance(answer, Exception)] == [pg.Fate.CONFLICT] * 2
    assert lane.runs == [["a", "b"]] * 2
    assert await written(pool) == []


async def test_a_row_that_somebody_holds_delays_only_who_wants_that_row(pool: Pool, rival: Rival) -> None:
    await pool.execute("INSERT INTO balance VALUES ('a'), ('b'), ('held'), ('c')")

    async def add_one(connection: Connection, items: Sequence[str]) -> None:
        await connection.execute("SET LOCAL lock_timeout = '20ms'")
        await connection.execute("UPDATE balance SET amount = amount + 1 WHERE id = ANY ($1)", items)

    lane = Lane(pool, add_one)
    async with rival.transaction():
        await rival.execute("UPDATE balance SET amount = 100 WHERE id = 'held'")
        answers = await outcomes(lane.submit("a", "b", "held", "c"))
    assert pg.fate_of(answers.pop(2)) is pg.Fate.LOCKED  # type: ignore[arg-type]
    assert answers == ["wrote a", "wrote b", "wrote c"]
    assert await balances(pool) == {"a": 1, "b": 1, "held": 100, "c": 1}


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_commit_whose_answer_is_lost_is_told_as_unknown_and_never_run_again(
    make_pool: PoolMaker, pool: Pool, empty_schema: Schema, cut: Cut
) -> None:
    answers, names = await write_with_a_lost_commit(Lane, make_pool, pool, empty_schema, cut)
    assert [type(answer) for answer in answers] == [CommitOutcomeUnknown, CommitOutcomeUnknown]
    assert names == (["a", "b", "later"] if cut == "after" else ["later"])


class BlindLane(Lane):
    """The mistake: a lost COMMIT is taken for one that did not happen."""

    async def _execute(self, items: Sequence[str]) -> list[str]:
        try:
            return await super()._execute(items)
        except CommitOutcomeUnknown:
            return await super()._execute(items)


async def test_a_batcher_that_repeats_a_lost_commit_writes_twice_and_is_seen(
    make_pool: PoolMaker, pool: Pool, empty_schema: Schema
) -> None:
    answers, names = await write_with_a_lost_commit(BlindLane, make_pool, pool, empty_schema, "after")
    assert answers == ["wrote a", "wrote b"]
    assert Counter(names) == {"a": 2, "b": 2, "later": 1}


async def write_with_a_lost_commit(
    kind: type[Lane], make_pool: PoolMaker, pool: Pool, schema: Schema, cut: Cut
) -> tuple[list[str | BaseException], list[str]]:
    proxy = PostgresProxy(schema.dsn)
    async with proxy.running():
        lane = kind(await make_pool(proxy.dsn))
        proxy.cut = cut
        answers = await outcomes(lane.submit("a", "b"))
        assert await lane.batcher.submit("later") == "wrote later"
    return answers, await written(pool)


async def test_a_server_that_is_away_fails_the_batch_at_once_and_the_next_one_passes(
    make_pool: PoolMaker, empty_schema: Schema
) -> None:
    proxy = PostgresProxy(empty_schema.dsn)
    async with proxy.running():
        lane = Lane(await make_pool(proxy.dsn))
        proxy.away = True
        proxy.drop()
        answers = await outcomes(lane.submit("a", "b"))
        assert [pg.fate_of(answer) for answer in answers if isinstance(answer, Exception)] == [pg.Fate.LOST] * 2
        assert lane.runs == [["a", "b"]]
        proxy.away = False
        assert await lane.batcher.submit("c") == "wrote c"


async def test_a_full_queue_is_told_as_503_and_hurts_nobody_in_it(pool: Pool) -> None:
    lane = Lane(pool, queue_max=2)
    tasks = await lane.fill("running", "waiting 1", "waiting 2", "too many")
    *good, refused = await outcomes(tasks)
    assert good == ["wrote running", "wrote waiting 1", "wrote waiting 2"]
    assert isinstance(refused, ApiError)
    assert (refused.status, refused.code, refused.headers) == (503, "OVERLOADED", {"Retry-After": "1"})
    assert await lane.batcher.submit("room again") == "wrote room again"


async def test_who_stops_waiting_does_not_take_the_write_back(pool: Pool) -> None:
    lane = Lane(pool)
    lane.gate.clear()
    tasks = lane.submit("running")
    await until(lambda: lane.runs, "the first batch is under way")
    tasks += lane.submit("queued", "patient")
    await asyncio.sleep(0)
    for task in tasks[:2]:
        task.cancel()
    lane.gate.set()
    running, queued, patient = await outcomes(tasks)
    assert isinstance(running, asyncio.CancelledError)
    assert isinstance(queued, asyncio.CancelledError)
    assert patient == "wrote patient"
    assert await written(pool) == ["patient", "queued", "running"]


async def test_an_idle_batcher_has_answered_everybody(pool: Pool) -> None:
    lane = Lane(pool, batch_max=1)
    tasks = await lane.fill("a", "b", "c", "bad")
    await lane.batcher.idle()
    assert await written(pool) == ["a", "b", "c"]
    assert len(await outcomes(tasks)) == 4
    await lane.batcher.idle()


@pytest.mark.parametrize("answers", [[], ["one too few"], ["one", "too", "many"]])
async def test_a_batch_that_is_not_answered_item_by_item_is_an_error_for_all_and_nobody_waits_for_ever(
    answers: list[str],
) -> None:
    async def miscount(items: Sequence[str]) -> list[str]:
        return answers

    batcher: Batcher[str, str] = Batcher(miscount, name="test", metrics=Metrics())
    async with asyncio.timeout(PATIENCE_S):
        told = await asyncio.gather(batcher.submit("a"), batcher.submit("b"), return_exceptions=True)
    assert [type(answer) for answer in told] == [RuntimeError, RuntimeError]


async def test_an_execute_that_was_cancelled_leaves_nobody_waiting() -> None:
    async def cancelled(items: Sequence[str]) -> list[str]:
        raise asyncio.CancelledError

    batcher: Batcher[str, str] = Batcher(cancelled, name="test", metrics=Metrics())
    async with asyncio.timeout(PATIENCE_S):
        told = await asyncio.gather(batcher.submit("a"), batcher.submit("b"), return_exceptions=True)
    assert all(isinstance(answer, BaseException) for answer in told)


class TestLanes:
    """With more lanes than one, many who wait behind a commit need not wait for it."""

    async def open(self, pool: Pool, *, waiting: int, lanes_max: int = 2) -> tuple[Lane, "list[asyncio.Task[str]]"]:
        """A lane whose first batch is being committed, and so many who came afterwards."""
        lane = Lane(pool, lanes_max=lanes_max)
        lane.gate.clear()
        tasks = lane.submit("first")
        await until(lambda: lane.runs, "the first batch is under way")
        tasks += lane.submit(*(f"{number:02}" for number in range(waiting)))
        for _ in range(10):
            await asyncio.sleep(0)
        return lane, tasks

    async def end(self, lane: Lane, tasks: "list[asyncio.Task[str]]") -> None:
        lane.gate.set()
        await lane.batcher.idle()
        assert all(isinstance(answer, str) for answer in await outcomes(tasks))
        assert lane.batcher.unanswered == 0

    async def test_many_who_wait_open_another_one(self, pool: Pool) -> None:
        lane, tasks = await self.open(pool, waiting=LANE_OPENS_AT)
        await until(lambda: len(lane.runs) == 2, "a second transaction is beside the first")
        assert [len(run) for run in lane.runs] == [1, LANE_OPENS_AT]
        assert lane.batcher.unanswered == 1 + LANE_OPENS_AT
        await self.end(lane, tasks)

    async def test_a_few_share_the_next_commit(self, pool: Pool) -> None:
        lane, tasks = await self.open(pool, waiting=LANE_OPENS_AT - 1)
        assert len(lane.runs) == 1
        await self.end(lane, tasks)
        assert [len(run) for run in lane.runs] == [1, LANE_OPENS_AT - 1]

    async def test_there_are_never_more_than_allowed(self, pool: Pool) -> None:
        lane, tasks = await self.open(pool, waiting=LANE_OPENS_AT)
        await until(lambda: len(lane.runs) == 2, "both are under way")
        tasks += lane.submit(*(f"later {number:02}" for number in range(3 * LANE_OPENS_AT)))
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(lane.runs) == 2
        await self.end(lane, tasks)
        assert len(await written(pool)) == 1 + 4 * LANE_OPENS_AT

    async def test_how_many_wait_is_told_on_average(self, pool: Pool) -> None:
        lane, tasks = await self.open(pool, waiting=4)
        lane.batcher.mean_unanswered()
        await asyncio.sleep(0.05)
        assert lane.batcher.mean_unanswered() == pytest.approx(5)
        await asyncio.sleep(0.05)
        await self.end(lane, tasks)
        await asyncio.sleep(0.05)
        assert 0 < lane.batcher.mean_unanswered() < 5, "five waited for a part of that time, nobody does now"
        await asyncio.sleep(0.05)
        assert lane.batcher.mean_unanswered() == 0

    async def test_a_lane_that_was_cancelled_takes_nothing_from_the_other_one(self, pool: Pool) -> None:
        async def write(connection: Connection, items: Sequence[str]) -> None:
            if "cancel" in items:
                raise asyncio.CancelledError
            await insert(connection, items)

        lane = Lane(pool, write, lanes_max=2, batch_max=LANE_OPENS_AT)
        lane.gate.clear()
        tasks = lane.submit("first")
        await until(lambda: lane.runs, "the first batch is under way")
        names = [f"{number:02}" for number in range(LANE_OPENS_AT - 1)]
        ending = lane.submit("cancel", *names)
        tasks += lane.submit("later", "last")
        assert all(isinstance(told, asyncio.CancelledError) for told in await outcomes(ending))
        await self.end(lane, tasks)
        assert await written(pool) == ["first", "last", "later"]

    async def test_who_has_gone_away_waits_no_more(self, pool: Pool) -> None:
        lane, tasks = await self.open(pool, waiting=3)
        tasks[-1].cancel()
        await asyncio.gather(tasks.pop(), return_exceptions=True)
        assert lane.batcher.unanswered == 3
        await self.end(lane, tasks)
        assert len(await written(pool)) == 4, "what was taken is written"

    async def test_nobody_is_lost_or_written_twice_whenever_they_come(self, pool: Pool) -> None:
        lane, chance = Lane(pool, lanes_max=3), random.Random(7)

        async def come(name: str) -> str:
            await asyncio.sleep(chance.random() * 0.2)
            return await lane.batcher.submit(name)

        names = [f"{number:03}" for number in range(500)]
        assert await asyncio.gather(*map(come, names)) == [f"wrote {name}" for name in names]
        assert await written(pool) == names
        assert all(lane.runs), "no transaction was for nothing"


class TestTheBatchRule:
    """Write each aggregate once, assert the row counts: or else a payment that is in a batch twice is changed once."""

    ADD = """
        UPDATE balance AS b SET amount = b.amount + d.amount
        FROM unnest($1::text[], $2::bigint[]) AS d (id, amount) WHERE b.id = d.id
    """

    async def folded(self, connection: Connection, items: Sequence[str]) -> None:
        sums = Counter(items)
        await connection.execute(
            "SELECT FROM balance WHERE id = ANY ($1::text[]) ORDER BY id FOR NO KEY UPDATE", list(sums)
        )
        status = await connection.execute(self.ADD, list(sums), list(sums.values()))
        assert status == f"UPDATE {len(sums)}"

    async def joined(self, connection: Connection, items: Sequence[str]) -> None:
        await connection.execute(self.ADD, items, [1] * len(items))

    async def joined_and_counted(self, connection: Connection, items: Sequence[str]) -> None:
        status = await connection.execute(self.ADD, items, [1] * len(items))
        if status != f"UPDATE {len(items)}":
            raise RuntimeError(f"{status} of {len(items)}")

    async def add(self, pool: Pool, write: Write) -> tuple[list[str | BaseException], int]:
        await pool.execute("INSERT INTO balance VALUES ('a'), ('b'), ('c')")
        lanes = [Lane(pool, write), Lane(pool, write)]  # as two replicas would
        answers = await asyncio.gather(*(outcomes(lane.submit(*"abcab" * 20)) for lane in lanes))
        return [answer for told in answers for answer in told], await pool.fetchval("SELECT sum(amount) FROM balance")

    async def test_a_batch_that_is_folded_loses_nothing(self, pool: Pool) -> None:
        answers, total = await self.add(pool, self.folded)
        assert all(isinstance(answer, str) for answer in answers)
        assert total == 200

    async def test_a_batch_that_is_only_joined_loses_what_it_acknowledged_and_is_seen(self, pool: Pool) -> None:
        answers, total = await self.add(pool, self.joined)
        assert all(isinstance(answer, str) for answer in answers)
        assert total < 200

    async def test_a_batch_whose_rows_are_counted_acknowledges_nothing_that_it_lost(self, pool: Pool) -> None:
        answers, total = await self.add(pool, self.joined_and_counted)
        assert all(isinstance(answer, RuntimeError) for answer in answers)
        assert total == 0
