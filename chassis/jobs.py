"""A queue of jobs in Postgres, written in the transaction of what they are about; `chassis.due` works them off.

A job is an id, the id of the row it is about. Claiming leases it to a slot (SKIP LOCKED); a lease that runs out,
or whose slot starts anew, is due again: so a job may run twice, and what it does must be repeatable.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis import changes
from chassis.changes import Change
from chassis.clock import Clock
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool, columns
from chassis.sql import Queries

queries = Queries(Path(__file__).with_name("sql") / "jobs.sql")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of claimed jobs. `put_back` holds (id, when it is due again, or None to park it)."""

    completed: Sequence[str] = ()
    failed: Sequence[str] = ()
    put_back: Sequence[tuple[str, datetime | None]] = ()


@dataclass(frozen=True, slots=True)
class JobCounts:
    """`pending` waits (also parked), `processing` is leased; the others count from the beginning."""

    pending: int
    processing: int
    completed: int
    failed: int


def backoff(tries: int, *, first_s: float, max_s: float) -> timedelta:
    """How long to wait after the n-th try: doubles from `first_s` up to `max_s`."""
    return timedelta(seconds=min(max_s, first_s * 2 ** min(tries - 1, 30)))


class JobQueue:
    """The jobs of one service, as one process sees them. Without a slot id its leases can only run out."""

    def __init__(self, pool: Pool, clock: Clock, *, slot_id: str | None, lease_s: float) -> None:
        self._pool = pool
        self._clock = clock
        self._slot = slot_id or f"unnamed-{secrets.token_hex(8)}"
        self._total_slot = slot_id or "unnamed"
        self._lease = timedelta(seconds=lease_s)

    async def add(
        self, connection: Connection, jobs: Sequence[tuple[str, datetime]], *, leased: Sequence[str] = ()
    ) -> None:
        """New jobs, each with the instant it falls due; and those that this process leases from the start."""
        lease_until = self._clock.now() + self._lease
        rows: list[tuple[Any, ...]] = [(id_, due_at, None, 0) for id_, due_at in jobs]
        rows += [(id_, lease_until, self._slot, 1) for id_ in leased]
        ids, due_ats, leased_bys, tries = columns(rows, 4)
        await queries.add_jobs.run(connection, ids=ids, due_ats=due_ats, leased_bys=leased_bys, tries=tries)

    async def claim(self, connection: Connection, limit: int) -> dict[str, int]:
        """Lease what is due; each id with the number of tries, this one included."""
        now = self._clock.now()
        rows = await queries.claim_jobs.rows(
            connection, now=now, lease_until=now + self._lease, slot=self._slot, limit=limit
        )
        return {row["id"]: row["tries"] for row in rows}

    async def settle(self, connection: Connection, settlement: Settlement, *, also: Sequence[Change] = ()) -> None:
        """Write what became of jobs, in the transaction of their effects; with what else is `also` to be written."""
        everything = [*also]
        if settlement.put_back:
            arguments = [*columns(list(settlement.put_back), 2), self._slot]
            everything.append(Change(queries.put_back_jobs, arguments))
        if ended := [*settlement.completed, *settlement.failed]:
            # Counted as they are deleted: who comes late, after its lease ran out, counts nothing.
            gone = {row["id"] for row in await queries.delete_jobs.rows(connection, ids=ended)}
            failed = len(gone.intersection(settlement.failed))
            everything.append(Change(queries.count_ended_jobs, [self._total_slot, len(gone) - failed, failed]))
        await changes.write(connection, everything)

    async def hasten(self, connection: Connection, ids: Sequence[str]) -> None:
        """What these jobs waited for has come: they are due now. Who works on one of them at this moment began before
        that, and loses its lease: it can't put the job off again."""
        await queries.hasten_jobs.run(connection, ids=list(ids), now=self._clock.now())

    async def next_due(self) -> datetime | None:
        """When there is something to claim."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            due: datetime | None = await queries.next_due.value(connection)
            return due

    async def release(self) -> None:
        """Take back what this slot had leased before it was started anew."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            await queries.release_jobs.run(connection, slot=self._slot, now=self._clock.now())

    async def counts(self) -> JobCounts:
        """The queue in figures."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return JobCounts(**dict((await queries.count_jobs.rows(connection))[0]))
