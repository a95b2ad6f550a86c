"""The real schedule to the millisecond: the notifier by a clock that stands still until it is moved, every hop of its
records included. Only Kafka is played, since a broker stamps records with the machine's time."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from aiohttp import web
from aiokafka import TopicPartition

from chassis.clock import ManualClock
from chassis.kafka import Outgoing
from chassis.runtime import Runtime
from contracts.events.webhook import DispatchWebhook
from contracts.topics import WEBHOOK_DISPATCH, delay_topic_name
from services.notifier.delay_relay import DelayRelay
from services.notifier.settings import Settings
from services.notifier.state import GAPS_S, to_ms
from services.notifier.tests.conftest import Process, attempts_of, deliveries_of, payment_event, records_in
from services.notifier.tests.receiver import Answer, Receiver, in_turn, status

REAL: Final = [0, 60, 360, 2160, 9360]
JITTER: Final = 0.9
LATE: Final = [0, 62.7, 376.2, 2203.2, 9430.2]
"""With so much of the jitter: it adds a twentieth of each gap at most, and no more than 30 s."""

DAY_S: Final = 86_400
WALKS: Final = [pytest.param(5, id="small"), pytest.param(200, id="full", marks=pytest.mark.prove)]


@dataclass(slots=True)
class Record:
    """As a consumer gets it; `timestamp` is when it was appended, in ms."""

    topic: str
    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(slots=True)
class Kafka:
    """The delay topics with one partition each, as the relay's consumer and producer see them; what is put on the
    dispatch topic is kept for the test."""

    clock: ManualClock
    log: dict[TopicPartition, list[Record]] = field(default_factory=lambda: defaultdict(list))
    committed: dict[TopicPartition, int] = field(default_factory=lambda: defaultdict(int))
    position: dict[TopicPartition, int] = field(default_factory=lambda: defaultdict(int))
    paused: set[TopicPartition] = field(default_factory=set)
    dispatched: list[DispatchWebhook] = field(default_factory=list)
    hops: list[str] = field(default_factory=list)
    forgets_commits: bool = False

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Append."""
        for one in records:
            self.hops.append(one.topic)
            if one.topic == WEBHOOK_DISPATCH.name:
                self.dispatched.append(DispatchWebhook.model_validate_json(one.value))
                continue
            log = self.log[TopicPartition(one.topic, 0)]
            log.append(Record(one.topic, len(log), to_ms(self.clock.now()), one.key, one.value, one.headers))

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[TopicPartition, list[Record]]:
        """What no pause holds back."""
        fetched = {part: log[self.position[part] :] for part, log in self.log.items() if part not in self.paused}
        self.position.update({part: len(self.log[part]) for part in fetched})
        return {part: records for part, records in fetched.items() if records}

    async def commit(self, positions: dict[TopicPartition, int]) -> None:
        """Unless the relay is to die just before."""
        if not self.forgets_commits:
            self.committed.update(positions)

    def assignment(self) -> set[TopicPartition]:
        """All of them."""
        return set(self.log)

    def pause(self, part: TopicPartition) -> None:
        """Fetch nothing from it."""
        self.paused.add(part)

    def resume(self, part: TopicPartition) -> None:
        """Fetch from it again."""
        self.paused.discard(part)

    def seek(self, part: TopicPartition, offset: int) -> None:
        """Fetch from there next."""
        self.position[part] = offset

    def rejoin(self) -> None:
        """A new consumer begins at what was committed and knows of no pause."""
        self.position = defaultdict(int, self.committed)
        self.paused.clear()

    def next_due(self) -> datetime | None:
        """When the next record has waited its topic's tier."""
        waits = [
            record.timestamp + int(part.topic.removeprefix("webhook.delay.").removesuffix("s.v1")) * 1000
            for part, log in self.log.items()
            for record in log[self.position[part] :]
        ]
        return datetime.fromtimestamp(min(waits) / 1000, UTC) if waits else None


@dataclass(slots=True)
class Stage:
    """A notifier whose every hand is moved by the test. `at_s`: when the attempts came, from the first one on."""

    runtime: Runtime[Settings]
    clock: ManualClock
    kafka: Kafka
    process: Process
    relay: DelayRelay
    began: datetime
    at_s: list[float] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        """Since the first attempt."""
        return (self.clock.now() - self.began).total_seconds()

    async def carry(self) -> None:
        """Everything that goes on without time passing."""
        while True:
            for topic, record in await records_in(self.runtime.pool):
                value = record.model_dump_json().encode()
                await self.kafka.publish([Outgoing(topic, record.delivery_id.encode(), value, [])])
            await self.relay._turn(self.kafka)
            records, self.kafka.dispatched = self.kafka.dispatched, []
            if not records:
                return
            await self.process.take_records(*records)
            await self.process.idle()

    async def play(self, moves: random.Random | None = None) -> None:
        """From one due time to the next until none is left; in between, processes end as `moves` has it."""
        await self.carry()
        while (due := self.kafka.next_due()) is not None:
            while moves is not None and moves.random() < 0.5:
                wait_s = (due - self.clock.now()).total_seconds()
                self.clock.advance(timedelta(milliseconds=int(wait_s * 1000 * moves.uniform(0, 0.9))))
                await self.end_one(moves)
                await self.carry()
            if moves is not None:
                self.kafka.forgets_commits = moves.random() < 0.3
            self.clock.advance(due - self.clock.now())
            await self.carry()
            if self.kafka.forgets_commits:
                self.kafka.forgets_commits = False
                await self.new_relay()
                await self.carry()

    async def end_one(self, moves: random.Random) -> None:
        """The process that sends, the one that relays, or a rebalance."""
        match moves.randrange(3):
            case 0:
                await self.process.sender.close()
                self.process = Process.make(self.runtime)
            case 1:
                await self.new_relay()
            case _:
                self.kafka.rejoin()
                await self.relay.on_partitions_assigned(set())

    async def new_relay(self) -> None:
        """Begins at what its predecessor committed."""
        self.kafka.rejoin()
        self.relay = make_relay(self.runtime, self.kafka)


def make_relay(runtime: Runtime[Settings], kafka: Kafka) -> DelayRelay:
    return DelayRelay("", kafka, runtime.clock, slot_id=None, metrics=runtime.metrics)  # type: ignore[arg-type]


@asynccontextmanager
async def staged(
    runtime: Runtime[Settings], receiver: Receiver, answer: Answer, monkeypatch: pytest.MonkeyPatch, jitter: float
) -> AsyncIterator[Stage]:
    """The real schedule with this much of its jitter."""
    monkeypatch.setattr(random, "random", lambda: jitter)
    runtime.settings = runtime.settings.model_copy(update={"webhook_retry_intervals_test": False})
    runtime.clock = clock = ManualClock(datetime.now(UTC).replace(microsecond=0))
    kafka = Kafka(clock)
    stage = Stage(runtime, clock, kafka, Process.make(runtime), make_relay(runtime, kafka), clock.now())

    async def noted(request: web.Request) -> web.StreamResponse:
        stage.at_s.append(stage.now_s)
        return await answer(request)

    receiver.answer = noted
    yield stage
    await stage.process.sender.close()


async def test_attempts_come_at_0_60_360_2160_and_9360_s_and_no_sixth(
    runtime: Runtime[Settings], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(runtime, receiver, status(500), monkeypatch, jitter=0.0) as stage:
        await stage.process.take(payment_event())
        await stage.process.idle()
        await stage.play()
        stage.clock.advance(timedelta(seconds=DAY_S))
        await stage.process.sweep()
        assert stage.at_s == REAL
        assert stage.kafka.hops == [
            topic for gap_s in GAPS_S for topic in (delay_topic_name(gap_s), WEBHOOK_DISPATCH.name)
        ]
    (delivery,) = await deliveries_of(runtime.pool)
    assert (delivery["status"], delivery["attempts"], delivery["next_attempt_at"]) == ("failed", 5, None)


async def test_jitter_only_adds_and_the_last_stretch_is_waited_for_to_its_end(
    runtime: Runtime[Settings], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shorter than any tier: there the dispatcher waits."""
    async with staged(runtime, receiver, status(500), monkeypatch, jitter=JITTER) as stage:
        waiting = asyncio.create_task(stage.process.dispatcher.run())
        await stage.process.take(payment_event())
        await stage.process.idle()
        for count, at_s in enumerate(LATE[1:], start=1):
            await stage.play()
            stage.clock.advance(timedelta(seconds=at_s - stage.now_s, milliseconds=-1))
            await stage.process.turn()
            assert len(receiver.received) == count, "a millisecond too early"
            stage.clock.advance(timedelta(milliseconds=1))
            await receiver.until(count + 1)
            await stage.process.idle()
        assert stage.at_s == LATE
        stage.process.dispatcher.stop()
        await waiting


async def test_a_long_retry_after_is_waited_for_by_the_longest_hops_that_fit(
    runtime: Runtime[Settings], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = in_turn(status(503, {"Retry-After": "4000"}), status(200))
    async with staged(runtime, receiver, answer, monkeypatch, jitter=0.0) as stage:
        await stage.process.take(payment_event())
        await stage.process.idle()
        await stage.play()
        assert stage.at_s == [0, 4000]
        tiers = [1800, 1800, 300, 60, 20, 20]
        assert stage.kafka.hops == [*map(delay_topic_name, tiers), WEBHOOK_DISPATCH.name]


@pytest.mark.parametrize("walks", WALKS)
async def test_whoever_ends_between_two_attempts_no_due_time_changes(
    runtime: Runtime[Settings], receiver: Receiver, monkeypatch: pytest.MonkeyPatch, seed: int, walks: int
) -> None:
    """The sending process, the relay (also between its hop and its commit: the record comes twice), a rebalance."""
    for walk in range(walks):
        async with staged(runtime, receiver, status(500), monkeypatch, jitter=0.0) as stage:
            await stage.process.take(payment_event())
            await stage.process.idle()
            await stage.play(random.Random(f"{seed}/{walk}"))
            assert stage.at_s == REAL, f"walk {walk}"
    rows = await deliveries_of(runtime.pool)
    assert {(row["status"], row["attempts"]) for row in rows} == {("failed", 5)}
    for row in rows:
        assert [one["number"] for one in await attempts_of(runtime.pool, row["id"])] == [1, 2, 3, 4, 5]


async def test_a_record_that_came_late_to_its_topic_leaves_it_in_time(
    runtime: Runtime[Settings], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it took from the decision to the topic is no part of the wait."""
    async with staged(runtime, receiver, status(500), monkeypatch, jitter=0.0) as stage:
        await stage.process.take(payment_event())
        await stage.process.idle()
        stage.clock.advance(timedelta(milliseconds=400))
        await stage.carry()
        stage.clock.advance(timedelta(seconds=60) - timedelta(milliseconds=401))
        await stage.carry()
        assert len(receiver.received) == 1
        stage.clock.advance(timedelta(milliseconds=1))
        await stage.carry()
        assert stage.at_s == [0, 60]
