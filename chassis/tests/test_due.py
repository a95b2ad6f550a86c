"""Work that falls due: claimed under a lease, done once by one worker, taken back after a restart."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from chassis import jobs, pg
from chassis.clock import ManualClock
from chassis.due import DueWorker, HeadStart
from chassis.errors import Retry
from chassis.jobs import JobQueue, Settlement, backoff
from chassis.pg import Pool
from chassis.tests.conftest import PoolMaker, Rival, Schema
from chassis.tests.parts import NEVER_S, at_work
from chassis.tests.proxy import PostgresProxy
from chassis.tests.samples import AT
from chassis.tests.waiting import until

LEASE_S = 30


class Bench:
    """A queue and the worker that works it off; `done` is what was begun, in order."""

    def __init__(
        self, pool: Pool, clock: ManualClock, *, slot_id: str = "slot-0", running_max: int = 10, poll_s: float = 0.01
    ) -> None:
        self.pool = pool
        self.clock = clock
        self.done: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.fail_first_with: Exception | None = None
        self.queue = JobQueue(pool, clock, slot_id=slot_id, lease_s=LEASE_S)
        self.claims = 0
        self.head_start: HeadStart[str] = HeadStart()
        self.worker: DueWorker[str] = DueWorker(
            name="due",
            claim=self.claim,
            work=self.work,
            next_due=self.queue.next_due,
            release=self.queue.release,
            clock=clock,
            running_max=running_max,
            poll_s=poll_s,
            head_start=self.head_start,
        )

    async def add_with_head_start(self, *ids: str) -> None:
        """As a handler of commands does it."""
        async with pg.transaction(self.pool) as connection:
            now = self.clock.now()
            begin, later = self.head_start.divide([(one, now) for one in ids], now)
            await self.queue.add(connection, later, leased=begin)
            self.head_start.note(begin, others=bool(later))
        self.head_start.committed()

    async def add(self, *ids: str, due_at: datetime = AT) -> None:
        async with pg.transaction(self.pool) as connection:
            await self.queue.add(connection, [(one, due_at) for one in ids])

    async def claim(self, limit: int) -> list[str]:
        self.claims += 1
        async with pg.transaction(self.pool) as connection:
            return list(await self.queue.claim(connection, limit))

    async def settle(self, settlement: Settlement) -> None:
        async with pg.transaction(self.pool) as connection:
            await self.queue.settle(connection, settlement)

    async def work(self, job: str) -> None:
        self.done.append(job)
        await self.gate.wait()
        if self.fail_first_with is not None and len(self.done) == 1:
            raise self.fail_first_with
        await self.settle(Settlement(completed=[job]))

    async def until_ended(self, count: int) -> None:
        async def ended() -> bool:
            return (await self.queue.counts()).completed == count

        await until(ended, f"{count} jobs have ended")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(AT)


@pytest.fixture
def bench(pool: Pool, clock: ManualClock) -> Bench:
    return Bench(pool, clock)


class TestTheWorker:
    async def test_does_every_job_once_when_it_falls_due_and_not_before(self, bench: Bench) -> None:
        await bench.add("now", "now too")
        await bench.add("later", due_at=AT + timedelta(hours=1))
        async with at_work(bench.worker):
            await bench.until_ended(2)
            assert sorted(bench.done) == ["now", "now too"]
            bench.clock.advance(timedelta(hours=1))
            await bench.until_ended(3)
        assert bench.done[-1] == "later"

    async def test_several_workers_share_the_jobs_and_do_each_once(
        self, make_pool: PoolMaker, clock: ManualClock
    ) -> None:
        benches = [Bench(await make_pool(), clock, slot_id=f"slot-{n}", running_max=7) for n in range(3)]
        ids = [f"job-{n:03}" for n in range(200)]
        await benches[0].add(*ids)
        async with at_work(*(bench.worker for bench in benches)):
            await benches[0].until_ended(200)
        assert Counter(job for bench in benches for job in bench.done) == dict.fromkeys(ids, 1)

    async def test_runs_no_more_at_a_time_than_it_may_and_goes_on_when_one_ends(
        self, pool: Pool, clock: ManualClock
    ) -> None:
        bench = Bench(pool, clock, running_max=3, poll_s=NEVER_S)
        bench.gate.clear()
        await bench.add(*(f"job-{n}" for n in range(10)))
        async with at_work(bench.worker):
            await until(lambda: len(bench.done) == 3, "three are running")
            await asyncio.sleep(0.05)
            assert len(bench.done) == 3
            bench.gate.set()
            await bench.until_ended(10)

    async def test_is_woken_by_what_is_added(self, pool: Pool, clock: ManualClock) -> None:
        bench = Bench(pool, clock, poll_s=NEVER_S)
        async with at_work(bench.worker):
            for number in range(3):
                await bench.add(f"job-{number}")
                bench.worker.wake()
                await bench.until_ended(number + 1)

    async def test_sleeps_until_the_next_job_falls_due_whatever_its_poll(self, pool: Pool, clock: ManualClock) -> None:
        bench = Bench(pool, clock, poll_s=NEVER_S)
        await bench.add("soon", due_at=AT + timedelta(seconds=0.02))
        async with at_work(bench.worker):
            await asyncio.sleep(0)
            clock.advance(timedelta(seconds=0.02))
            await bench.until_ended(1)

    async def test_ends_after_what_is_running_and_claims_nothing_new(self, bench: Bench) -> None:
        bench.gate.clear()
        await bench.add("running")
        running = asyncio.create_task(bench.worker.run())
        await until(lambda: bench.done, "the job is running")
        bench.worker.stop()
        await bench.add("too late")
        await asyncio.sleep(0.05)
        assert not running.done()
        bench.gate.set()
        await running
        assert bench.done == ["running"]
        assert (await bench.queue.counts()).completed == 1

    @pytest.mark.parametrize("error", [Retry("not yet"), KeyError("a bug"), ConnectionResetError()], ids=repr)
    async def test_a_job_that_fails_keeps_its_lease_and_is_done_again_when_it_has_run_out(
        self, bench: Bench, error: Exception
    ) -> None:
        bench.fail_first_with = error
        await bench.add("stubborn")
        with capture_logs() as logs:
            async with at_work(bench.worker):
                await until(lambda: any(line["event"] == "due.job_failed" for line in logs), "it has failed")
                assert bench.done == ["stubborn"]
                bench.clock.advance(timedelta(seconds=LEASE_S))
                await bench.until_ended(1)
        assert bench.done == ["stubborn", "stubborn"]

    async def test_a_restarted_slot_takes_its_own_leases_back_at_once_and_nobody_elses(
        self, pool: Pool, clock: ManualClock
    ) -> None:
        dead, other = Bench(pool, clock), Bench(pool, clock, slot_id="slot-1")
        await dead.add("mine")
        assert await dead.claim(10) == ["mine"]
        await dead.add("another's")
        assert await other.claim(10) == ["another's"]
        restarted = Bench(pool, clock)
        async with at_work(restarted.worker):
            await restarted.until_ended(1)
        assert restarted.done == ["mine"]

    async def test_a_lease_that_has_run_out_is_taken_over(self, pool: Pool, clock: ManualClock) -> None:
        dead, other = Bench(pool, clock), Bench(pool, clock, slot_id="slot-1")
        await dead.add("orphan")
        await dead.claim(10)
        async with at_work(other.worker):
            await until(lambda: other.claims > 0, "another one has looked")
            assert other.done == []
            clock.advance(timedelta(seconds=LEASE_S))
            await other.until_ended(1)
        assert other.done == ["orphan"]

    async def test_lives_through_a_database_that_is_away(
        self, make_pool: PoolMaker, empty_schema: Schema, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chassis.due.BACKOFF_S", 0.01)
        proxy = PostgresProxy(empty_schema.dsn)
        async with proxy.running():
            bench = Bench(await make_pool(proxy.dsn), clock)
            async with at_work(bench.worker):
                await bench.add("before")
                await bench.until_ended(1)
                proxy.away = True
                proxy.drop()
                await until(lambda: proxy.refused > 3, "the worker tries again and again")
                proxy.away = False
                await bench.add("after")
                await bench.until_ended(2)

    async def test_a_broken_schema_ends_it(self, pool: Pool, clock: ManualClock) -> None:
        async def claim_from_nowhere(limit: int) -> list[str]:
            return [row["id"] for row in await pool.fetch("SELECT id FROM missing")]

        bench = Bench(pool, clock)
        bench.worker._claim = claim_from_nowhere
        with pytest.raises(Exception, match="missing"):
            await asyncio.wait_for(bench.worker.run(), 30)


class TestAHeadStart:
    async def test_begins_with_the_commit_and_needs_no_claim(self, pool: Pool, clock: ManualClock) -> None:
        bench = Bench(pool, clock, poll_s=NEVER_S)
        async with at_work(bench.worker):
            await until(lambda: bench.worker.spare == 10, "it has looked for older jobs")
            claims = bench.claims
            await bench.add_with_head_start("a", "b")
            await bench.until_ended(2)
            assert bench.claims == claims
        assert bench.done == ["a", "b"]

    async def test_is_given_to_nobody_without_a_worker_nor_before_it_has_looked_for_older_ones(
        self, bench: Bench
    ) -> None:
        assert HeadStart[str]().room == 0
        assert bench.head_start.room == 0
        await bench.add_with_head_start("a")
        assert await bench.claim(1) == ["a"]

    async def test_no_more_run_than_may_and_the_others_are_claimed_after_older_ones(
        self, pool: Pool, clock: ManualClock
    ) -> None:
        bench = Bench(pool, clock, running_max=3, poll_s=NEVER_S)
        bench.gate.clear()
        async with at_work(bench.worker):
            await until(lambda: bench.worker.spare == 3, "it has looked for older jobs")
            await bench.add_with_head_start("a", "b", "c", "d", "e")
            await until(lambda: len(bench.done) == 3, "three are running")
            await bench.add_with_head_start("f")
            await asyncio.sleep(0.05)
            assert bench.done == ["a", "b", "c"]
            bench.gate.set()
            await bench.until_ended(6)
        assert sorted(bench.done) == ["a", "b", "c", "d", "e", "f"]

    async def test_only_what_is_due_at_once_begins(self, pool: Pool, clock: ManualClock) -> None:
        bench = Bench(pool, clock, poll_s=NEVER_S)
        async with at_work(bench.worker):
            await until(lambda: bench.worker.spare == 10, "it has looked for older jobs")
            now = clock.now()
            later = ("b", now + timedelta(seconds=1))
            assert bench.head_start.divide([("a", now), later, ("c", now)], now) == (["a", "c"], [later])

    @pytest.mark.parametrize("frees", ["a job that ends", "a rollback"])
    async def test_room_is_used_as_soon_as_it_is_free(self, pool: Pool, clock: ManualClock, frees: str) -> None:
        bench = Bench(pool, clock, running_max=2, poll_s=NEVER_S)
        bench.gate.clear()
        async with at_work(bench.worker):
            await until(lambda: bench.worker.spare == 2, "it has looked for older jobs")
            await bench.add_with_head_start("a")
            bench.head_start.note(["b"], others=False)
            await bench.add("older")
            bench.worker.wake()
            await asyncio.sleep(0.1)  # it looks, and finds one running and one waiting for its commit
            assert bench.done == ["a"]
            if frees == "a rollback":
                bench.head_start.rolled_back()
            else:
                bench.gate.set()
            await until(lambda: "older" in bench.done, "the older one is claimed")
            bench.gate.set()

    async def test_what_is_rolled_back_never_begins(self, pool: Pool, clock: ManualClock) -> None:
        bench = Bench(pool, clock, poll_s=NEVER_S)
        async with at_work(bench.worker):
            await until(lambda: bench.worker.spare == 10, "it has looked for older jobs")
            bench.head_start.note(["never"], others=False)
            assert bench.head_start.room == 9
            bench.head_start.rolled_back()
            assert bench.head_start.room == 10
            await bench.add_with_head_start("a")
            await bench.until_ended(1)
        assert bench.done == ["a"]

    async def test_one_that_was_not_begun_is_done_by_who_starts_anew_in_its_slot(
        self, pool: Pool, clock: ManualClock
    ) -> None:
        dead = Bench(pool, clock)
        async with pg.transaction(pool) as connection:
            await dead.queue.add(connection, [], leased=["a"])
        assert await dead.claim(1) == []
        restarted = Bench(pool, clock)
        async with at_work(restarted.worker):
            await restarted.until_ended(1)
        assert restarted.done == ["a"]


class TestTheQueue:
    async def test_takes_a_job_once_under_its_id(self, bench: Bench) -> None:
        await bench.add("a", "a", "b")
        await bench.add("a", due_at=AT - timedelta(hours=1))
        assert await bench.claim(10) == ["a", "b"]
        assert await bench.claim(10) == []

    async def test_gives_the_oldest_first_and_as_many_as_asked(self, bench: Bench) -> None:
        for number in (3, 1, 2):
            await bench.add(f"job-{number}", due_at=AT - timedelta(minutes=10 - number))
        assert sorted(await bench.claim(2)) == ["job-1", "job-2"]

    async def test_skips_what_another_one_is_just_taking(self, bench: Bench, rival: Rival) -> None:
        await bench.add("taken", "free")
        async with rival.transaction():
            await rival.execute("SELECT FROM job WHERE id = 'taken' FOR UPDATE")
            assert await bench.claim(10) == ["free"]

    async def test_counts_the_tries(self, bench: Bench) -> None:
        await bench.add("a")
        for tries in (1, 2, 3):
            async with pg.transaction(bench.pool) as connection:
                assert await bench.queue.claim(connection, 1) == {"a": tries}
            bench.clock.advance(timedelta(seconds=LEASE_S))

    async def test_a_job_that_is_put_back_is_due_when_it_says(self, bench: Bench) -> None:
        await bench.add("a")
        await bench.claim(1)
        await bench.settle(Settlement(put_back=[("a", AT + timedelta(minutes=5))]))
        assert await bench.queue.next_due() == AT + timedelta(minutes=5)
        assert await bench.claim(1) == []

    async def test_a_parked_job_waits_until_it_is_hastened(self, bench: Bench) -> None:
        await bench.add("a")
        await bench.claim(1)
        await bench.settle(Settlement(put_back=[("a", None)]))
        assert await bench.queue.next_due() is None
        bench.clock.advance(timedelta(days=1000))
        assert await bench.claim(1) == []
        async with pg.transaction(bench.pool) as connection:
            await bench.queue.hasten(connection, ["a", "unknown"])
        assert await bench.claim(1) == ["a"]

    async def test_a_hastened_job_is_due_though_who_works_on_it_would_put_it_off(self, bench: Bench) -> None:
        await bench.add("a")
        await bench.claim(1)
        async with pg.transaction(bench.pool) as connection:
            await bench.queue.hasten(connection, ["a"])
        await bench.settle(Settlement(put_back=[("a", AT + timedelta(days=1))]))
        assert await bench.claim(1) == ["a"]

    async def test_a_job_that_is_due_already_is_not_put_behind_others(self, bench: Bench) -> None:
        await bench.add("a")
        bench.clock.advance(timedelta(minutes=1))
        async with pg.transaction(bench.pool) as connection:
            await bench.queue.hasten(connection, ["a"])
        assert await bench.queue.next_due() == AT

    async def test_who_lost_its_lease_does_not_put_back_what_another_one_has(
        self, pool: Pool, clock: ManualClock
    ) -> None:
        slow, other = Bench(pool, clock), Bench(pool, clock, slot_id="slot-1")
        await slow.add("a")
        await slow.claim(1)
        clock.advance(timedelta(seconds=LEASE_S))
        assert await other.claim(1) == ["a"]
        await slow.settle(Settlement(put_back=[("a", AT)]))
        assert await slow.claim(1) == []

    async def test_counts_each_ended_job_once_whoever_ends_it(self, pool: Pool, clock: ManualClock) -> None:
        slow, other = Bench(pool, clock), Bench(pool, clock, slot_id="slot-1")
        await slow.add("a", "b", "c", "d")
        await slow.claim(3)
        await other.settle(Settlement(completed=["a"], failed=["b"]))
        await slow.settle(Settlement(completed=["a", "b"]))
        assert await slow.queue.counts() == jobs.JobCounts(pending=1, processing=1, completed=1, failed=1)

    async def test_a_job_that_was_added_and_rolled_back_is_not_there(self, bench: Bench) -> None:
        async def fail() -> None:
            async with pg.transaction(bench.pool) as connection:
                await bench.queue.add(connection, [("a", AT)])
                raise KeyError

        with pytest.raises(KeyError):
            await fail()
        assert await bench.claim(1) == []


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)])
def test_the_pauses_between_tries_double_up_to_the_longest(tries: int, seconds: int) -> None:
    assert backoff(tries, first_s=1, max_s=60) == timedelta(seconds=seconds)
