"""What merchants asked and what came of it: remembered here, written a little later in the background.

Lossy on purpose: no request waits for its line, of a rush a part is logged and the rest counted, and a process that
dies forgets its last half second. Neither bodies nor queries are kept, and no number that could be a card's.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Literal

import asyncpg
import structlog

from chassis.clock import Clock
from chassis.http import Answered
from chassis.metrics import Metrics
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool, columns
from contracts import ids
from services.api.auth import Principal
from services.api.lists import id_floor
from services.api.schemas.requests import RequestsQuery
from services.api.store import queries

log = structlog.get_logger()

PATH_MAX_CHARS: Final = 300
USER_AGENT_MAX_CHARS: Final = 300
LIKE_A_CARD: Final = re.compile(r"\d(?:[ +-]?\d){11,}")
FIRST_ID: Final = f"{ids.REQUEST}_"
BEYOND_IDS: Final = f"{ids.REQUEST}`"
"""Sorts after every id of a request: the sign after the underscore."""

FORGET_ROWS: Final = 2000

Idempotency = Literal["first", "replayed"]


@dataclass(frozen=True, slots=True)
class Line:
    """One request; in the order of the columns."""

    id: str
    merchant_id: str
    method: str
    path: str
    route: str
    status: int
    error_code: str | None
    duration_ms: float
    request_id: str
    api_key: str | None
    user_email: str | None
    address: str
    user_agent: str
    idempotency: Idempotency | None
    at: datetime


COLUMNS: Final = tuple(field.name for field in fields(Line))
values_of = attrgetter(*COLUMNS)
"""Of a line, in the order of the columns."""


class RequestLog:
    """`note` an answer; a task writes what was noted in the last `every_s`, at most `batch_max`, and then ends until
    the next one."""

    def __init__(self, pool: Pool, clock: Clock, metrics: Metrics, *, every_s: float, batch_max: int) -> None:
        self._pool = pool
        self._clock = clock
        self._every_s = every_s
        self._batch_max = batch_max
        self._lines: list[Line] = []
        self._writing: asyncio.Task[None] | None = None
        self._dropped = metrics.counter("request_log_dropped", "Requests that were not logged")

    def note(self, answered: Answered) -> None:
        """This was answered now. Whose request it is must be known: the log is shown to merchants."""
        if not isinstance(answered.caller, Principal):
            return
        if len(self._lines) >= self._batch_max:
            self._dropped.add()
            return
        self._lines.append(line_of(answered, answered.caller, self._clock.now()))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_later(), name="request-log")

    async def _write_later(self) -> None:
        await asyncio.sleep(self._every_s)
        lines, self._lines = self._lines, []
        values = dict(
            zip(map(_plural, COLUMNS), columns([values_of(line) for line in lines], len(COLUMNS)), strict=True)
        )
        try:
            async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
                await queries.insert_requests.run(connection, **values)
        except Exception as error:
            self._dropped.add(len(lines))
            log.warning("request_log.lost", lines=len(lines), error=repr(error))


def line_of(answered: Answered, caller: Principal, at: datetime) -> Line:
    """What is kept of it."""
    request = answered.request
    idempotency: Idempotency | None = "replayed" if answered.replayed else None
    if idempotency is None and "Idempotency-Key" in request.headers:
        idempotency = "first"
    return Line(
        id=ids.new_id(ids.REQUEST),
        merchant_id=caller.merchant_id,
        method=request.method,
        path=_clean(LIKE_A_CARD.sub("…", request.path), PATH_MAX_CHARS),
        route=answered.route.path,
        status=answered.status,
        error_code=answered.code,
        duration_ms=round(answered.took_s * 1000, 2),
        request_id=answered.request_id,
        api_key=caller.key,
        user_email=None if caller.user is None else caller.user.email,
        address=(request.remote or "") if caller.user is None else caller.user.address,
        user_agent=_clean(LIKE_A_CARD.sub("…", request.headers.get("User-Agent", "")), USER_AGENT_MAX_CHARS),
        idempotency=idempotency,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class Requests:
    """A page of the log, newest first. `next_cursor`: there may be more, from this id on."""

    rows: list[asyncpg.Record]
    next_cursor: str | None


async def list_requests(
    connection: Connection, merchant_id: str, query: RequestsQuery, *, scan_max_rows: int
) -> Requests:
    """Looks through so many rows at most: a page of what is rare may be short, and go on."""
    low = FIRST_ID if query.created_from is None else id_floor(ids.REQUEST, query.created_from)
    high = BEYOND_IDS if query.created_to is None else id_floor(ids.REQUEST, query.created_to)
    reach = {"merchant_id": merchant_id, "low": low, "high": min(high, query.starting_after or BEYOND_IDS)}
    status_from, status_to = query.statuses
    rows = await queries.list_requests.rows(
        connection,
        **reach,
        window=scan_max_rows,
        limit=query.limit + 1,
        status_from=status_from,
        status_to=status_to,
        method=query.method,
        route=query.route,
        api_key=query.api_key,
        user_email=query.user,
        request_id=query.request_id,
        error_code=query.error_code,
        by_key=None if query.by is None else query.by == "key",
    )
    if len(rows) > query.limit:
        return Requests(rows[: query.limit], rows[query.limit - 1]["id"])
    return Requests(rows, await queries.edge_of_requests.value(connection, **reach, window=scan_max_rows))


def forget_requests(clock: Clock, days: int) -> Callable[[Connection], Any]:
    """What is older than so many days; a step of a sweep."""

    async def forget(connection: Connection) -> bool:
        before = ids.id_floor(ids.REQUEST, clock.now() - timedelta(days=days))
        return await queries.forget_requests.run(connection, before=before, limit=FORGET_ROWS) == FORGET_ROWS

    return forget


def _clean(text: str, most: int) -> str:
    """What Postgres can keep of it."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _plural(name: str) -> str:
    """As the query calls a column of these."""
    return {
        "status": "statuses",
        "address": "addresses",
        "idempotency": "idempotencies",
        "duration_ms": "durations_ms",
    }.get(name, f"{name}s")
