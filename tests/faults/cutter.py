"""A TCP proxy between a service and Postgres that loses COMMITs: their answer, or the COMMIT itself. It can also hold
everything back for a while."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from deploy.embedded.ports import HOST

COMMIT: Final = b"COMMIT;\x00"
"""The end of asyncpg's query."""

COMMITTED: Final = b"COMMIT\x00"
"""The tag of Postgres' answer: it has happened."""

CHUNK_BYTES: Final = 65_536
MARK_MAX_BYTES: Final = 64

When = Literal["before", "after"]


@dataclass(slots=True)
class _Link:
    """One connection. `cut` says what is to happen at its next COMMIT."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    tail: bytes = b""
    cut: When | None = None
    is_muted: bool = False
    """A COMMIT is under way whose answer nobody shall hear."""


@dataclass(slots=True)
class Cutter:
    """Serves `url`. A mark is a text such as an idempotency key: the transaction that sends it loses its COMMIT."""

    target: str
    url: str = ""
    cuts: int = 0
    _marks: dict[bytes, When] = field(default_factory=dict)
    _next: deque[When] = field(default_factory=deque)
    _is_open: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """Open from the start."""
        self._is_open.set()

    def cut_marked(self, mark: str, when: When) -> None:
        """The COMMIT of the transaction that mentions this text."""
        assert len(mark) <= MARK_MAX_BYTES
        self._marks[mark.encode()] = when

    def cut_next(self, when: When) -> None:
        """The next COMMIT, whosever it is."""
        self._next.append(when)

    def hold(self) -> None:
        """Keep everything that is sent to Postgres back, until `release`."""
        self._is_open.clear()

    def release(self) -> None:
        """Pass on what was held back, and everything after it."""
        self._is_open.set()

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["Cutter"]:
        """Until the end of the block."""
        server = await asyncio.start_server(self._serve, HOST, 0)
        parts = urlsplit(self.target)
        login = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(parts._replace(netloc=f"{login}@{HOST}:{server.sockets[0].getsockname()[1]}"))
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.target)
        try:
            from_server, server = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            client.transport.abort()
            return
        link = _Link(client, server)
        both = (self._requests(link, from_client), _answers(link, from_server))
        ways = [asyncio.ensure_future(way) for way in both]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            client.transport.abort()
            server.transport.abort()

    async def _requests(self, link: _Link, from_client: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError):
            while data := await from_client.read(CHUNK_BYTES):
                self._look_for_marks(link, data)
                if COMMIT in data:
                    cut, link.cut = link.cut or (self._next.popleft() if self._next else None), None
                    if cut is not None:
                        self.cuts += 1
                    if cut == "before":
                        return
                    link.is_muted = cut == "after"
                await self._is_open.wait()
                link.server.write(data)
                await link.server.drain()

    def _look_for_marks(self, link: _Link, data: bytes) -> None:
        seen = link.tail + data
        for mark in [mark for mark in self._marks if mark in seen]:
            link.cut = self._marks.pop(mark)
        link.tail = seen[-MARK_MAX_BYTES:]


async def _answers(link: _Link, from_server: asyncio.StreamReader) -> None:
    with contextlib.suppress(OSError):
        while data := await from_server.read(CHUNK_BYTES):
            if not link.is_muted:
                link.client.write(data)
                await link.client.drain()
            elif COMMITTED in data:
                return
