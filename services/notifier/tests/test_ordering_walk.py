"""Random walks over ordered delivery: whatever happens in whichever turn, nothing overtakes and nothing is left behind.

Two processes take events, send, fail, retry and lose their leases; deliveries are retried by hand, bounds pass. Chance
comes from the seed. In every state that Postgres is seen in, exactly one of each line is on its way.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import web

from chassis import pg
from chassis.pg import Pool
from chassis.runtime import Runtime
from chassis.tests.waiting import until
from services.notifier import ordering, retries
from services.notifier.settings import Settings
from services.notifier.store import queries
from services.notifier.tests.conftest import MERCHANT, Process
from services.notifier.tests.receiver import Receiver
from services.notifier.tests.test_ordering import (
    carried_to_the_end,
    carry,
    dispatching,
    event,
    execute,
    got,
    waits_for_nobody,
)
from tests.figures import Figures

STEPS = 80
WALKS = [
    pytest.param(range(1), id="small"),
    pytest.param(range(1, 31), id="full", marks=[pytest.mark.prove, pytest.mark.timeout(900)]),
]
FAULT_WALKS = 10
"""What a walk meets depends on how quick the machine is, too: one of so many meets the fault."""

FAULTS = {
    "who waits too long leaves nobody behind": ("leave_lines", "($1::text[])", "($1::text[]) AND false"),
    "an end releases all who wait": ("release_next", "DISTINCT ON (waiting.endpoint_id, waiting.ordered_by)", ""),
    "a retry keeps its line": ("start_runs", "CASE WHEN NOT waiting THEN ordered_by END", "ordered_by"),
    "an end forgets its line": ("finish_claims", "CASE WHEN h.status <> 'pending' THEN h.ordered_by END", "NULL::text"),
}
"""A query, what stands in its text, and what shall stand there."""


@dataclass
class Walk:
    """`outside`: deliveries (object, sequence) that a retry or a bound took out of the order."""

    runtime: Runtime[Settings]
    receiver: Receiver
    processes: tuple[Process, Process]
    chance: random.Random
    objects: list[str]
    sequences: Counter[str] = field(default_factory=Counter)
    held: list[asyncio.Future[int]] = field(default_factory=list)
    outside: set[tuple[str, int]] = field(default_factory=set)
    overtaking: list[str] = field(default_factory=list)
    over: bool = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Who comes is looked at, and answered when a step says so."""
        body = orjson.loads(await request.read())
        object_, sequence = body["data"]["payment"]["id"], body["sequence"]
        if (object_, sequence) not in self.outside:
            before = await self._unfinished_before(object_, sequence)
            self.overtaking += [f"{sequence} came before {other} of {object_}" for other in before]
        if self.over:
            return web.Response()
        told = asyncio.get_running_loop().create_future()
        self.held.append(told)
        return web.Response(status=await told)

    def go_well(self) -> None:
        """Every answer is good from here on, also to what still waits for one."""
        self.over = True
        for told in self.held:
            if not told.done():
                told.set_result(200)

    async def _unfinished_before(self, object_: str, sequence: int) -> list[int]:
        async with self.runtime.pool.acquire() as connection:
            rows = await connection.fetch(
                "SELECT m.sequence FROM delivery AS d JOIN message AS m ON m.id = d.message_id"
                " WHERE m.subject = $1 AND m.sequence < $2 AND d.status = 'pending'",
                object_,
                sequence,
            )
        return [row["sequence"] for row in rows if (object_, row["sequence"]) not in self.outside]

    async def arrive(self) -> None:
        """Events of one or several objects, in one slice."""
        events = []
        for _ in range(self.chance.randint(1, 4)):
            object_ = self.chance.choice(self.objects)
            self.sequences[object_] += 1
            events.append(event(object_, self.sequences[object_]))
        await self.chance.choice(self.processes).take(*events)

    async def reply(self) -> None:
        """The server answers some of what it was sent, well or badly."""
        for _ in range(min(len(self.held), self.chance.randint(1, 4))):
            told = self.held.pop(self.chance.randrange(len(self.held)))
            if not told.done():
                told.set_result(self.chance.choice([200, 200, 500]))

    async def bring_back(self) -> None:
        """What is scheduled is due."""
        await carry(self.runtime, self.chance.choice(self.processes))

    async def retry(self) -> None:
        """By hand, of whatever there is."""
        async with pg.transaction(self.runtime.pool) as connection:
            rows = await connection.fetch(
                "SELECT d.id, d.waiting, d.ordered_by, m.subject, m.sequence FROM delivery AS d"
                " JOIN message AS m ON m.id = d.message_id WHERE m.subject = ANY ($1)"
                " ORDER BY d.id FOR NO KEY UPDATE OF d",
                self.objects,
            )
            if rows:
                row = self.chance.choice(rows)
                if row["waiting"] or row["ordered_by"] is None:
                    self.outside.add((row["subject"], row["sequence"]))
                await retries.retry(connection, MERCHANT, row["id"], self.runtime.clock.now())

    async def pass_a_bound(self) -> None:
        """One that waits has waited for long enough."""
        async with pg.transaction(self.runtime.pool) as connection:
            object_ = await connection.fetchval(
                "UPDATE delivery SET next_attempt_at = now() - interval '1 s' WHERE id = "
                "(SELECT id FROM delivery WHERE waiting ORDER BY id LIMIT 1) AND waiting RETURNING ordered_by"
            )
        if object_ is not None:
            self.outside.update((object_, sequence) for sequence in range(1, self.sequences[object_] + 1))
            async with pg.transaction(self.runtime.pool) as connection:
                await ordering.pass_bounds(connection, self.runtime.clock.now(), 500)

    async def lose_leases(self) -> None:
        """What is being sent is taken for lost and sent anew; those who send it do not know."""
        async with pg.transaction(self.runtime.pool) as connection:
            await queries.take_back_leases.run(connection, slot="notifier-0", leased_by="")

    async def look(self) -> None:
        """What must be so at any instant; and the dispatchers hear of backlogs, as the sweeper tells them."""
        async with self.runtime.pool.acquire() as connection:
            lines = await connection.fetch(
                "SELECT ordered_by, count(*) FILTER (WHERE NOT waiting) AS first FROM delivery"
                " WHERE ordered_by IS NOT NULL GROUP BY ordered_by"
            )
        assert {line["first"] for line in lines} <= {1}, lines
        assert self.overtaking == []
        for process in self.processes:
            process.dispatcher.note_backlog({row["id"] for row in await endpoints_of(self.runtime.pool)})


@pytest.fixture
async def processes(runtime: Runtime[Settings], process: Process) -> AsyncIterator[tuple[Process, Process]]:
    """Two that dispatch, for an endpoint that asks for order."""
    await execute(runtime.pool, "UPDATE endpoint SET ordering = 'object'")
    other = Process.make(runtime)
    async with dispatching(process), dispatching(other):
        yield process, other
    await other.sender.close()


@pytest.mark.parametrize("numbers", WALKS)
async def test_nothing_overtakes_and_nothing_is_left_behind(
    runtime: Runtime[Settings],
    processes: tuple[Process, Process],
    receiver: Receiver,
    seed: int,
    numbers: range,
    figures: Figures,
) -> None:
    done: Counter[str] = Counter()
    for number in numbers:
        done += await walk(runtime, processes, receiver, seed, number)
    figures(f"{len(numbers)} walks: {dict(done)}")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_fault_is_seen(
    runtime: Runtime[Settings],
    processes: tuple[Process, Process],
    receiver: Receiver,
    seed: int,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name, right, wrong = FAULTS[fault]
    text = getattr(queries, name).text
    assert right in text
    monkeypatch.setattr(f"services.notifier.store.queries.{name}.text", text.replace(right, wrong))

    async def walks() -> None:
        for number in range(FAULT_WALKS):
            await walk(runtime, processes, receiver, seed, number)

    with pytest.raises(AssertionError):
        await walks()


async def walk(
    runtime: Runtime[Settings], processes: tuple[Process, Process], receiver: Receiver, seed: int, number: int
) -> Counter[str]:
    """One walk to its end; how often which step was made."""
    objects = [f"pay_{number:08}{object_:08}" for object_ in range(6)]
    one = Walk(runtime, receiver, processes, random.Random(f"{seed} {number}"), objects)
    receiver.answer, receiver.received = one.answer, []
    steps = [one.arrive, one.reply, one.bring_back, one.retry, one.pass_a_bound, one.lose_leases]
    done: Counter[str] = Counter()
    try:
        for step in one.chance.choices(steps, weights=[6, 12, 4, 1, 1, 1], k=STEPS):
            await step()
            done[step.__name__] += 1
            await one.look()
        await end(one)
    finally:
        one.go_well()
    return done + Counter(sent=len(receiver.received))


async def end(one: Walk) -> None:
    """From here on all goes well, and no bound passes: everything ends, in order."""
    one.go_well()

    async def ended() -> bool:
        await one.look()
        return await carried_to_the_end(one.runtime, one.processes[0])

    await until(ended, "all end")
    for process in one.processes:
        await process.idle()
    assert await waits_for_nobody(one.runtime.pool) == []
    assert set(got(one.receiver)) == {
        (object_, sequence) for object_, count in one.sequences.items() for sequence in range(1, count + 1)
    }


async def endpoints_of(pool: Pool) -> list[Any]:
    async with pool.acquire() as connection:
        return await connection.fetch("SELECT id FROM endpoint")
