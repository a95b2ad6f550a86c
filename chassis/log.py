"""Structured logs: one wide line per unit of work, written in bounded batches off the hot path.

`emit` is for lines per request or message (lossy under pressure, counted); structlog is for everything else.
Card data and secrets have no field to be logged in: lines carry ids, counts, codes and times.
"""

import asyncio
import contextlib
import json
import logging
import sys
from collections import deque
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from chassis.progress import Progress

WIDE_LINES_MAX = 10_000
FLUSH_EVERY_S = 0.2


def configure(*, service: str, level: str, fmt: str) -> None:
    """Set structlog and the standard library's logging up; called once per process, first of all."""
    numeric = logging.getLevelName(level.upper())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if fmt == "console"
        else structlog.processors.JSONRenderer(serializer=lambda value, **_: _json(value))
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stdout, force=True
    )
    # aiokafka says ERROR for every reconnect while a broker is away; `/health` and our own lines tell that.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    # aiohttp shows a trace for every request that is not HTTP; what fails in a route is told by chassis.http.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    # asyncpg warns, with a trace, for every idle connection that it can't renew while Postgres is away.
    logging.getLogger("asyncpg.pool").setLevel(logging.CRITICAL)


class WideLog:
    """A bounded buffer of finished lines and the worker that writes them."""

    name = "wide-log"

    def __init__(self, service: str) -> None:
        self.progress = Progress()
        self._service = service
        self._lines: deque[dict[str, Any]] = deque()
        self._stopping = asyncio.Event()
        self.dropped = 0

    def emit(self, event: str, **fields: Any) -> None:
        """Queue one line; drops it (and counts) when WIDE_LINES_MAX are waiting."""
        if len(self._lines) >= WIDE_LINES_MAX:
            self.dropped += 1
            return
        self._lines.append({"event": event, "service": self._service, "at": datetime.now(UTC), **fields})

    async def run(self) -> None:
        """Write what has gathered every FLUSH_EVERY_S, until stopped."""
        while not self._stopping.is_set():
            self.progress.beat()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), FLUSH_EVERY_S)
            self._flush()
        self._flush()

    def stop(self) -> None:
        """Write the rest and end."""
        self._stopping.set()

    def _flush(self) -> None:
        if self._lines:
            lines, self._lines = self._lines, deque()
            sys.stdout.write("".join(_json(line) + "\n" for line in lines))
            sys.stdout.flush()


def _json(line: Any) -> str:
    """A line as JSON. What orjson refuses (lone surrogates, huge integers) must not end the process."""
    try:
        return orjson.dumps(line, default=str).decode()
    except TypeError:
        return json.dumps(line, default=str)
