"""Watches one child: tells when it is ready, and restarts a service that runs but no longer answers /live."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp

from deploy.embedded.child import Child
from deploy.embedded.config import LIVE_FAILURES
from deploy.embedded.ports import HOST

log = logging.getLogger("paygate.supervisor")

START_POLL_S: Final = 0.05
LIVE_POLL_S: Final = 2.0
HTTP_TIMEOUT_S: Final = 3.0
SILENT_START_S: Final = 60.0
"""A process that has not answered /live this long after its start is restarted."""

Probe = Callable[[], Awaitable[bool]]


async def http_ok(session: aiohttp.ClientSession, port: int, path: str) -> bool:
    """Whether a service answers 200."""
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
        async with session.get(f"http://{HOST}:{port}{path}") as answer:
            return answer.status == 200
    return False


class Watch:
    """`ready` says whether the process can serve; `on_ready` runs after each start, until it succeeds."""

    def __init__(
        self,
        child: Child,
        ready: Probe,
        live: Probe | None = None,
        on_ready: Probe | None = None,
        live_failures: int = LIVE_FAILURES,
    ) -> None:
        self.child = child
        self.ready = ready
        self._live = live
        self._on_ready = on_ready
        self._live_failures = live_failures
        self._was_ready = False

    async def run(self) -> None:
        """As long as the stack runs, whichever process the child has. Raises what keeps it from being ready the first
        time; later errors are logged, and it looks again, since nobody else would start the child anew."""
        while True:
            pid = self.child.pid
            if pid is None:
                await asyncio.sleep(START_POLL_S)
                continue
            try:
                await self._until_ready(pid)
                await self._while_live(pid)
            except Exception:
                if not self._was_ready:
                    raise
                log.exception("%s could not be looked at", self.child.spec.name)
                await asyncio.sleep(LIVE_POLL_S)

    async def _until_ready(self, pid: int) -> None:
        heard_s = time.monotonic()
        while self.child.pid == pid:
            if await self.ready() and (self._on_ready is None or await self._on_ready()):
                self.child.is_ready = self.child.pid == pid
                self._was_ready = True
                return
            if self._live is None or await self._live():
                heard_s = time.monotonic()
            if time.monotonic() - heard_s > SILENT_START_S:
                self._end("has not answered /live since its start")
                return
            await asyncio.sleep(START_POLL_S)

    async def _while_live(self, pid: int) -> None:
        failures = 0
        asked_s = time.monotonic()
        while self.child.pid == pid:
            await asyncio.sleep(START_POLL_S)
            if self._live is None or time.monotonic() - asked_s < LIVE_POLL_S:
                continue
            failures = 0 if await self._live() else failures + 1
            asked_s = time.monotonic()
            if failures >= self._live_failures:
                self._end(f"did not answer /live {failures} times")
                return

    def _end(self, why: str) -> None:
        log.warning("%s %s; killing it, so that it starts anew", self.child.spec.name, why)
        self.child.send(signal.SIGKILL)
