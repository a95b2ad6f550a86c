"""`python -m tests.load.sender`: CPU per attempt of the notifier's sender alone, and of aiohttp's client beside it.

Both send the same signed body to a receiver in another process over kept connections, in turns. Of each the best round
counts, since others' work on the machine only adds. Figures: docs/decisions/0014-webhooks-over-own-connections.md.
"""

import argparse
import asyncio
import multiprocessing
import socket
import time
from collections.abc import Awaitable, Callable
from typing import cast

import aiohttp
import uvloop

from chassis.cipher import Cipher
from chassis.clock import SystemClock
from services.notifier.addresses import AddressPolicy
from services.notifier.headers import attempt_headers
from services.notifier.sender import Sender
from services.notifier.signing import new_secret
from services.notifier.state import Endpoint, Job

CIPHER = Cipher("22" * 32)
BODY = b'{"id":"evt_0VxKb3RcW1uY7HdE","event":"payment.success","data":"' + b"x" * 800 + b'"}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Thu, 26 Nov 2026 02:44:05 GMT\r\nServer: nginx\r\n"
    b'Connection: keep-alive\r\nContent-Length: 15\r\n\r\n{"received": 1}'
)
AT_ONCE = 16


class Receiver(asyncio.Protocol):
    """Answers as soon as it has a whole request, and reads no more of it than it must."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = cast(asyncio.Transport, transport)
        self._taken = b""

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._taken += data
        while self._taken.endswith(BODY):
            self._taken = b""
            self._transport.write(ANSWER)


def receive(listening: socket.socket) -> None:
    """The receiver's process."""

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Receiver, sock=listening)
        await server.serve_forever()

    uvloop.run(serve())


async def best_of(rounds: int, count: int, attempts: dict[str, Callable[[], Awaitable[object]]]) -> dict[str, float]:
    """CPU per attempt in µs, by name."""

    async def several(attempt: Callable[[], Awaitable[object]]) -> None:
        for _ in range(count // AT_ONCE):
            await attempt()

    found: dict[str, list[float]] = {name: [] for name in attempts}
    for _ in range(rounds + 1):
        for name, attempt in attempts.items():
            began_s = time.process_time()
            await asyncio.gather(*(several(attempt) for _ in range(AT_ONCE)))
            found[name].append((time.process_time() - began_s) / count * 1e6)
    return {name: min(each[1:]) for name, each in found.items()}


async def measure(port: int, rounds: int, count: int) -> None:
    """Print what each costs."""
    policy = AddressPolicy(allow_private=True, blocked_ports=frozenset({5432}))
    url = f"http://127.0.0.1:{port}/webhook"
    sealed = CIPHER.encrypt(new_secret(), owner="m")
    job = Job("whd_1", 1, 1, "auto", Endpoint("we_1", "m", url, True, sealed), "evt_0VxKb3RcW1uY7HdE", BODY)
    clock = SystemClock()
    sender = Sender(CIPHER, clock, policy, timeout_s=10, response_max_bytes=16_384)
    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
    )

    async def by_sender() -> None:
        assert (await sender.send(job)).response_status == 200

    async def by_aiohttp() -> None:
        headers = attempt_headers(CIPHER, job, clock.now()).sent
        async with asyncio.timeout(10), session.post(url, data=BODY, headers=headers, allow_redirects=False) as answer:
            assert answer.status == 200
            await answer.content.read(16_384)

    async def signed() -> None:
        attempt_headers(CIPHER, job, clock.now())

    costs = await best_of(rounds, count, {"sender": by_sender, "aiohttp": by_aiohttp, "headers alone": signed})
    for name, cost_us in costs.items():
        print(f"{name:14} {cost_us:6.1f} µs CPU per attempt")
    print(f"aiohttp takes {costs['aiohttp'] / costs['sender']:.1f} times as much")
    await session.close()
    await sender.close()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--count", type=int, default=800, help="attempts of a round")
    arguments = parser.parse_args()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        other = multiprocessing.Process(target=receive, args=(listening,), daemon=True)
        other.start()
        uvloop.run(measure(listening.getsockname()[1], arguments.rounds, arguments.count))
        other.terminate()


if __name__ == "__main__":
    main()
