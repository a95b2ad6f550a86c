"""Ordered delivery: what an endpoint gets about one object, it gets one after another.

The unfinished deliveries of an object to an endpoint that asks for order stand in a line. One of them, the first, is on
its way (sent, queued or scheduled); the others wait in Postgres, with nothing in Kafka. The transaction that ends the
first releases the next; so does the sweeper, for which nobody waits beyond a bound. Why none is forgotten:

* who joins a line holds the locks of all who stand in it, so the end of the first comes before (the line is empty, or
  has a new first) or after (it sees who joined);
* two never join one line at the same time: an object's events come in one partition of Kafka, whose fence is the first
  statement of the transaction that takes them;
* locks are taken in id order, and those who wait are locked only by who holds their first, or waits for nothing else.

Manual retries are outside of the order, but for the first of a line: it keeps its place.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from chassis.pg import Connection, columns
from services.notifier.state import Endpoint
from services.notifier.store import Message, queries


class Line(NamedTuple):
    """Where the deliveries of one object to one endpoint stand."""

    endpoint_id: str
    object: str


RELEASED_MAX: Final = 10_000
"""Most deliveries that are released at once when an endpoint wants no order any more; the others go by their line."""


def line_of(endpoint: Endpoint, message: Message) -> Line | None:
    """Where a message's delivery stands; None for an endpoint that asks for no order."""
    return Line(endpoint.id, message.subject) if endpoint.ordering == "object" else None


class Lines:
    """The lines that a batch of new deliveries joins, held until its commit."""

    def __init__(self, taken: set[Line], queueing: set[str]) -> None:
        self._taken = taken
        self.queueing = queueing
        """Endpoints whose queued deliveries are locked, and so passed over by whoever claims right now."""

    @classmethod
    async def hold(cls, connection: Connection, lines: Collection[Line]) -> "Lines":
        """Lock who stands in them; no statement when there are none."""
        if not lines:
            return cls(set(), set())
        endpoint_ids, objects = columns(sorted(lines), 2)
        rows = await queries.lock_lines.rows(connection, endpoint_ids=endpoint_ids, objects=objects)
        return cls(
            {_line(row) for row in rows},
            {row["endpoint_id"] for row in rows if row["queued"]},
        )

    def join(self, line: Line) -> bool:
        """Stand in line; whether there is somebody to wait for."""
        waits = line in self._taken
        self._taken.add(line)
        return waits


async def release_next(connection: Connection, lines: Iterable[Line], now: datetime) -> set[str]:
    """The first of these lines have ended: the next ones are due and queued. The endpoints that these go to."""
    endpoint_ids, objects = columns(sorted(lines), 2)
    if not endpoint_ids:
        return set()
    rows = await queries.release_next.rows(connection, endpoint_ids=endpoint_ids, objects=objects, now=now)
    return {row["endpoint_id"] for row in rows}


async def pass_bounds(connection: Connection, now: datetime, limit: int) -> bool:
    """In lines where somebody has waited long enough, the next one goes and the first is waited for no more. Whether
    there may be more.

    One of a line at a time: an endpoint that works again gets even these in their order, as long as it is quick.
    """
    found = await queries.lines_past_bound.rows(connection, now=now, limit=limit)
    if not found:
        return False
    endpoint_ids, objects = columns([_line(row) for row in found], 2)
    locked = await queries.lock_lines.rows(connection, endpoint_ids=endpoint_ids, objects=objects)
    # Looked at once more: the first may have ended while we waited for its lock, and the next one have left.
    overdue = {_line(row) for row in locked if row["waiting"] and row["next_attempt_at"] < now}
    firsts = [row["id"] for row in locked if not row["waiting"] and _line(row) in overdue]
    await queries.leave_lines.run(connection, ids=firsts)
    await release_next(connection, overdue, now)
    return len(found) == limit


async def release_waiting(connection: Connection, endpoint_id: str, now: datetime) -> None:
    """An endpoint wants no order any more: what waits there is due and queued. The caller holds the endpoint's lock."""
    await queries.release_waiting.run(connection, endpoint_id=endpoint_id, now=now, limit=RELEASED_MAX)


def _line(row: asyncpg.Record) -> Line:
    return Line(row["endpoint_id"], row["ordered_by"])
