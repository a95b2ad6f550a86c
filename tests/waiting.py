"""Waiting for what must happen: a test fails when it never does, and is not decided by how long it took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.1
LOOK_MAX_S = 5.0
"""What one look counts for at most: a machine that stands still for minutes has not waited for minutes."""

Found = TypeVar("Found")


async def eventually(
    look: Callable[[], Awaitable[Found | None]],
    what: str,
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
) -> Found:
    """What `look` finds, once it finds something. Raises AssertionError, with `what`, when it never does."""
    waited_s = 0.0
    while True:
        began_s = time.monotonic()
        found = await look()
        if found:
            return found
        assert waited_s < patience_s, f"waited {waited_s:.0f} s in vain: {what}"
        await asyncio.sleep(every_s)
        waited_s += min(LOOK_MAX_S, time.monotonic() - began_s)
