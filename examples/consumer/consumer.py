"""Follows payment.events.v1 from its start, each event exactly once into a table of its own.

Copy it: it needs aiokafka and asyncpg, and nothing of Paygate. `docs/integrations.md` explains every choice.

1. Where to read on is kept beside what was read, and both move in ONE transaction. Kafka's own offsets are not used.
2. That move is a fence: it counts only if the position is still the one that we read from. Who lost a partition to
   another process without having noticed moves nothing, and writes nothing.
3. An event may come twice. Its id is known by then.
4. Offsets are those of one cluster. A Kafka that lost its data comes back with another cluster id, and counts from 0:
   so a batch counts only if Kafka says, after it has come, that it is still the same.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import asyncpg
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

BATCH_MAX: Final = 500
POLL_MS: Final = 500
TELL_EVERY_S: Final = 5.0
RETRY_S: Final = 1.0
TIMEOUT_S: Final = 20.0
BIGINT_MAX: Final = 2**63 - 1

TABLES: Final = """
SELECT pg_advisory_xact_lock(hashtext('tables of the consumer'));

CREATE TABLE IF NOT EXISTS payment_event (
    position    bigint GENERATED ALWAYS AS IDENTITY,  -- rises in the order in which they were taken
    id          text PRIMARY KEY,                     -- what makes a second delivery harmless
    type        text NOT NULL,
    payment_id  text NOT NULL,
    sequence    bigint NOT NULL,                      -- 1, 2, 3 … of each payment
    happened_at timestamptz NOT NULL,
    data        json NOT NULL
);
CREATE INDEX IF NOT EXISTS payment_event_by_payment ON payment_event (payment_id, sequence);

CREATE TABLE IF NOT EXISTS read_position (
    topic      text,
    partition  int,
    cluster_id text NOT NULL,
    next       bigint NOT NULL,
    PRIMARY KEY (topic, partition)
);

CREATE TABLE IF NOT EXISTS unreadable (
    cluster_id text, topic text, partition int, at bigint, reason text NOT NULL, value bytea,
    PRIMARY KEY (cluster_id, topic, partition, at)
);
"""
STORED: Final = "SELECT next FROM read_position WHERE topic = $1 AND partition = $2 AND cluster_id = $3"
HOLD: Final = """
INSERT INTO read_position AS r (topic, partition, cluster_id, next) VALUES ($1, $2, $3, $4)
ON CONFLICT (topic, partition) DO UPDATE
SET cluster_id = $3, next = CASE WHEN r.cluster_id = $3 THEN greatest(r.next, $4) ELSE $4 END
RETURNING next
"""
FENCE: Final = """
UPDATE read_position SET next = $5 WHERE topic = $1 AND partition = $2 AND cluster_id = $3 AND next = $4
"""
TAKE: Final = """
INSERT INTO payment_event (id, type, payment_id, sequence, happened_at, data)
SELECT e.id, e.type, e.payment_id, e.sequence, e.happened_at, e.data
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::timestamptz[], $6::json[])
    WITH ORDINALITY AS e (id, type, payment_id, sequence, happened_at, data, number)
ORDER BY e.number
ON CONFLICT (id) DO NOTHING
"""
SET_ASIDE: Final = "INSERT INTO unreadable VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"

Connection = Any
Event = tuple[str, str, str, int, datetime, str]
"""id, type, payment id, sequence, instant, data: a row of the table."""


class StartAnew(Exception):
    """Something is not as it was: begin again from what the database says."""


@dataclass(frozen=True)
class Settings:
    """Where everything is. Each of several processes needs an `instance` of its own, the same one at every start."""

    database_url: str
    kafka: str
    instance: str = "consumer-0"
    topic: str = "payment.events.v1"

    @classmethod
    def from_environment(cls) -> "Settings":
        """Raises KeyError for what is not set."""
        database_url, kafka = os.environ["DATABASE_URL"], os.environ["KAFKA_BOOTSTRAP_SERVERS"]
        return cls(database_url, kafka, os.environ.get("INSTANCE", cls.instance), os.environ.get("TOPIC", cls.topic))


def read(record: ConsumerRecord) -> Event:
    """A CloudEvent in Kafka's binary mode. Raises ValueError for what is none.

    It asks for what the table needs and no more: types and fields that are added later pass through.
    """
    headers = {name: value.decode() for name, value in record.headers if value is not None}
    try:
        id_, type_, subject = headers["ce_id"], headers["ce_type"], headers["ce_subject"]
        happened_at = datetime.fromisoformat(headers["ce_time"])
        text = (record.value or b"").decode()
        sequence = json.loads(text, parse_constant=_refuse)["sequence"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not an event: {error!r}") from error
    if type(sequence) is not int or not 1 <= sequence <= BIGINT_MAX:
        raise ValueError("the sequence is not a whole number from 1 on")
    if happened_at.tzinfo is None or "\0" in id_ + type_ + subject:
        raise ValueError("a header that can't be kept")
    return id_, type_, subject, sequence, happened_at, text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


@dataclass
class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """One life, from a start to the first thing that is not as it was."""

    kafka: AIOKafkaConsumer
    admin: AIOKafkaAdminClient
    database: Connection
    cluster_id: str
    held: dict[TopicPartition, int] = field(default_factory=dict)
    """Where we stand, by partition. The loop alone changes it."""
    shared_anew: bool = False
    taken: int = 0
    known: int = 0
    last: str = "none"

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The group shares its partitions anew: what we hold may be another's."""
        self.shared_anew = True

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """See above."""
        self.shared_anew = True

    async def follow(self, stopping: asyncio.Event) -> None:
        """Until told to stop. Raises StartAnew."""
        told_at = _now_s()
        while not stopping.is_set():
            await self._hold_what_is_assigned()
            batches = await self.kafka.getmany(timeout_ms=POLL_MS, max_records=BATCH_MAX)
            if batches and not self.shared_anew:
                # Asked after the batch has come: the answer covers it.
                if (cluster_id := await cluster_of(self.admin)) != self.cluster_id:
                    raise StartAnew(f"Kafka's cluster was {self.cluster_id} and is {cluster_id}")
                for place, records in batches.items():
                    await self._take(place, records)
            if _now_s() - told_at > TELL_EVERY_S:
                told_at = _now_s()
                say(f"{self.taken} events taken, {self.known} known before, {self.lag()} to come; last: {self.last}")

    async def _hold_what_is_assigned(self) -> None:
        if self.shared_anew:
            self.shared_anew = False
            self.held.clear()
        places = [place for place in self.kafka.assignment() if place not in self.held]
        begins = await self.kafka.beginning_offsets(places) if places else {}
        for place, begin in begins.items():
            where = (place.topic, place.partition, self.cluster_id)
            stored = await self.database.fetchval(STORED, *where)
            if stored is not None and stored < begin:
                say(f"{place}: {begin - stored} records are gone before we read them; /api/v1/events has them")
            self.held[place] = await self.database.fetchval(HOLD, *where, begin)
            self.kafka.seek(place, self.held[place])

    async def _take(self, place: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        start = self.held.get(place)
        if start is None:
            return  # given to us a moment ago: it is read again from where the database says
        if records[0].offset != start:
            raise StartAnew(f"{place} goes on at {records[0].offset} and not at {start}")
        events, unreadable = [], []
        for record in records:
            try:
                events.append(read(record))
            except ValueError as reason:
                unreadable.append((self.cluster_id, *place, record.offset, str(reason)[:500], record.value))
        end = records[-1].offset + 1
        async with self.database.transaction():
            moved = await self.database.execute(FENCE, *place, self.cluster_id, start, end)
            if moved != "UPDATE 1":
                del self.held[place]
                say(f"{place} was read by somebody else meanwhile: asking again where it stands")
                return
            inserted = await self.database.execute(TAKE, *_columns(events))
            await self.database.executemany(SET_ASIDE, unreadable)
        self.held[place] = end
        new = int(inserted.rpartition(" ")[2])
        self.taken += new
        self.known += len(events) - new
        self.last = f"{events[-1][1]} of {events[-1][2]}" if events else self.last
        for *_, at, why, _ in unreadable:
            say(f"{place} at {at} was set aside: {why}")

    def lag(self) -> int:
        """How many records are still to be read, as of the last answer of Kafka."""
        return sum(max(0, (self.kafka.highwater(place) or 0) - next_) for place, next_ in self.held.items())


def _columns(events: Sequence[Event]) -> list[list[Any]]:
    return [list(column) for column in zip(*events, strict=True)] or [[]] * 6


async def cluster_of(admin: AIOKafkaAdminClient) -> str:
    """The id that this cluster got when its storage was made."""
    described = await asyncio.wait_for(admin.describe_cluster(), TIMEOUT_S)
    return str(described["cluster_id"])


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Consumer]:
    """Everything that one life needs, with what the database says of where it stands."""
    async with AsyncExitStack() as cleanup:
        database = await opened_database(settings.database_url)
        cleanup.push_async_callback(_quietly, database.close)
        admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka)
        cleanup.push_async_callback(_quietly, admin.close)
        await asyncio.wait_for(admin.start(), TIMEOUT_S)
        if settings.topic not in await asyncio.wait_for(admin.list_topics(), TIMEOUT_S):
            raise StartAnew(f"there is no topic {settings.topic} yet")
        kafka = AIOKafkaConsumer(
            bootstrap_servers=settings.kafka,
            group_id=f"example of {settings.topic}",
            group_instance_id=settings.instance,  # back within the session timeout, it gets its partitions at once
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=10_000,
            metadata_max_age_ms=10_000,
        )
        cleanup.push_async_callback(_quietly, kafka.stop)
        await asyncio.wait_for(kafka.start(), TIMEOUT_S)
        consumer = Consumer(kafka, admin, database, await cluster_of(admin))
        kafka.subscribe([settings.topic], listener=consumer)
        yield consumer


async def opened_database(url: str) -> Connection:
    """A connection; the database and its tables are made when they are missing."""
    try:
        connection = await asyncpg.connect(url, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S)
    except asyncpg.InvalidCatalogNameError:
        name = urlsplit(url).path.lstrip("/")
        server = await asyncpg.connect(url, database="postgres", timeout=TIMEOUT_S)
        with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
            await server.execute(f'CREATE DATABASE "{name}"')
        await server.close()
        connection = await asyncpg.connect(url, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S)
    async with connection.transaction():
        await connection.execute(TABLES)
    return connection


async def run(settings: Settings, stopping: asyncio.Event) -> None:
    """Live again after whatever ends a life: an outage, a restart, another cluster."""
    while not stopping.is_set():
        try:
            async with connected(settings) as consumer:
                say(f"following {settings.topic} of the cluster {consumer.cluster_id}")
                await consumer.follow(stopping)
        except (StartAnew, KafkaError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            say(f"starting anew in {RETRY_S:g} s: {error!r}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), RETRY_S)


async def _quietly(end: Callable[[], Awaitable[object]]) -> None:
    """What is being left may be broken."""
    with contextlib.suppress(Exception):
        await asyncio.wait_for(end(), TIMEOUT_S / 4)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def say(line: str) -> None:
    """To a person."""
    print(line, flush=True)


async def main(settings: Settings) -> None:
    """Until Ctrl-C or SIGTERM; a batch that has begun is finished."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await run(settings, stopping)


if __name__ == "__main__":
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what matters of it is said here in a sentence
    try:
        asyncio.run(main(Settings.from_environment()))
    except KeyError as missing:
        sys.exit(f"Set {missing.args[0]}: in Paygate's own checkout, `make consumer` does.")
