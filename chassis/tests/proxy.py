"""A TCP proxy in front of Postgres that loses the answer to a COMMIT, or the COMMIT itself, or the whole server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"COMMIT;"
COMMITTED = b"COMMIT\x00"
CHUNK_BYTES = 65_536
Cut = Literal["before", "after"]


class PostgresProxy:
    """`cut` says what happens to the next COMMIT: its connection ends `before` it is passed on, or `after` the server
    has answered it, so that it has certainly happened. While `away` is true nobody gets through."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        self.cut: Cut | None = None
        self.away = False
        self.refused = 0
        self.dsn = ""
        self._open: set[asyncio.StreamWriter] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["PostgresProxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        login = self._parts.netloc.rpartition("@")[0]
        self.dsn = urlunsplit(self._parts._replace(netloc=f"{login}@127.0.0.1:{port}"))
        try:
            yield self
        finally:
            server.close()
            self.drop()

    def drop(self) -> None:
        """End every connection there is."""
        for writer in self._open:
            writer.transport.abort()

    async def _serve(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        if self.away:
            self.refused += 1
            client.transport.abort()
            return
        server_reader, server = await asyncio.open_connection(self._parts.hostname, self._parts.port)
        self._open |= {client, server}
        muted = asyncio.Event()
        try:
            await asyncio.wait(
                [
                    asyncio.create_task(self._requests(client_reader, server, muted)),
                    asyncio.create_task(self._answers(server_reader, client, muted)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            for end in (client, server):
                end.transport.abort()
                self._open.discard(end)

    async def _requests(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, muted: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await client.read(CHUNK_BYTES):
                if COMMIT in data and self.cut is not None:
                    cut, self.cut = self.cut, None
                    if cut == "before":
                        return
                    muted.set()
                server.write(data)
                await server.drain()

    async def _answers(self, server: asyncio.StreamReader, client: asyncio.StreamWriter, muted: asyncio.Event) -> None:
        with contextlib.suppress(OSError):
            while data := await server.read(CHUNK_BYTES):
                if not muted.is_set():
                    client.write(data)
                    await client.drain()
                elif COMMITTED in data:
                    return
