"""/api/v1/events, and the same as a stream that goes on"""

import re
from typing import Final

import asyncpg
import orjson
from aiohttp import web

from chassis import sse
from chassis.errors import bad_request
from chassis.http import JSON_OPTIONS, Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from chassis.tail import Tail
from contracts import ids
from services.api import events
from services.api.auth import Authenticator
from services.api.orders import not_found
from services.api.routes.lists import id_in_path, list_answer
from services.api.schemas.events import POSITION_MAX, EventAnswer, EventsQuery, StreamQuery, types_named
from services.api.schemas.lists import ListAnswer
from services.api.views import event_view

POSITION: Final = re.compile(r"[0-9]{1,19}")


class EventRoutes:
    """List, read, follow."""

    def __init__(
        self, pool: Pool, tail: Tail, streams: sse.Streams, merchant: Authenticator, *, scan_max_rows: int
    ) -> None:
        self._pool = pool
        self._tail = tail
        self._streams = streams
        self._merchant = merchant
        self._scan_max_rows = scan_max_rows

    async def list(self, call: Call) -> Answer:
        """GET /events: newest first. An event is listed once it is published, a moment after what caused it."""
        query: EventsQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await events.list_events(
                connection, call.principal.merchant_id, query, scan_max_rows=self._scan_max_rows
            )
        return list_answer([event_view(row) for row in page.rows], page, query)

    async def get(self, call: Call) -> Answer:
        """GET /events/{id}: found once it is published."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await events.get_event(connection, call.principal.merchant_id, id_in_path(call, ids.EVENT, "Event"))
        if row is None:
            raise not_found("Event")
        return json_answer(200, event_view(row))

    async def stream(self, call: Call) -> web.StreamResponse:
        """GET /stream: Server-Sent Events. `id` is the event's position, `event` its type, `data` the event as the
        list shows it. It goes on after `Last-Event-ID`, else after `after`, else from now. It ends with the process
        and with the key's rights; a client that comes back with the last id misses nothing and sees nothing twice."""
        query: StreamQuery = call.query
        given = last_event_id(call.request.headers.get("Last-Event-ID"))
        head = await self._tail.head()
        after = next((position for position in (given, query.after) if position is not None), head)
        if after > head:
            raise bad_request("Nothing has this position yet: it is not one that this gateway gave", field="after")
        types = types_named(query.types)
        wanted = None if types is None else frozenset(types)
        merchant_id = call.principal.merchant_id
        with self._streams.place(merchant_id), self._tail.reader(merchant_id, after, wanted) as reader:
            return await self._streams.tell(call, reader, lambda: self._merchant.still_live(call.principal))


def last_event_id(header: str | None) -> int | None:
    """The position that a returning client names. Raises 400 for what none of ours can be."""
    if not header:
        return None
    if not POSITION.fullmatch(header) or int(header) > POSITION_MAX:
        raise bad_request("Last-Event-ID must be the id of an event of this stream", field="Last-Event-ID")
    return int(header)


def shown(row: asyncpg.Record) -> bytes:
    """An event of the log as the stream tells it."""
    return sse.frame(row["type"], orjson.dumps(event_view(row), option=JSON_OPTIONS), row["position"])


def event_routes(handlers: EventRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/events"
    reads = merchant.needs("events:read")
    return [
        Route("GET", base, handlers.list, "List events", reads, query=EventsQuery, answer=ListAnswer[EventAnswer]),
        Route("GET", f"{base}/{{id}}", handlers.get, "Get an event", reads, answer=EventAnswer),
        Route(
            "GET",
            "/api/v1/stream",
            handlers.stream,
            "Follow events as they happen",
            reads,
            query=StreamQuery,
            answer=EventAnswer,
            media=sse.MEDIA,
            errors=("RATE_LIMIT_ERROR", "OVERLOADED"),
        ),
    ]
