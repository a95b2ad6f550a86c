"""Taking a safeguard out of `begin_writes`, to show the race that it closes."""

import contextlib
import re
from collections.abc import AsyncIterator

import asyncpg

DEFINITION = "SELECT pg_get_functiondef('begin_writes'::regproc)"


@contextlib.asynccontextmanager
async def begin_writes_with(owner_dsn: str, pattern: str, instead: str) -> AsyncIterator[None]:
    """The function with what matches (once) replaced, and as it was afterwards."""
    owner = await asyncpg.connect(owner_dsn)
    whole: str = await owner.fetchval(DEFINITION)
    broken, count = re.subn(pattern, instead, whole, flags=re.DOTALL)
    assert count == 1, f"{pattern} is there {count} times"
    await owner.execute(broken)
    try:
        yield
    finally:
        await owner.execute(whole)
        await owner.close()
