"""A merchant's server for the tests: takes webhooks and answers as it is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Received:
    """One webhook as it came."""

    headers: dict[str, str]
    body: bytes
    at_s: float


class Receiver:
    """`answer` may be replaced at any time."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.running = 0
        self.running_most = 0
        self.answer: Answer = status(200)
        self._arrived = asyncio.Event()
        app = web.Application()
        app.router.add_post("/webhook", self._take)
        app.router.add_get("/elsewhere", self._take)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        """Where to send to."""
        return str(self.server.make_url("/webhook"))

    async def until(self, count: int, timeout_s: float = 10.0) -> list[Received]:
        """Wait for so many webhooks."""
        async with asyncio.timeout(timeout_s):
            while len(self.received) < count:
                self._arrived.clear()
                await self._arrived.wait()
        return self.received

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.received.append(Received(dict(request.headers), body, asyncio.get_running_loop().time()))
        self._arrived.set()
        self.running += 1
        self.running_most = max(self.running_most, self.running)
        try:
            return await self.answer(request)
        finally:
            self.running -= 1


def status(code: int, headers: dict[str, str] | None = None, text: str = "") -> Answer:
    """Answers at once."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, headers=headers, text=text)

    return answer


def after(delay_s: float, code: int = 200) -> Answer:
    """Answers late."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(delay_s)
        return web.Response(status=code)

    return answer


def when(told: asyncio.Event, code: int = 200) -> Answer:
    """Answers once it is told to: for what must come before or after the answer, however slow the machine is."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await told.wait()
        return web.Response(status=code)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Each once, the last one for ever."""
    left = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def endless(piece: bytes, every_s: float) -> Answer:
    """200, then a body that does not end."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(piece)
            await asyncio.sleep(every_s)

    return answer
