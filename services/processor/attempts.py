"""The use cases: take commands (transaction 1), ask the acquirer outside any transaction, write its answers
(transaction 2, by group commit)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from acquirer.asking import ask
from acquirer.delay import Delay
from acquirer.port import Acquirer, Outcome, Pending
from chassis import outbox, pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.jobs import JobQueue, Settlement
from chassis.log import WideLog
from chassis.outbox import OutboxMessage
from chassis.pg import Connection, Pool
from contracts import ids
from contracts.events.payment_command import PaymentCommand
from contracts.topics import PAYMENT_RESULTS
from services.processor import store
from services.processor.state import Attempt, attempt_of, ended, request_of, result_of

log = structlog.get_logger()

NO_DELAY = timedelta(0)


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that is ours to make, for the n-th time."""

    attempt: Attempt
    tries: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What the acquirer said."""

    attempt: Attempt
    tries: int
    outcome: Outcome


class Attempts:
    """The processor's work. `published` is called after a commit that has results to publish."""

    answers: Batcher[Answered, None]

    def __init__(
        self,
        pool: Pool,
        jobs: JobQueue,
        acquirer: Acquirer,
        *,
        clock: Clock,
        wide: WideLog,
        delay: Delay,
        backoff: Callable[[int], timedelta],
        published: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._jobs = jobs
        self._acquirer = acquirer
        self._clock = clock
        self._wide = wide
        self._delay = delay
        self._backoff = backoff
        self._published = published

    async def take(self, connection: Connection, commands: Sequence[tuple[PaymentCommand, str | None]]) -> None:
        """Commands with their trace contexts become attempts, each once. One that is answered already is told again."""
        now = self._clock.now()
        asked = {command.attempt_id: attempt_of(command, trace) for command, trace in commands}
        added = await store.add_attempts(connection, list(asked.values()), now)
        due = [(id_, now + self._delay_of(attempt)) for id_, attempt in asked.items() if id_ in added]
        if due:
            await self._jobs.add(connection, due)
        repeated = [id_ for id_ in asked if id_ not in added]
        if repeated:
            known = {attempt.id: attempt for attempt in await store.load_attempts(connection, repeated)}
            await outbox.append(connection, _messages([known[id_] for id_ in repeated]))

    async def claim(self, limit: int) -> Sequence[Claimed]:
        """Lease attempts that are due."""
        async with self._pool.acquire(timeout=pg.ACQUIRE_TIMEOUT_S) as connection:
            tries = await self._jobs.claim(connection, limit)
            attempts = await store.load_attempts(connection, list(tries)) if tries else []
        return [Claimed(attempt, tries[attempt.id]) for attempt in attempts]

    async def make(self, claimed: Claimed) -> None:
        """Ask the acquirer and write what it said."""
        attempt, began_s = claimed.attempt, time.perf_counter()
        outcome = await ask(self._acquirer, request_of(attempt))
        await self.answers.submit(Answered(attempt, claimed.tries, outcome))
        self._wide.emit(
            "attempt.made",
            attempt_id=attempt.id,
            payment_id=attempt.payment_id,
            action=attempt.action,
            outcome=outcome.result,
            tries=claimed.tries,
            traceparent=attempt.traceparent,
            duration_ms=round((time.perf_counter() - began_s) * 1000, 2),
        )

    async def write(self, answers: Sequence[Answered]) -> Sequence[None]:
        """Transaction 2 for a batch of answers: outcomes, results to publish, and what is to be asked again."""
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            open_ids = await self._lock_voided_and_waiting(connection, answers)
            put_back = await self._when_to_ask_again(connection, answers, now)
            done = [attempt for a in answers if (attempt := ended(a.attempt, a.outcome, now)) is not None]
            fresh = await store.end_attempts(connection, done, now) if done else set()
            told = [attempt for attempt in done if attempt.id in fresh]
            await outbox.append(connection, _messages(told))
            refused = [attempt.id for attempt in done if result_of(attempt) is None]
            completed = [attempt.id for attempt in done if attempt.id not in refused]
            await self._jobs.settle(connection, Settlement(completed, refused, put_back))
            if open_ids:
                await self._jobs.unpark(connection, open_ids)
        for id_ in refused:
            log.error("attempt.refused", attempt_id=id_, reason="the acquirer refused what the gateway had decided")
        self._published()
        return [None] * len(answers)

    async def _lock_voided_and_waiting(self, connection: Connection, answers: Sequence[Answered]) -> list[str]:
        """Attempts without an outcome of payments that a void of this batch ended: to be asked again, now that the
        acquirer will decline them. Locking all of a payment's attempts keeps a void and a wait from passing unseen."""
        voided = {a.attempt.payment_id for a in answers if a.attempt.action == "void"}
        waiting = {a.attempt.payment_id for a in answers if isinstance(a.outcome, Pending)}
        if not voided and not waiting:
            return []
        locked = await store.lock_attempts_of(connection, sorted(voided | waiting))
        return [a.id for a in locked if a.payment_id in voided and a.action == "authorise" and a.outcome is None]

    async def _when_to_ask_again(
        self, connection: Connection, answers: Sequence[Answered], now: datetime
    ) -> list[tuple[str, datetime | None]]:
        """No outcome: after a pause. A payer who has not answered is not asked again, unless the payment is to end."""
        waiting = {a.attempt.payment_id for a in answers if isinstance(a.outcome, Pending)}
        ending = await store.payments_to_void(connection, sorted(waiting)) if waiting else set()
        again: list[tuple[str, datetime | None]] = []
        for answer in answers:
            if ended(answer.attempt, answer.outcome, now) is not None:
                continue
            parks = isinstance(answer.outcome, Pending) and answer.attempt.payment_id not in ending
            again.append((answer.attempt.id, None if parks else now + self._backoff(answer.tries)))
        return again

    def _delay_of(self, attempt: Attempt) -> timedelta:
        return self._delay.draw() if attempt.action == "authorise" else NO_DELAY


def _messages(attempts: Sequence[Attempt]) -> list[OutboxMessage]:
    """The results of attempts that have one, each as a new event."""
    messages = []
    for attempt in attempts:
        result = result_of(attempt)
        if result is not None:
            messages.append(
                OutboxMessage(
                    topic=PAYMENT_RESULTS.name,
                    key=attempt.payment_id,
                    event_id=ids.new_id(ids.EVENT),
                    type=result.TYPE,
                    subject=attempt.payment_id,
                    occurred_at=result.occurred_at,
                    data=result.model_dump_json().encode(),
                    traceparent=attempt.traceparent,
                )
            )
    return messages
