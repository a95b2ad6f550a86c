"""Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html): streams that answer for ever.

What is told comes from a source's readers. One whose frames are a history gives each a position, as its `id:`, so that
a client that comes back with `Last-Event-ID`, to whichever replica, goes on where it was; one whose frames are the
state of something needs none. A stream ends with the process, with its caller's rights, when it is old, and with its
caller's patience; the client comes back.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, Protocol

import structlog
from aiohttp import web

from chassis.errors import ApiError
from chassis.http import Call
from chassis.places import Places

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


def frame(type_: str, data: bytes, position: int | None = None) -> bytes:
    """One event; the data is JSON on one line."""
    return b"%sevent: %s\ndata: %s\n\n" % (_id(position), type_.encode(), data)


def _id(position: int | None) -> bytes:
    return b"" if position is None else b"id: %d\n" % position


class Source(Protocol):
    """What the readers of many streams share."""

    ended: bool

    def stop(self) -> None:
        """Let go of the readers."""


class Reader(Protocol):
    """What one stream tells."""

    @property
    def position(self) -> int | None:
        """How far it has come; None where there is nothing to come back to."""

    async def next(self, most_s: float) -> Sequence[bytes]:
        """Frames; nothing when there were none for that long. Raises what the database raises."""


class Streams:
    """The open streams of one process. `each_max`, `all_max`, `address_max`: see `chassis.places`; `age_max_s`: when
    one ends whoever reads it."""

    def __init__(
        self,
        source: Source,
        *,
        each_max: int,
        all_max: int,
        address_max: int | None = None,
        age_max_s: float | None = None,
    ) -> None:
        self._source = source
        self._places = Places("streams", each_max=each_max, all_max=all_max, address_max=address_max)
        self._age_max_s = age_max_s
        self._writing: set[asyncio.Timeout] = set()

    def end(self) -> None:
        """The process is to end: every stream is closed, also one whose reader takes nothing."""
        self._source.stop()
        for limit in self._writing:
            limit.reschedule(asyncio.get_running_loop().time() + ENDING_PATIENCE_S)

    def place(self, of: str, address: str = "") -> AbstractContextManager[None]:
        """Room for one stream more of this tenant or object, from that address. Raises 429 or 503 for one too many."""
        return self._places.place(of, address)

    async def tell(
        self, call: Call, reader: Reader, allowed: Callable[[], Awaitable[Any]] | None = None
    ) -> web.StreamResponse:
        """Answer with what the reader reads as it comes, as long as `allowed` does not raise; in a `place`."""
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
        self,
        request: web.Request,
        response: web.StreamResponse,
        reader: Reader,
        allowed: Callable[[], Awaitable[Any]] | None,
    ) -> None:
        clock = asyncio.get_running_loop().time
        # The position comes at once: who loses the connection before the first event goes on from here, too.
        await self._write(response, b"retry: %d\n%s\n" % (RETRY_MS, _id(reader.position)))
        began_s = said_s = checked_s = clock()
        while not self._source.ended and not _is_gone(request):
            if self._age_max_s is not None and clock() - began_s >= self._age_max_s:
                return
            frames = await reader.next(CHECK_EVERY_S)
            if allowed is not None and clock() - checked_s >= CHECK_EVERY_S:
                await allowed()
                checked_s = clock()
            if frames:
                await self._write(response, b"".join(frames))
            elif clock() - said_s >= HEARTBEAT_S:
                # With the position, which moves on although nothing that came was wanted.
                await self._write(response, b": heartbeat\n%s\n" % _id(reader.position))
            else:
                continue
            said_s = clock()

    async def _write(self, response: web.StreamResponse, data: bytes) -> None:
        async with asyncio.timeout(ENDING_PATIENCE_S if self._source.ended else READER_PATIENCE_S) as limit:
            self._writing.add(limit)
            try:
                await response.write(data)
            finally:
                self._writing.discard(limit)


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
