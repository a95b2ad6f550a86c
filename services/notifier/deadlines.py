"""One timer for the timeouts of all attempts. A timer each, as `asyncio.timeout` has, costs an eighth of an attempt.

All have the same time, so that who begins first is late first.
"""

import asyncio
import time
from types import TracebackType
from typing import Final

TICK_S: Final = 0.001
"""A loop's timers are no finer than this, and may ring early by as much."""


class Deadline:
    """`with deadline:` raises TimeoutError in a task still inside after `limit_s`. Many tasks may be, each once.

    It covers everything that the task awaits there, as `asyncio.timeout` does.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._ends_s: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        self._ends_s[_this_task()] = time.monotonic() + self._limit_s
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._limit_s, self._ring)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        task = _this_task()
        self._ends_s.pop(task, None)
        if task in self._late:
            self._late.discard(task)
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _ring(self) -> None:
        self._timer = None
        while self._ends_s:
            task, end_s = next(iter(self._ends_s.items()))
            left_s = end_s - time.monotonic()
            if left_s > 0:
                self._timer = asyncio.get_running_loop().call_later(max(left_s, TICK_S), self._ring)
                return
            del self._ends_s[task]
            self._late.add(task)
            task.cancel()


def _this_task() -> "asyncio.Task[object]":
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a deadline is for tasks")
    return task
