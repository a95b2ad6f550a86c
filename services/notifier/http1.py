"""HTTP/1.1 as a sender of webhooks needs it: one request out, one bounded answer in, on one connection.

The parser is llhttp's (httptools). What a receiver may send is bounded here in bytes; time is bounded by the caller.
"""

import asyncio
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

Phase = Literal["dns", "connect", "tls", "wait", "read"]

HEADERS_MAX_BYTES: Final = 32 * 1024
"""All that comes before the body, interim answers among it."""

HEADER_MAX_CHARS: Final = 1000
"""What is kept of one header, for the log."""

NAMES_MAX: Final = 512
"""Receivers use few names for their headers: this many are kept as text."""

INTERIM_MAX: Final = 8
"""Answers like `100 Continue` before the real one."""

FRAMING_FACTOR: Final = 8
"""A body may come in chunks so small that their sizes take more room than they do, but not more than this."""


class BrokenAnswer(Exception):
    """No whole answer came; the text says why. `unanswered`: not a byte of one."""

    def __init__(self, text: str, *, unanswered: bool = False) -> None:
        super().__init__(text)
        self.unanswered = unanswered


@dataclass(frozen=True, slots=True)
class Answer:
    """The final answer; its body as it came, or (`truncated`) as much of it as was asked for."""

    status: int
    headers: dict[str, str]
    body: bytes
    truncated: bool


class Phases:
    """How long each phase of an attempt took, in ms; one under way counts once it has ended."""

    __slots__ = ("_name", "_since_s", "ms")

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._name: Phase | None = None
        self._since_s = 0.0

    def enter(self, phase: Phase | None) -> None:
        """End the phase under way and begin another, if any."""
        now_s = time.perf_counter()
        if self._name is not None:
            taken_ms = (now_s - self._since_s) * 1000
            self.ms[self._name] = round(self.ms.get(self._name, 0.0) + taken_ms, 3)
        self._name = phase
        self._since_s = now_s


class Connection(asyncio.Protocol):
    """One connection, for one exchange at a time. `usable` until either side is done with it; `lost` is told when it
    is gone. The parser calls the `on_…` methods."""

    def __init__(self, lost: Callable[["Connection"], None]) -> None:
        self.usable = False
        self._lost = lost
        self._transport: asyncio.Transport
        self._parser = HttpResponseParser(self)
        # As lenient as other clients are with hand-written receivers; neither changes where an answer ends.
        self._parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True)
        self._waiter: asyncio.Future[Answer] | None = None
        self._phases = Phases()
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._body_max_bytes = 0
        self._received_bytes = 0
        self._header_bytes = 0
        self._interims = 0
        self._status = 0
        self._complete = False
        self._truncated = False

    async def exchange(self, request: bytes, body_max_bytes: int, phases: Phases) -> Answer:
        """Send a request, headers and body in one piece, and wait for its answer.

        Raises BrokenAnswer when none comes. Whoever stops waiting must abort the connection.
        """
        if not self.usable:
            raise BrokenAnswer("the connection was closed", unanswered=True)
        waiter: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiter = waiter
        self._phases = phases
        self._body_max_bytes = body_max_bytes
        self._received_bytes = self._header_bytes = self._interims = self._status = 0
        self._complete = self._truncated = False
        phases.enter("wait")
        self._transport.write(request)
        return await waiter

    def abort(self) -> None:
        """Close at once, whatever is still on its way."""
        self.usable = False
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
        self.usable = True

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        if self._waiter is None or self._waiter.done():
            self.abort()  # nobody asked
            return
        if self._received_bytes == 0:
            self._phases.enter("read")
        self._received_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self.usable = False
        except HttpParserError as error:
            # What follows a whole answer does not spoil it, but ends the connection.
            self.usable = False
            if not self._complete:
                self._fail(f"not an HTTP answer: {error.__context__ or error}")
                return
        if self._complete or self._truncated:
            self._finish()
        elif self._received_bytes > HEADERS_MAX_BYTES + (FRAMING_FACTOR * self._body_max_bytes if self._status else 0):
            self._fail("more headers or framing than an answer may have")

    def eof_received(self) -> None:
        """Called by the loop: the receiver has said everything."""
        self.usable = False
        if self._waiter is not None and not self._waiter.done():
            if self._ends_with_connection():
                self._finish()
            else:
                self._fail("closed in the middle of the answer" if self._received_bytes else "closed without an answer")

    def connection_lost(self, error: Exception | None) -> None:
        """Called by the loop."""
        self.usable = False
        if self._waiter is not None and not self._waiter.done():
            self._fail(str(error or "closed without an answer"))
        self._lost(self)

    def on_message_begin(self) -> None:
        """Called by the parser."""
        if self._complete:
            raise ValueError("more than one answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        if self._status:
            return  # a trailer
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > HEADERS_MAX_BYTES:
            raise ValueError(f"more than {HEADERS_MAX_BYTES} bytes of headers")
        key, text = _name(name), storable(value)
        if key in self._headers:
            text = f"{self._headers[key]}, {text}"[:HEADER_MAX_CHARS]
        self._headers[key] = text

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        status = self._parser.get_status_code()
        if status == 101 or not 100 <= status < 200:
            self._status = status
            return
        self._headers = {}
        self._interims += 1
        if self._interims > INTERIM_MAX:
            raise ValueError(f"more than {INTERIM_MAX} interim answers")

    def on_body(self, piece: bytes) -> None:
        """Called by the parser."""
        room = self._body_max_bytes - len(self._body)
        self._body += piece[:room]
        self._truncated = self._truncated or len(piece) > room

    def on_message_complete(self) -> None:
        """Called by the parser."""
        if self._status:
            self._complete = True
            self.usable = self.usable and self._parser.should_keep_alive()

    def _ends_with_connection(self) -> bool:
        """Whether the answer under way has no other end."""
        if not self._status:
            return False
        told = {name.lower(): value.lower() for name, value in self._headers.items()}
        coding = told.get("transfer-encoding")
        return "content-length" not in told if coding is None else not coding.endswith("chunked")

    def _finish(self) -> None:
        self._phases.enter(None)
        if self._waiter is not None:
            self._waiter.set_result(Answer(self._status, self._headers, bytes(self._body), self._truncated))
        # Nothing of it stays while the connection is idle.
        self._waiter, self._headers, self._body = None, {}, bytearray()
        # An answer that came before the whole request was sent leaves a rest of it that nobody waits for.
        if not self._complete or not self.usable or self._transport.get_write_buffer_size():
            self.abort()

    def _fail(self, reason: str) -> None:
        self._phases.enter(None)
        if self._waiter is not None:
            self._waiter.set_exception(BrokenAnswer(storable(reason.encode()), unanswered=not self._received_bytes))
        self.abort()


@functools.lru_cache(NAMES_MAX)
def _name(raw: bytes) -> str:
    return storable(raw)


def storable(raw: bytes) -> str:
    """A receiver may send any bytes: what is neither UTF-8 nor storable is replaced, what is too long cut."""
    return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")[:HEADER_MAX_CHARS]
