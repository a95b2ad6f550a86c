"""Group commit: what arrives while a commit is under way is written together by the next one. No timer.

A batcher may have several lanes: when enough wait behind a commit, a second transaction begins beside it, and one waits
for the disk while the other one is decided. They are to each other what two processes are.

A service hands over `execute`, which writes many items in ONE transaction and answers each. The batcher
decides what a failure means: it isolates a bad row, repeats a deadlock once, and never repeats a COMMIT
whose answer was lost.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

import structlog

from chassis.errors import unavailable
from chassis.metrics import Metrics
from chassis.pg import Fate, fate_of

log = structlog.get_logger()

LANE_OPENS_AT = 8
"""So many must wait behind a commit for another lane to open: each transaction costs as much as some requests."""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Group commits in `lanes_max` lanes. `execute` must be all or nothing: when it raises, nothing was written
    (or, for CommitOutcomeUnknown, nobody knows)."""

    def __init__(
        self,
        execute: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        name: str,
        metrics: Metrics,
        batch_max: int = 128,
        queue_max: int = 2000,
        lanes_max: int = 1,
    ) -> None:
        self._execute = execute
        self._name = name
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._lanes_max = lanes_max
        self._queue: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._lanes: set[asyncio.Task[None]] = set()
        self._unanswered = 0
        self._changed_s = self._told_s = monotonic()
        self._waited_s = 0.0
        self._sizes = metrics.sizes("batch_size", "Items written by one group commit", batcher=name)

    @property
    def unanswered(self) -> int:
        """How many wait for their commit, or for its end."""
        return self._unanswered

    def mean_unanswered(self) -> float:
        """How many did so on average, since this was asked before; at an instant there may be none in a rush."""
        self._change(0)
        passed_s, waited_s = self._changed_s - self._told_s, self._waited_s
        self._told_s, self._waited_s = self._changed_s, 0.0
        return waited_s / passed_s if passed_s else float(self._unanswered)

    async def submit(self, item: Item) -> Answer:
        """The answer to one item, once its transaction has committed. Raises what its batch raised, or 503 when full.

        Cancelling the wait does not take the item back: it may be part of a running transaction.
        """
        if len(self._queue) >= self._queue_max:
            raise unavailable("OVERLOADED", "The gateway is handling too many requests; try again shortly")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        if not self._lanes or (len(self._queue) >= LANE_OPENS_AT and len(self._lanes) < self._lanes_max):
            self._lanes.add(asyncio.create_task(self._drain(), name=f"batcher-{self._name}"))
        self._change(1)
        future.add_done_callback(lambda _: self._change(-1))
        return await future

    async def idle(self) -> None:
        """Return once everything submitted so far is answered; for a graceful stop."""
        while self._lanes:
            await asyncio.wait(set(self._lanes))

    def _change(self, by: int) -> None:
        now_s = monotonic()
        self._waited_s += self._unanswered * (now_s - self._changed_s)
        self._changed_s = now_s
        self._unanswered += by

    async def _drain(self) -> None:
        batch: list[tuple[Item, asyncio.Future[Answer]]] = []
        try:
            while self._queue:
                # One turn of the loop, so that requests read in the same turn share the first commit.
                await asyncio.sleep(0)
                size = min(len(self._queue), self._batch_max)
                batch = [self._queue.popleft() for _ in range(size)]
                if batch:  # another lane may have been faster
                    await self._write(batch)
        except asyncio.CancelledError:
            # The process is ending: nobody shall wait for a lane that is gone.
            for _, future in batch:
                future.cancel()
            while self._queue and len(self._lanes) == 1:
                self._queue.popleft()[1].cancel()
            raise
        finally:
            self._lanes = {lane for lane in self._lanes if lane is not asyncio.current_task()}

    async def _write(self, batch: list[tuple[Item, "asyncio.Future[Answer]"]], *, again: bool = False) -> None:
        try:
            answers = await self._execute([item for item, _ in batch])
            if len(answers) != len(batch):
                raise RuntimeError(f"{self._name} answered {len(answers)} of {len(batch)} items")
        except Exception as error:
            await self._handle_failure(batch, error, again=again)
            return
        self._sizes.observe(len(batch))
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _handle_failure(
        self, batch: list[tuple[Item, "asyncio.Future[Answer]"]], error: Exception, *, again: bool
    ) -> None:
        fate = fate_of(error)
        if fate is Fate.CONFLICT and not again:
            await self._write(batch, again=True)
        elif fate is Fate.DATA and len(batch) > 1:
            # The transaction was rolled back whole, so each half starts from nothing written.
            middle = len(batch) // 2
            await self._write(batch[:middle])
            await self._write(batch[middle:])
        elif fate is Fate.LOCKED and len(batch) > 1:
            # Somebody holds one row for long: only who wants that row shall wait for it.
            for pair in batch:
                await self._write([pair])
        else:
            log.warning("batch.failed", batcher=self._name, size=len(batch), fate=fate.value, error=repr(error))
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # seen: a caller who went away leaves no "never retrieved" behind
