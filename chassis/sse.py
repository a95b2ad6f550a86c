"""The event log as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html), resumable.

`id:` is an event's position, so a client that comes back with `Last-Event-ID`, to whichever replica, goes on where it
was. A stream ends with the process, with its caller's rights, and with its caller's patience; the client comes back.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import web

from chassis.errors import ApiError, unavailable
from chassis.http import Call
from chassis.tail import Reader, Tail

log = structlog.get_logger()

MEDIA: Final = "text/event-stream"
HEADERS: Final = {
    "Content-Type": f"{MEDIA}; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}
RETRY_MS: Final = 1000
"""How long a client is asked to wait before it comes back."""

HEARTBEAT_S: Final = 15.0
CHECK_EVERY_S: Final = 1.0
READER_PATIENCE_S: Final = 30.0
"""How long a reader may take nothing before it is let go."""

ENDING_PATIENCE_S: Final = 0.5
"""The same, once the process is to end."""


def frame(position: int, type_: str, data: bytes) -> bytes:
    """One event; the data is JSON on one line."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (position, type_.encode(), data)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose events, after which position, of which types (None: of every type)."""

    tenant: str
    after: int
    types: Collection[str] | None


class Streams:
    """The open streams of one process. `tenant_max` and `all_max`: how many there may be."""

    def __init__(self, tail: Tail, *, tenant_max: int, all_max: int) -> None:
        self._tail = tail
        self._tenant_max = tenant_max
        self._all_max = all_max
        self._open: Counter[str] = Counter()
        self._writing: set[asyncio.Timeout] = set()

    def end(self) -> None:
        """The process is to end: every stream is closed, also one whose reader takes nothing."""
        self._tail.stop()
        for limit in self._writing:
            limit.reschedule(asyncio.get_running_loop().time() + ENDING_PATIENCE_S)

    async def tell(self, call: Call, asked: Asked, allowed: Callable[[], Awaitable[Any]]) -> web.StreamResponse:
        """Answer with events as they come, as long as `allowed` does not raise. Raises 429 or 503 for one too many."""
        with self._place(asked.tenant), self._tail.reader(asked.tenant, asked.after, asked.types) as reader:
            response = web.StreamResponse(headers={**HEADERS, **call.answer_headers, "Request-Id": call.request_id})
            response.force_close()
            await response.prepare(call.request)
            try:
                await self._tell(call.request, response, reader, allowed)
            except ApiError as refused:
                log.info("stream.refused", code=refused.code, request_id=call.request_id)
            except Exception as error:
                # The client went away, or takes nothing, or the database did: it comes back and goes on.
                log.info("stream.broken_off", error=repr(error), request_id=call.request_id)
                if call.request.transport is not None:
                    call.request.transport.abort()
            with contextlib.suppress(Exception):
                async with asyncio.timeout(ENDING_PATIENCE_S):
                    await response.write_eof()
            return response

    async def _tell(
        self, request: web.Request, response: web.StreamResponse, reader: Reader, allowed: Callable[[], Awaitable[Any]]
    ) -> None:
        clock = asyncio.get_running_loop().time
        # The position comes at once: who loses the connection before the first event goes on from here, too.
        await self._write(response, b"retry: %d\nid: %d\n\n" % (RETRY_MS, reader.position))
        said_s = checked_s = clock()
        while not self._tail.ended and not _is_gone(request):
            frames = await reader.next(CHECK_EVERY_S)
            if clock() - checked_s >= CHECK_EVERY_S:
                await allowed()
                checked_s = clock()
            if frames:
                await self._write(response, b"".join(frames))
            elif clock() - said_s >= HEARTBEAT_S:
                # With the position, which moves on although nothing that came was wanted.
                await self._write(response, b": heartbeat\nid: %d\n\n" % reader.position)
            else:
                continue
            said_s = clock()

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        async with asyncio.timeout(ENDING_PATIENCE_S if self._tail.ended else READER_PATIENCE_S) as limit:
            self._writing.add(limit)
            try:
                await response.write(data)
            finally:
                self._writing.discard(limit)

    @contextlib.contextmanager
    def _place(self, tenant: str) -> Iterator[None]:
        if self._open.total() >= self._all_max:
            raise unavailable("OVERLOADED", "Too many streams are open at this gateway; try again shortly")
        if self._open[tenant] >= self._tenant_max:
            description = f"Only {self._tenant_max} streams may be open at once: close one of them"
            raise ApiError(429, "RATE_LIMIT_ERROR", description, headers={"Retry-After": "1"})
        self._open[tenant] += 1
        try:
            yield
        finally:
            self._open[tenant] -= 1
            if not self._open[tenant]:
                del self._open[tenant]


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
