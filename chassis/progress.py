"""Workers and their progress: what a service runs, and how it is seen that one hangs."""

import time
from typing import Protocol

STALL_LIMIT_S = 60.0
"""A worker whose loop has not turned for this long hangs: the process is to be started anew."""


class Progress:
    """When a worker's loop last turned."""

    __slots__ = ("_at_s",)

    def __init__(self) -> None:
        self._at_s = time.monotonic()

    def beat(self) -> None:
        """The loop turned."""
        self._at_s = time.monotonic()

    @property
    def stalled_s(self) -> float:
        """Time since the loop last turned, in s."""
        return time.monotonic() - self._at_s


class Worker(Protocol):
    """Something that runs until it is told to stop."""

    name: str
    progress: Progress

    async def run(self) -> None:
        """Work until stopped."""

    def stop(self) -> None:
        """Finish what is running and return from `run`."""
