"""A receiver of webhooks inside a test: keeps what comes, and answers what it is told to."""

import contextlib
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web


@dataclass(frozen=True, slots=True)
class Hook:
    """One request that came; `at_s` by a clock that never goes back."""

    headers: Mapping[str, str]
    body: bytes
    at_s: float

    @property
    def event(self) -> str:
        """The type in the payload."""
        event: str = self.json()["event"]
        return event

    def json(self) -> Any:
        """The payload."""
        return orjson.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether `X-Webhook-Signature` is the HMAC of exactly these bytes."""
        expected = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers["X-Webhook-Signature"] == expected


@dataclass(slots=True)
class Listener:
    """`status` is what the next requests are answered with."""

    url: str = ""
    status: int = 200
    hooks: list[Hook] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """POST of a webhook."""
        at_s = time.monotonic()
        self.hooks.append(Hook(request.headers, await request.read(), at_s))
        return web.Response(status=self.status)


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A listener on a free port."""
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield listener
    finally:
        await runner.cleanup()
