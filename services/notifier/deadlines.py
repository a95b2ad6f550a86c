"""One timer for the timeouts of all attempts. A timer each, as `asyncio.timeout` has, costs an eighth of an attempt.

All have the same time, so that who begins first is late first.
"""

import asyncio
from types import TracebackType


class Deadline:
    """`with deadline:` raises TimeoutError in a task that is still inside after `limit_s`; many tasks may be, each once.

    It covers everything that the task awaits there, as `asyncio.timeout` does.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._ends_s: dict[asyncio.Task[object], float] = {}
        self._late: set[asyncio.Task[object]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        self._ends_s[_this_task()] = end_s = loop.time() + self._limit_s
        if self._timer is None:
            self._timer = loop.call_at(end_s, self._ring)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        task = _this_task()
        self._ends_s.pop(task, None)
        if task in self._late:
            self._late.discard(task)
            if task.uncancel() == 0 and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._ends_s:
            task, end_s = next(iter(self._ends_s.items()))
            if end_s > loop.time():
                self._timer = loop.call_at(end_s, self._ring)
                return
            del self._ends_s[task]
            self._late.add(task)
            task.cancel()


def _this_task() -> "asyncio.Task[object]":
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("a deadline is for tasks")
    return task
