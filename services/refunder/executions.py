"""The use cases: take commands (transaction 1), ask the acquirer outside any transaction, write its answers
(transaction 2, by group commit)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from acquirer.asking import ask
from acquirer.delay import Delay
from acquirer.port import Acquirer, Outcome
from chassis import outbox, pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.due import HeadStart
from chassis.jobs import JobQueue, Settlement
from chassis.log import WideLog
from chassis.outbox import OutboxMessage
from chassis.pg import Connection, Pool
from contracts import ids
from contracts.events.refund_command import ExecuteRefund
from contracts.topics import REFUND_RESULTS
from services.refunder import store
from services.refunder.state import Execution, ended, execution_of, request_of, result_of


@dataclass(frozen=True, slots=True)
class Claimed:
    """An execution that is ours to ask for, for the n-th time."""

    execution: Execution
    tries: int


@dataclass(frozen=True, slots=True)
class Answered:
    """What the acquirer said."""

    execution: Execution
    tries: int
    outcome: Outcome


class Executions:
    """The refunder's work. `published` is called after a commit that has results to publish."""

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
        self.head_start: HeadStart[Claimed] = HeadStart()

    async def take(self, connection: Connection, commands: Sequence[tuple[ExecuteRefund, str | None]]) -> None:
        """Commands with their trace contexts become executions, each once. One that is answered already is told
        again."""
        now = self._clock.now()
        asked = {command.refund_id: execution_of(command, trace) for command, trace in commands}
        added = await store.add_executions(connection, list(asked.values()), now)
        repeated = [id_ for id_ in asked if id_ not in added]
        if repeated:
            known = {execution.id: execution for execution in await store.load_executions(connection, repeated)}
            await outbox.append(connection, _messages([known[id_] for id_ in repeated]))
        if added:
            await self._make_jobs(connection, [asked[id_] for id_ in asked if id_ in added], now)

    async def _make_jobs(self, connection: Connection, executions: Sequence[Execution], now: datetime) -> None:
        due = [(Claimed(execution, tries=1), now + self._delay.draw()) for execution in executions]
        begin, later = self.head_start.divide(due, now)
        queued = [(claimed.execution.id, due_at) for claimed, due_at in later]
        await self._jobs.add(connection, queued, leased=[claimed.execution.id for claimed in begin])
        self.head_start.note(begin, others=bool(later))

    async def claim(self, limit: int) -> Sequence[Claimed]:
        """Lease executions that are due."""
        async with self._pool.acquire(timeout=pg.ACQUIRE_TIMEOUT_S) as connection:
            tries = await self._jobs.claim(connection, limit)
            executions = await store.load_executions(connection, list(tries)) if tries else []
        return [Claimed(execution, tries[execution.id]) for execution in executions]

    async def execute(self, claimed: Claimed) -> None:
        """Ask the acquirer and write what it said."""
        execution, began_s = claimed.execution, time.perf_counter()
        told = await ask(self._acquirer, request_of(execution))
        await self.answers.submit(Answered(execution, claimed.tries, told.outcome))
        self._wide.emit(
            "refund.executed",
            refund_id=execution.id,
            payment_id=execution.payment_id,
            kind=execution.kind,
            outcome=told.outcome.result,
            unanswered=told.unanswered,
            tries=claimed.tries,
            traceparent=execution.traceparent,
            duration_ms=round((time.perf_counter() - began_s) * 1000, 2),
        )

    async def write(self, answers: Sequence[Answered]) -> Sequence[None]:
        """Transaction 2 for a batch of answers: outcomes, results to publish, and what is to be asked again."""
        now = self._clock.now()
        done: list[Execution] = []
        put_back: list[tuple[str, datetime | None]] = []
        for answer in answers:
            execution = ended(answer.execution, answer.outcome, now)
            if execution is None:
                put_back.append((answer.execution.id, now + self._backoff(answer.tries)))
            else:
                done.append(execution)
        async with pg.transaction(self._pool) as connection:
            fresh = await store.end_executions(connection, done, now) if done else set()
            results = outbox.appended(_messages([execution for execution in done if execution.id in fresh]))
            settlement = Settlement(completed=[execution.id for execution in done], put_back=put_back)
            await self._jobs.settle(connection, settlement, also=results)
        self._published()
        return [None] * len(answers)


def _messages(executions: Sequence[Execution]) -> list[OutboxMessage]:
    """The results of executions that have one, each as a new event."""
    messages = []
    for execution in executions:
        result = result_of(execution)
        if result is not None:
            messages.append(
                OutboxMessage(
                    topic=REFUND_RESULTS.name,
                    key=execution.payment_id,
                    event_id=ids.new_id(ids.EVENT),
                    type=result.TYPE,
                    subject=execution.id,
                    occurred_at=result.occurred_at,
                    data=result.model_dump_json().encode(),
                    traceparent=execution.traceparent,
                )
            )
    return messages
