"""Other people's simulated gateways, where they are installed: `localstripe` (PyPI) and `stripe-mock` (Go) on the PATH.

Neither keeps what it is told safe: localstripe holds it in memory, stripe-mock forgets it at once.
"""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp

from tests.load.calls import Call

START_TIMEOUT_S: Final = 30.0
LOOK_EVERY_S: Final = 0.1
INTENTS: Final = "/v1/payment_intents"
HEADERS: Final = {"Authorization": "Bearer sk_test_12345"}
FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Peer:
    """A program and how it is started on a port."""

    name: str
    arguments: tuple[str, ...]

    @property
    def program(self) -> str | None:
        """Where it is, if it is."""
        return shutil.which(self.name)


PEERS: Final = (
    Peer("localstripe", ("--from-scratch", "--port")),
    Peer("stripe-mock", ("-http-port",)),
)


@dataclass(frozen=True, slots=True)
class Running:
    """One that listens, and an object that was made there to be asked for."""

    port: int
    pid: int
    intent: str

    @property
    def create(self) -> Call:
        """What comes nearest to a payment."""
        return Call("create", "POST", INTENTS, "amount=5000&currency=inr", content_type=FORM)

    @property
    def get(self) -> Call:
        """One payment intent."""
        return Call("get", "GET", f"{INTENTS}/{self.intent}")


@asynccontextmanager
async def running(peer: Peer) -> AsyncIterator[Running]:
    """Started, and ended whatever happens."""
    assert peer.program is not None
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        peer.program, *peer.arguments, str(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Running(port, process.pid, await _first_intent(port))
    finally:
        process.terminate()
        await process.wait()


async def _first_intent(port: int) -> str:
    timeout = aiohttp.ClientTimeout(total=START_TIMEOUT_S)
    async with asyncio.timeout(START_TIMEOUT_S), aiohttp.ClientSession(headers=HEADERS, timeout=timeout) as session:
        while True:
            try:
                form = {"amount": "5000", "currency": "inr"}
                async with session.post(f"http://127.0.0.1:{port}{INTENTS}", data=form) as response:
                    response.raise_for_status()
                    return str((await response.json())["id"])
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(LOOK_EVERY_S)
