"""Receivers that do what HTTP servers don't, on real sockets; a sender and its jobs; either event loop."""

import asyncio
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from chassis.cipher import Cipher
from chassis.clock import SystemClock
from services.notifier.addresses import AddressPolicy
from services.notifier.sender import Sender
from services.notifier.signing import new_secret
from services.notifier.state import Endpoint, Exchange, Job

Run = Callable[[Coroutine[Any, Any, Any]], Any]
CIPHER = Cipher("22" * 32)
SEALED = CIPHER.encrypt(new_secret(), owner="m")
BODY = b'{"id":"evt_1"}'
TIMEOUT_S = 0.6
"""For who never answers."""

PATIENCE_S = 30.0
"""For who answers at once: on a busy machine that may take a while."""

TRIES = 10
READ_MAX_BYTES = 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def job(url: str, number: int = 1) -> Job:
    return Job("whd_1", 1, number, "auto", Endpoint("we_1", "m", url, True, SEALED), "evt_1", BODY)


def sender(**options: Any) -> Sender:
    policy = AddressPolicy(allow_private=True, blocked_ports=frozenset())
    options = {"timeout_s": PATIENCE_S, "response_max_bytes": READ_MAX_BYTES, **options}
    return Sender(CIPHER, SystemClock(), policy, **options)


async def timed_out(made: Sender, url: str, phase: str) -> Exchange:
    """An attempt whose time ran out in this phase. A machine that stands still may use it up before: then another."""
    for _ in range(TRIES):
        exchange = await made.send(job(url))
        assert exchange.error_class == "timeout"
        if list(exchange.phases)[-1] == phase:
            return exchange
    raise AssertionError(f"{TRIES} attempts ran out of time before they came to {phase}")


class Server:
    """A TCP server that does what it is told, and counts who comes."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._readers: set[asyncio.StreamReader] = set()
        self.connections = 0
        self.port = 0

    async def __aenter__(self) -> "Server":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/webhook"

    @property
    def open(self) -> int:
        """Connections that the other side has not closed."""
        return sum(not reader.at_eof() and reader.exception() is None for reader in self._readers)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._readers.add(reader)
        try:
            await self._serve(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._readers.discard(reader)
            writer.close()


async def request_read(reader: asyncio.StreamReader) -> bytes:
    """One whole request; nothing once the sender is gone."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        return head + await reader.readexactly(len(BODY))
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def says(*answers: bytes, then_waits: bool = False) -> Serve:
    """To each request its answer; then it closes, or says no more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if not await request_read(reader):
                return
            writer.write(answer)
        await writer.drain()
        if then_waits:
            await asyncio.sleep(60)

    return serve


def repeats(piece: bytes, first: bytes = b"", every_s: float = 0.0) -> Serve:
    """Says something, and then the same for ever."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_read(reader)
        writer.write(first)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every_s)

    return serve


async def resets_in_the_middle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await request_read(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    reset(writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a RST instead of a FIN."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", "")).encode() + body
