"""Sends what is claimed: starts jobs within their endpoints' slots, records outcomes by group commit, and claims more.

The intake hands over claims after their commit; queued deliveries are claimed here when their endpoint has room.
"""

import asyncio
import contextlib
import heapq
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Final

import structlog

from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Fate, Pool
from chassis.progress import Progress
from services.notifier import deliveries
from services.notifier.deliveries import Claims, Lease
from services.notifier.health import Health
from services.notifier.lanes import Lanes
from services.notifier.sender import Sender
from services.notifier.state import (
    Job,
    Outcome,
    Schedule,
    after_exchange,
    dropped,
    found_somebody,
    given_back,
    is_quick,
)

log = structlog.get_logger()

IDLE_S: Final = 1.0
BACKOFF_FIRST_S: Final = 0.1
BACKOFF_MAX_S: Final = 2.0

Early = tuple[datetime, str, int, int]
"""When an attempt is due, and which: delivery, run, number."""


class Dispatcher:
    """A worker. `recorder` is set by the composition root, since its batcher calls `write` of this object."""

    name = "dispatcher"

    def __init__(
        self,
        pool: Pool,
        clock: Clock,
        sender: Sender,
        schedule: Schedule,
        lanes: Lanes,
        lease: Lease,
        health: Health,
        *,
        published: Callable[[], None],
        metrics: Metrics,
        wide: WideLog,
    ) -> None:
        self.progress = Progress()
        self.lanes = lanes
        self.recorder: Batcher[Outcome, None]
        self._pool = pool
        self._clock = clock
        self._sender = sender
        self._schedule = schedule
        self._lease = lease
        self._health = health
        self._published = published
        self._metrics = metrics
        self._wide = wide
        self._seconds = metrics.seconds("webhook_attempt_seconds", "Time of one webhook attempt")
        metrics.gauge("webhook_breakers_open", "Endpoints that are only probed", lambda: lanes.breakers_open)
        metrics.gauge("webhook_claims", "Deliveries claimed and not yet recorded", lambda: lanes.unsettled)
        self._early: list[Early] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._bell = asyncio.Event()
        self._stopping = False

    async def idle(self) -> None:
        """Return once nothing is being sent or recorded."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def start(self, claims: Claims) -> None:
        """Committed claims: send them, and remember what waits."""
        for scheduled in claims.early:
            job = scheduled.job
            heapq.heappush(self._early, (scheduled.next_attempt_at, job.delivery_id, job.run, job.number))
        for job in claims.jobs:
            self._enter(job)
        self.note_backlog(claims.backlog)
        if claims.early:
            self._bell.set()

    def forget(self, claims: Claims) -> None:
        """Claims of a transaction that was rolled back."""
        for job in claims.jobs:
            self.lanes.give_back(job.endpoint.id)

    def note_backlog(self, endpoint_ids: set[str]) -> None:
        """Deliveries of these endpoints wait in Postgres."""
        for endpoint_id in endpoint_ids:
            self.lanes.note_backlog(endpoint_id)
            if self.lanes.has_room(endpoint_id):
                self._bell.set()

    def stop(self) -> None:
        """Claim nothing new; what waits for a slot here goes back, what is being sent ends."""
        self._stopping = True
        now = self._clock.now()
        for job in self.lanes.close():
            self._spawn(self._settle(given_back(job, now)))
        self._bell.set()

    async def run(self) -> None:
        """Claim queued deliveries as room comes up, and held ones as they fall due, until stopped."""
        backoff_s = BACKOFF_FIRST_S
        while not self._stopping:
            self.progress.beat()
            self._bell.clear()
            try:
                await self._claim_backlog()
                await self._claim_early()
                backoff_s = BACKOFF_FIRST_S
                await self._pause(self._idle_s())
            except Exception as error:
                if pg.fate_of(error) is Fate.FATAL:
                    raise
                log.warning("dispatcher.database_away", error=repr(error))
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)
        await self.idle()

    async def write(self, outcomes: Sequence[Outcome]) -> list[None]:
        """One transaction for a batch of outcomes; handed to the batcher."""
        async with pg.transaction(self._pool) as connection:
            now = self._clock.now()
            done = await deliveries.record(connection, outcomes, lease=self._lease, health=self._health, now=now)
        if done.publishes:
            self._published()
        self.note_backlog(done.queueing)
        return [None] * len(outcomes)

    async def _claim_backlog(self) -> None:
        reserved = self.lanes.take_for_backlogs()
        if not reserved:
            return
        try:
            async with pg.transaction(self._pool) as connection:
                claimed = await deliveries.claim_queued(connection, reserved, lease=self._lease, now=self._clock.now())
        except BaseException:
            for endpoint_id, count in reserved.items():
                self.lanes.note_backlog(endpoint_id)
                self.lanes.give_back(endpoint_id, count)
            raise
        taken = Counter(job.endpoint.id for job in claimed.jobs)
        for endpoint_id, count in reserved.items():
            held_s = claimed.held_s.get(endpoint_id)
            self.lanes.limit(endpoint_id, held_s)
            if taken[endpoint_id] == count or held_s:
                self.lanes.note_backlog(endpoint_id)
            if taken[endpoint_id] < count:
                self.lanes.give_back(endpoint_id, count - taken[endpoint_id])
        for job in claimed.jobs:
            self._enter(job)
        if self.lanes.may_claim:
            self._bell.set()  # what was queued while we looked found the room reserved

    async def _claim_early(self) -> None:
        """Attempts whose record came a little before their time. If this process ends first, the sweeper finds them."""
        now = self._clock.now()
        due: list[Early] = []
        while self._early and self._early[0][0] <= now:
            due.append(heapq.heappop(self._early))
        if not due:
            return
        claims = Claims()
        try:
            async with pg.transaction(self._pool) as connection:
                await deliveries.claim_scheduled(
                    connection,
                    [early[1:] for early in due],
                    claims,
                    lanes=self.lanes,
                    lease=self._lease,
                    now=self._clock.now(),
                )
        except BaseException:
            self.forget(claims)
            for early in due:
                heapq.heappush(self._early, early)
            raise
        self.start(claims)

    def _idle_s(self) -> float:
        idle_s = self.lanes.wait_s(IDLE_S)
        if not self._early:
            return idle_s
        return min(idle_s, max(0.001, (self._early[0][0] - self._clock.now()).total_seconds()))

    async def _pause(self, most_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), most_s)

    def _enter(self, job: Job) -> None:
        if not job.endpoint.listens:
            self.lanes.skip(job.endpoint.id)
            self._spawn(self._settle(dropped(job, self._clock.now())))
        elif self.lanes.closed:
            self.lanes.skip(job.endpoint.id)
            self._spawn(self._settle(given_back(job, self._clock.now())))
        elif self.lanes.enter(job):
            self._spawn(self._work(job))

    async def _work(self, job: Job) -> None:
        exchange = await self._sender.send(job)
        now = self._clock.now()
        open_before = self.lanes.breakers_open
        following, sent_back = self.lanes.leave(
            job.endpoint.id, there=found_somebody(exchange), quick=is_quick(exchange)
        )
        if self.lanes.breakers_open != open_before:
            state = "open" if self.lanes.breakers_open > open_before else "closed"
            self._wide.emit("webhook.breaker", endpoint_id=job.endpoint.id, state=state)
        if following is not None:
            self._spawn(self._work(following))
        for waiting in sent_back:
            self._spawn(self._settle(given_back(waiting, now)))
        if self.lanes.has_room(job.endpoint.id):
            self._bell.set()
        self._seconds.observe(exchange.duration_ms / 1000)
        outcome = after_exchange(job, exchange, now, self._schedule)
        await self._settle(outcome)
        self._tell(outcome)

    async def _settle(self, outcome: Outcome) -> None:
        """Record an outcome, however long Postgres is away; a claim that is lost meanwhile changes nothing.

        A process that is stopping does not wait for long: the next one of its slot takes up what it had claimed.
        """
        backoff_s = BACKOFF_FIRST_S
        while True:
            try:
                await self.recorder.submit(outcome)
                break
            except Exception as error:
                hopeless = not isinstance(error, ApiError) and pg.fate_of(error) in (Fate.FATAL, Fate.DATA)
                if hopeless and outcome.has_answer:
                    # Something in the answer can't be stored. Left unrecorded, it would be asked for again for ever.
                    log.exception("webhook.answer_not_kept", delivery_id=outcome.job.delivery_id)
                    outcome = outcome.without_answer()
                    continue
                if hopeless or (self._stopping and backoff_s >= BACKOFF_MAX_S):
                    log.error("webhook.not_recorded", delivery_id=outcome.job.delivery_id, error=repr(error))
                    break
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)
        self.lanes.settle()
        if outcome.queued and not self._stopping:
            self.note_backlog({outcome.job.endpoint.id})
        elif self.lanes.may_claim:
            self._bell.set()

    def _tell(self, outcome: Outcome) -> None:
        job, exchange = outcome.job, outcome.exchange
        if exchange is None:
            return
        self._metrics.counter(
            "webhook_attempts", "Webhook attempts by result", result=exchange.error_class or "success"
        ).add()
        self._wide.emit(
            "webhook.attempted",
            delivery_id=job.delivery_id,
            endpoint_id=job.endpoint.id,
            run=job.run,
            attempt=job.number,
            status=outcome.status,
            response_status=exchange.response_status,
            error_class=exchange.error_class,
            duration_ms=exchange.duration_ms,
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
