"""Waiting for what must happen: a test fails when it never does, and is not decided by how long it took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.1

Found = TypeVar("Found")


async def eventually(
    look: Callable[[], Awaitable[Found | None]],
    what: str,
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
) -> Found:
    """What `look` finds, once it finds something. Raises AssertionError, with `what`, when it never does."""
    began_s = time.monotonic()
    while True:
        found = await look()
        if found:
            return found
        waited_s = time.monotonic() - began_s
        assert waited_s < patience_s, f"waited {waited_s:.0f} s in vain: {what}"
        await asyncio.sleep(every_s)
