"""The use cases: take commands (transaction 1), ask the acquirer outside any transaction, write its answers
(transaction 2, by group commit)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from acquirer.asking import ask
from acquirer.delay import Delay
from acquirer.port import Acquirer, Challenge, ChallengeAnswer, Challenged, Outcome, Pending
from chassis import outbox, pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.due import HeadStart
from chassis.jobs import JobQueue, Settlement
from chassis.log import WideLog
from chassis.outbox import OutboxMessage
from chassis.pg import Connection, Pool
from contracts import ids
from contracts.events.payment_command import PaymentCommand
from contracts.events.payment_result import PaymentResult
from contracts.topics import PAYMENT_RESULTS
from services.processor import store
from services.processor.state import (
    Attempt,
    Disputed,
    answer_of,
    ask_again_after,
    attempt_of,
    challenged,
    dispute_of,
    ended,
    request_of,
    result_of,
)

log = structlog.get_logger()

NO_DELAY = timedelta(0)
DISPUTED = Disputed()


@dataclass(frozen=True, slots=True)
class Claimed:
    """An attempt that is ours to make, for the n-th time."""

    attempt: Attempt
    tries: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What the acquirer said, and how many questions it left without an answer before."""

    attempt: Attempt
    tries: int
    outcome: Outcome | Disputed
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Pace:
    """When the acquirer is asked: after which delay, after which pause when there was no answer, how often about a
    challenge; and how long after a capture its cardholder disputes it."""

    delay: Delay
    backoff: Callable[[int], timedelta]
    challenge_poll: timedelta
    dispute_delay: timedelta


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
        pace: Pace,
        published: Callable[[], None],
    ) -> None:
        self._pool = pool
        self._jobs = jobs
        self._acquirer = acquirer
        self._clock = clock
        self._wide = wide
        self._pace = pace
        self._published = published
        self.head_start: HeadStart[Claimed] = HeadStart()

    async def take(self, connection: Connection, commands: Sequence[tuple[PaymentCommand, str | None]]) -> None:
        """Commands with their trace contexts become attempts, each once. One that is answered already is told again."""
        now = self._clock.now()
        asked = {command.attempt_id: attempt_of(command, trace) for command, trace in commands}
        added = await store.add_attempts(connection, list(asked.values()), now)
        repeated = [id_ for id_ in asked if id_ not in added]
        if repeated:
            known = {attempt.id: attempt for attempt in await store.load_attempts(connection, repeated)}
            await outbox.append(connection, _results([known[id_] for id_ in repeated]))
        if added:
            await self._make_jobs(connection, [asked[id_] for id_ in asked if id_ in added], now)

    async def _make_jobs(self, connection: Connection, attempts: Sequence[Attempt], now: datetime) -> None:
        due = [(Claimed(attempt, tries=1), now + self._delay_of(attempt)) for attempt in attempts]
        begin, later = self.head_start.divide(due, now)
        queued = [(claimed.attempt.id, due_at) for claimed, due_at in later]
        await self._jobs.add(connection, queued, leased=[claimed.attempt.id for claimed in begin])
        self.head_start.note(begin, others=bool(later))

    async def claim(self, limit: int) -> Sequence[Claimed]:
        """Lease attempts that are due."""
        async with self._pool.acquire(timeout=pg.ACQUIRE_TIMEOUT_S) as connection:
            tries = await self._jobs.claim(connection, limit)
            attempts = await store.load_attempts(connection, list(tries)) if tries else []
        return [Claimed(attempt, tries[attempt.id]) for attempt in attempts]

    async def make(self, claimed: Claimed) -> None:
        """Ask the acquirer and write what it said."""
        attempt, began_s = claimed.attempt, time.perf_counter()
        answer = await self._answer_to(claimed)
        await self.answers.submit(answer)
        self._wide.emit(
            "attempt.made",
            attempt_id=attempt.id,
            payment_id=attempt.payment_id,
            action=attempt.action,
            outcome=answer.outcome.result,
            unanswered=attempt.unanswered + answer.unanswered,
            tries=claimed.tries,
            traceparent=attempt.traceparent,
            duration_ms=round((time.perf_counter() - began_s) * 1000, 2),
        )

    async def _answer_to(self, claimed: Claimed) -> Answered:
        if claimed.attempt.will_be_disputed:
            return Answered(claimed.attempt, claimed.tries, DISPUTED)
        told = await ask(self._acquirer, request_of(claimed.attempt))
        return Answered(claimed.attempt, claimed.tries, told.outcome, told.unanswered)

    async def write(self, answers: Sequence[Answered]) -> Sequence[None]:
        """Transaction 2 for a batch of answers: outcomes, results to publish, and what is to be asked again."""
        now = self._clock.now()
        answers = [_with_unanswered(answer) for answer in answers]
        async with pg.transaction(self._pool) as connection:
            open_ids = await self._lock_voided_and_waiting(connection, answers)
            put_back = await self._when_to_ask_again(connection, answers, now)
            done = [attempt for a in answers if (attempt := ended(a.attempt, a.outcome, now)) is not None]
            told = [*await self._challenge(connection, answers, now), *await self._end(connection, done, now)]
            disputed = [a.attempt for a in answers if isinstance(a.outcome, Disputed)]
            disputes = [_message(attempt, dispute_of(attempt, now)) for attempt in disputed]
            unanswered = [(a.attempt.id, a.unanswered) for a in answers if a.unanswered]
            if unanswered:
                await store.count_unanswered(connection, unanswered)
            refused = [attempt.id for attempt in done if result_of(attempt) is None]
            put_back += [(a.id, now + self._pace.dispute_delay) for a in done if a.will_be_disputed]
            completed = [a.id for a in done if a.id not in refused and not a.will_be_disputed]
            completed += [attempt.id for attempt in disputed]
            results = outbox.appended([*_results(told), *disputes])
            await self._jobs.settle(connection, Settlement(completed, refused, put_back), also=results)
            if open_ids:
                await self._jobs.hasten(connection, open_ids)
        for id_ in refused:
            log.error("attempt.refused", attempt_id=id_, reason="the acquirer refused what the gateway had decided")
        self._published()
        return [None] * len(answers)

    async def answer_challenge(self, challenge_id: str, answer: ChallengeAnswer) -> Challenge | None:
        """The buyer's answer: recorded by the acquirer, told to the api, and the acquirer asked again at once. Should
        this end in the middle, the next poll finds the answer. None: there is no such challenge."""
        challenge = await self._acquirer.answer_challenge(challenge_id, answer)
        if challenge is None:
            return None
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            is_news = challenge.status != "closed" and await store.answer_attempt(connection, challenge.key, now)
            if is_news:
                (attempt,) = await store.load_attempts(connection, [challenge.key])
                await outbox.append(connection, [_message(attempt, answer_of(attempt, now))])
            await self._jobs.hasten(connection, [challenge.key])
        self._published()
        return challenge

    async def _challenge(self, connection: Connection, answers: Sequence[Answered], now: datetime) -> list[Attempt]:
        """Those that are challenged for the first time."""
        asked = [
            challenged(a.attempt, a.outcome, now)
            for a in answers
            if isinstance(a.outcome, Challenged) and a.attempt.challenged_at is None
        ]
        fresh = await store.challenge_attempts(connection, asked, now) if asked else set()
        return [attempt for attempt in asked if attempt.id in fresh]

    async def _end(self, connection: Connection, done: Sequence[Attempt], now: datetime) -> list[Attempt]:
        """Those that end for the first time."""
        fresh = await store.end_attempts(connection, done, now) if done else set()
        return [attempt for attempt in done if attempt.id in fresh]

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
        """No outcome: after a pause. A payer who has not answered is not asked again, unless the payment is to end; of
        a challenge the acquirer is asked now and then, until somebody says that it was answered."""
        waiting = {a.attempt.payment_id for a in answers if isinstance(a.outcome, Pending)}
        ending = await store.payments_to_void(connection, sorted(waiting)) if waiting else set()
        again: list[tuple[str, datetime | None]] = []
        for answer in answers:
            if isinstance(answer.outcome, Disputed) or ended(answer.attempt, answer.outcome, now) is not None:
                continue
            if isinstance(answer.outcome, Pending) and answer.attempt.payment_id not in ending:
                at = None
            elif isinstance(answer.outcome, Challenged):
                at = ask_again_after(answer.outcome, now, self._pace.challenge_poll)
            else:
                at = now + self._pace.backoff(answer.tries)
            again.append((answer.attempt.id, at))
        return again

    def _delay_of(self, attempt: Attempt) -> timedelta:
        return self._pace.delay.draw() if attempt.action == "authorise" else NO_DELAY


def _with_unanswered(answer: Answered) -> Answered:
    """So that its result tells of the questions that had no answer."""
    if not answer.unanswered:
        return answer
    attempt = replace(answer.attempt, unanswered=answer.attempt.unanswered + answer.unanswered)
    return replace(answer, attempt=attempt)


def _results(attempts: Sequence[Attempt]) -> list[OutboxMessage]:
    """The results of attempts that have one, each as a new event."""
    told = [(attempt, result_of(attempt)) for attempt in attempts]
    return [_message(attempt, result) for attempt, result in told if result is not None]


def _message(attempt: Attempt, result: PaymentResult) -> OutboxMessage:
    return OutboxMessage(
        topic=PAYMENT_RESULTS.name,
        key=attempt.payment_id,
        event_id=ids.new_id(ids.EVENT),
        type=result.TYPE,
        subject=attempt.payment_id,
        occurred_at=result.occurred_at,
        data=result.model_dump_json().encode(),
        traceparent=attempt.traceparent,
    )
