"""A receiver of webhooks that costs next to nothing, as a process of its own: `python -m tests.load.receiver`.

The first part of the path says how it behaves: /ok answers 200, /fail answers 500, /hang takes the request and never
answers. It keeps when each `webhook-id` came first and how many came in all; of /paid, which answers as /ok does, it
keeps when it first heard that each payment had ended (`payment.success`, `payment.failed`), by the payment's id. GET
/arrivals tells, POST /forget begins anew. It listens on every address of the loopback network, so that each endpoint
may have a host of its own.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast

import aiohttp
import uvloop

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
FAIL: Final = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
CALL_TIMEOUT_S: Final = 60
SUCCESS: Final = b'"event":"payment.success"'
FAILURE: Final = b'"event":"payment.failed"'
USUAL_LENGTH: Final = b"\r\nContent-Length: "
TYPE_WITHIN: Final = 100
"""Bytes from a body's beginning."""

PAYMENT_ID: Final = b'"pay_'
ID_CHARS: Final = 20


@dataclass(slots=True)
class Arrivals:
    """Of /ok and /paid: when each id came first, in s of the machine's monotonic clock. `requests`: of every path."""

    first_s: dict[bytes, float] = field(default_factory=dict)
    requests: int = 0


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, as far as a client that behaves needs it."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._rest = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it to answer."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's says it is none

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        data = self._rest + data
        while (end := data.find(b"\r\n\r\n")) >= 0:
            head = data[:end]
            length = _length(head)
            if len(data) < end + 4 + length:
                break
            self._answer(head, data[end + 4 : end + 4 + length])
            data = data[end + 4 + length :]
        self._rest = data

    def _answer(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1]
        if path.startswith(b"/ok"):
            self._arrivals.requests += 1
            self._arrivals.first_s.setdefault(_header(head, b"webhook-id"), time.monotonic())
            self._transport.write(OK)
        elif path.startswith(b"/paid"):
            self._arrivals.requests += 1
            if body.find(SUCCESS, 0, TYPE_WITHIN) >= 0 or body.find(FAILURE, 0, TYPE_WITHIN) >= 0:
                start = body.find(PAYMENT_ID) + 1
                self._arrivals.first_s.setdefault(body[start : start + ID_CHARS], time.monotonic())
            self._transport.write(OK)
        elif path.startswith(b"/fail"):
            self._arrivals.requests += 1
            self._transport.write(FAIL)
        elif path.startswith(b"/hang"):
            self._arrivals.requests += 1
        else:
            self._tell(path)

    def _tell(self, path: bytes) -> None:
        arrivals = self._arrivals
        if path == b"/forget":
            arrivals.first_s.clear()
            arrivals.requests = 0
        told: dict[str, Any] = {"distinct": len(arrivals.first_s), "requests": arrivals.requests}
        if path == b"/arrivals":
            told["first_s"] = {id_.decode(): at_s for id_, at_s in arrivals.first_s.items()}
        body = json.dumps(told).encode()
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )


def _length(head: bytes) -> int:
    """Of the body. The usual spelling is looked for first: this takes from the cores that are measured."""
    start = head.find(USUAL_LENGTH)
    if start < 0:
        return int(_header(head, b"content-length") or 0)
    end = head.find(b"\r\n", start + len(USUAL_LENGTH))
    return int(head[start + len(USUAL_LENGTH) : end if end >= 0 else len(head)])


def _header(head: bytes, name: bytes) -> bytes:
    start = head.lower().find(b"\r\n" + name + b":")
    if start < 0:
        return b""
    start += len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


@dataclass(frozen=True, slots=True)
class Receiver:
    """The other process, from here."""

    port: int
    pid: int
    session: aiohttp.ClientSession

    def url(self, behaviour: str, number: int) -> str:
        """The endpoint of this number: on a host of its own."""
        return f"http://127.1.{number // 250}.{number % 250 + 1}:{self.port}/{behaviour}/{number}"

    async def forget(self) -> None:
        """Begin anew."""
        await self._ask("POST", "/forget")

    async def counts(self) -> tuple[int, int]:
        """How many distinct ids /ok and /paid have taken, and how many requests came to every path."""
        told = await self._ask("GET", "/counts")
        return told["distinct"], told["requests"]

    async def first_s(self) -> dict[str, float]:
        """When each webhook came to /ok, and each payment's end to /paid."""
        found: dict[str, float] = (await self._ask("GET", "/arrivals"))["first_s"]
        return found

    async def _ask(self, method: str, path: str) -> dict[str, Any]:
        async with self.session.request(method, f"http://127.0.0.1:{self.port}{path}") as response:
            told: dict[str, Any] = await response.json()
            return told


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.load.receiver", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        timeout = aiohttp.ClientTimeout(total=CALL_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Receiver(port, process.pid, session)
    finally:
        process.kill()
        await process.wait()


async def serve() -> None:
    """Until whoever started this is gone."""
    loop = asyncio.get_running_loop()
    arrivals = Arrivals()
    server = await loop.create_server(lambda: Connection(arrivals), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    uvloop.run(serve())
