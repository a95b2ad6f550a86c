"""The consumer: each message's effect once, each partition in order, whatever happens in between."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from pydantic import BaseModel
from structlog.testing import capture_logs

from chassis import inbox
from chassis.cloudevents import Headers, decode, encode
from chassis.consumer import Consumer, Handler, Message
from chassis.errors import Reject, Retry
from chassis.kafka import ClusterWatch, Outgoing, Publisher, TopicSpec
from chassis.metrics import Metrics
from chassis.pg import Connection, Pool
from chassis.sql import Query
from chassis.tests import parts
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.parts import at_work
from chassis.tests.proxy import Cut, PostgresProxy
from chassis.tests.reading import read_all
from chassis.tests.samples import AT, TYPE, fresh_name
from chassis.tests.waiting import Watcher, until

PARTITIONS = 2


class Thing(BaseModel):
    """The data of the tests' events; a negative number is refused by the table of effects."""

    key: str
    number: int


async def write_effects(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
    """One row per message. It does not ask whether it was there before: a second one would be seen."""
    await connection.execute(
        "INSERT INTO effect (event_id, key, number) SELECT * FROM unnest($1::text[], $2::text[], $3::int[])",
        [message.attributes.id for message in messages],
        [message.key for message in messages],
        [message.data.number for message in messages],
    )


def headers_of(event_id: str, type_: str = TYPE) -> Headers:
    return encode(event_id=event_id, type_=type_, source="/tests", subject="k", time=AT, traceparent=None)


@dataclass(slots=True)
class Scene:
    """A topic of the test's own, a group of its own, and the effects that its messages had."""

    pool: Pool
    schema: Schema
    kafka: str
    topic: str
    watch: ClusterWatch
    publisher: Publisher
    group: str = field(default_factory=lambda: fresh_name("group"))

    def consumer(
        self,
        apply: Callable[[Connection, Sequence[Message[Thing]]], Awaitable[None]] = write_effects,
        *,
        through: Any = None,
        **options: Any,
    ) -> Consumer:
        handlers = {TYPE: Handler(Thing, apply)}
        pool: Pool = through or self.pool
        return parts.consumer(pool, self.watch, self.kafka, self.topic, handlers, group=self.group, **options)

    def record(self, number: int, key: str = "k", *, type_: str = TYPE) -> Outgoing:
        data = orjson.dumps({"key": key, "number": number})
        return Outgoing(self.topic, key.encode(), data, headers_of(f"{key}-{number}", type_))

    async def publish(self, *records: Outgoing) -> None:
        await self.publisher.publish(records)

    async def publish_numbers(self, numbers: Sequence[int], key: str = "k") -> None:
        await self.publish(*(self.record(number, key) for number in numbers))

    async def ask(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """As somebody who looks on: the sessions of the consumer's pool may be ended by the test."""
        connection = await asyncpg.connect(self.schema.owner_dsn)
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def effects(self) -> list[str]:
        return [row["event_id"] for row in await self.ask("SELECT event_id FROM effect ORDER BY id")]

    async def until_effects(self, count: int) -> list[str]:
        async def there() -> bool:
            return len(await self.effects()) >= count

        await until(there, f"{count} effects")
        return await self.effects()

    async def stored(self) -> int:
        """How many messages the group has put behind it."""
        (row,) = await self.ask(
            "SELECT coalesce(sum(next), 0) AS stored FROM consumer_offset WHERE consumer_group = $1", self.group
        )
        return int(row["stored"])

    async def until_stored(self, count: int) -> None:
        async def there() -> bool:
            return await self.stored() == count

        await until(there, f"{count} messages are behind the group")

    async def letters(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("SELECT * FROM outbox ORDER BY id")


@pytest_asyncio.fixture
async def scene(pool: Pool, empty_schema: Schema, kafka: str) -> AsyncIterator[Scene]:
    topic = fresh_name("consumed")
    watch = ClusterWatch(kafka, [TopicSpec(topic, PARTITIONS, {})])
    publisher = Publisher(kafka, client_id="tests")
    async with at_work(watch):
        await watch.cluster_id()
        yield Scene(pool, empty_schema, kafka, topic, watch, publisher)
    await publisher.close()


async def test_every_message_has_its_effect_once_and_each_keys_in_order(scene: Scene) -> None:
    async with at_work(scene.consumer()):
        for start in range(0, 600, 150):
            await scene.publish(*(scene.record(n, f"k{n % 7}") for n in range(start, start + 150)))
        effects = await scene.until_effects(600)
    assert Counter(effects) == {f"k{n % 7}-{n}": 1 for n in range(600)}
    for key in range(7):
        numbers = [int(effect.partition("-")[2]) for effect in effects if effect.startswith(f"k{key}-")]
        assert numbers == sorted(numbers)
    assert await scene.stored() == 600


async def test_a_slice_has_a_largest_size(scene: Scene) -> None:
    sizes: list[int] = []

    async def note(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        sizes.append(len(messages))
        await write_effects(connection, messages)

    await scene.publish_numbers(range(95))
    async with at_work(scene.consumer(note, slice_max=10)):
        await scene.until_effects(95)
    assert max(sizes) == 10


async def test_a_handler_is_given_the_event_its_key_and_its_exact_bytes(scene: Scene) -> None:
    given: list[Message[Thing]] = []

    async def note(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        given.extend(messages)

    await scene.publish(Outgoing(scene.topic, b"k", b'{"number": 5,  "key":"k"}', headers_of("e")))
    async with at_work(scene.consumer(note)):
        await scene.until_stored(1)
    (message,) = given
    assert message.attributes == decode(headers_of("e"))
    assert (message.data, message.raw, message.key) == (Thing(key="k", number=5), b'{"number": 5,  "key":"k"}', "k")


async def test_types_that_share_a_handler_keep_their_order_among_each_other(scene: Scene) -> None:
    handlers = {type_: Handler(Thing, write_effects) for type_ in ("thing.opened", "thing.closed")}
    consumer = parts.consumer(scene.pool, scene.watch, scene.kafka, scene.topic, handlers, group=scene.group)
    types = ["thing.opened", "thing.closed", "thing.closed", "thing.opened"] * 5
    await scene.publish(*(scene.record(n, type_=type_) for n, type_ in enumerate(types)))
    async with at_work(consumer):
        assert await scene.until_effects(20) == [f"k-{n}" for n in range(20)]


async def test_a_type_that_nobody_handles_is_passed_over(scene: Scene) -> None:
    await scene.publish(scene.record(1), scene.record(2, type_="thing.invented.in.2031"), scene.record(3))
    async with at_work(scene.consumer()):
        await scene.until_stored(3)
    assert await scene.effects() == ["k-1", "k-3"]
    assert await scene.letters() == []


async def test_whoever_is_woken_after_the_commit_finds_it_committed(scene: Scene) -> None:
    found: list[asyncio.Task[list[str]]] = []
    consumer = scene.consumer(after_commit=lambda: found.append(asyncio.create_task(scene.effects())))
    await scene.publish_numbers(range(3))
    async with at_work(consumer):
        await scene.until_stored(3)
    assert (await found[0])[:1] == ["k-0"]


async def test_a_consumer_that_is_stopped_finishes_the_slice_it_has_begun(scene: Scene) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
        begun.set()
        await go_on.wait()
        await write_effects(connection, messages)

    await scene.publish_numbers(range(5))
    consumer = scene.consumer(slowly)
    async with at_work(consumer):
        await begun.wait()
        consumer.stop()
        go_on.set()
    assert len(await scene.effects()) == await scene.stored() > 0


async def test_a_consumer_that_starts_anew_goes_on_where_the_last_one_stood(scene: Scene) -> None:
    await scene.publish_numbers(range(10))
    async with at_work(scene.consumer()):
        await scene.until_effects(10)
    await scene.publish_numbers(range(10, 20))
    async with at_work(scene.consumer()):
        await scene.until_effects(20)
    assert await scene.effects() == [f"k-{n}" for n in range(20)]


class TestACrashAroundTheCommit:
    """The offset is stored in the transaction of the effects, so a message is redelivered or behind us, never both."""

    FORGETFUL = """
        SELECT p.topic, p.partition
        FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS p (topic, partition, start, next_after)
        WHERE $1 <> ''
    """

    async def crash(self, scene: Scene, make_pool: PoolMaker, cut: Cut) -> list[str]:
        proxy = PostgresProxy(scene.schema.dsn)
        async with proxy.running():
            through = await make_pool(proxy.dsn)
            await scene.publish_numbers(range(20))
            proxy.cut = cut
            async with at_work(scene.consumer(through=through)):
                await until(lambda: proxy.cut is None, "a COMMIT was cut off")
                await scene.publish_numbers(range(20, 30))
                return await scene.until_effects(30)

    @pytest.mark.parametrize("cut", ["before", "after"])
    async def test_every_effect_is_there_once(self, scene: Scene, make_pool: PoolMaker, cut: Cut) -> None:
        assert await self.crash(scene, make_pool, cut) == [f"k-{n}" for n in range(30)]

    async def test_without_the_offset_in_the_transaction_effects_are_doubled_and_are_seen(
        self, scene: Scene, make_pool: PoolMaker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        forgetful = Query("advance_offsets", inbox.queries.advance_offsets.params, self.FORGETFUL)
        monkeypatch.setitem(inbox.queries._queries, "advance_offsets", forgetful)
        assert Counter(await self.crash(scene, make_pool, "after"))["k-0"] > 1


class Zombie(Consumer):
    """Kafka has given its partitions to another one already, and it does not know: a group of its own does that."""

    def _make(self) -> AIOKafkaConsumer:
        consumer = super()._make()
        consumer._group_id = fresh_name("zombie")
        return consumer


async def until_it_holds_every_partition(consumer: Consumer) -> None:
    await until(lambda: len(consumer._next) == PARTITIONS, "the consumer holds every partition")


class TestAZombie:
    """Two consumers that hold the same position of the same partition: only one applies a message."""

    WITHOUT_THE_CONDITION = """
        UPDATE consumer_offset AS o SET next = p.next_after
        FROM unnest($2::text[], $3::int[], $4::bigint[], $5::bigint[]) AS p (topic, partition, start, next_after)
        WHERE o.consumer_group = $1 AND o.topic = p.topic AND o.partition = p.partition
        RETURNING o.topic, o.partition
    """

    async def both(self, scene: Scene, watcher: Watcher, count: int) -> Metrics:
        first = True

        async def let_the_other_one_run_into_the_fence(
            connection: Connection, messages: Sequence[Message[Thing]]
        ) -> None:
            nonlocal first
            if first:
                first = False
                await watcher.until_blocked()
            await write_effects(connection, messages)

        metrics = Metrics()
        rivals = [
            scene.consumer(let_the_other_one_run_into_the_fence, kind=kind, metrics=metrics)
            for kind in (Consumer, Zombie)
        ]
        async with at_work(*rivals):
            for rival in rivals:
                await until_it_holds_every_partition(rival)
            await scene.publish_numbers(range(10))
            await scene.until_effects(10)
            await scene.publish_numbers(range(10, 20))
            await scene.until_effects(count)
        return metrics

    async def test_is_fenced_and_every_effect_is_there_once(self, scene: Scene, watcher: Watcher) -> None:
        metrics = await self.both(scene, watcher, 20)
        assert await scene.effects() == [f"k-{n}" for n in range(20)]
        assert metrics.counter("partitions_fenced", "", group=scene.group).value >= 1

    async def test_without_the_fences_condition_doubles_effects_and_is_seen(
        self, scene: Scene, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        broken = Query("advance_offsets", inbox.queries.advance_offsets.params, self.WITHOUT_THE_CONDITION)
        monkeypatch.setitem(inbox.queries._queries, "advance_offsets", broken)
        await self.both(scene, watcher, 21)
        assert max(Counter(await scene.effects()).values()) == 2


class TestARedelivery:
    """A relay may publish the same event twice, at two offsets: the fence can't see that, the natural key does."""

    async def redeliver(self, scene: Scene, apply: Callable[..., Awaitable[None]]) -> list[str]:
        await scene.publish_numbers([1, 2, 2, 3, 1])
        async with at_work(scene.consumer(apply)):
            await scene.until_stored(5)
        return await scene.effects()

    async def test_has_no_effect_where_the_natural_key_is_asked(self, scene: Scene) -> None:
        async def once(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            ids = [message.attributes.id for message in messages]
            known = {row["event_id"] for row in await connection.fetch(
                "SELECT event_id FROM effect WHERE event_id = ANY ($1)", ids)}  # fmt: skip
            fresh = {one.attributes.id: one for one in messages if one.attributes.id not in known}
            await write_effects(connection, list(fresh.values()))

        assert await self.redeliver(scene, once) == ["k-1", "k-2", "k-3"]

    async def test_has_its_effect_again_where_it_is_not_and_is_seen(self, scene: Scene) -> None:
        assert await self.redeliver(scene, write_effects) == ["k-1", "k-2", "k-2", "k-3", "k-1"]


class TestPoison:
    """A message that can never be handled: its neighbours are applied, and it is buried with the reason."""

    async def bury(self, scene: Scene, poison: Outgoing, apply: Callable[..., Awaitable[None]] = write_effects) -> Any:
        await scene.publish(scene.record(1), poison, scene.record(3))
        async with at_work(scene.consumer(apply)):
            await scene.until_stored(3)
        assert await scene.effects() == ["k-1", "k-3"]
        (letter,) = await scene.letters()
        assert letter["topic"] == f"{scene.topic}.dlq"
        assert letter["data"] == (poison.value or b"")
        assert letter["headers"]["dlq_topic"] == scene.topic
        assert letter["headers"]["dlq_offset"] == "1"
        assert letter["headers"]["dlq_group"] == scene.group
        assert letter["tenant"] is None
        return letter

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (b"{not json", "json_invalid"),
            (b"", "json_invalid"),
            (b"\xff\xfe", "json_invalid"),
            (b'{"key": "k"}', "missing"),
            (b'{"key": "k", "number": "many"}', "int_parsing"),
            (b"[" * 10_000, "json_invalid"),
            (b'{"key": "k", "number": -1}', "CheckViolationError"),
            (b'{"key": "k", "number": 4000000000}', "DataError"),
            (None, "json_invalid"),
        ],
        ids=lambda value: repr(value)[:30],
    )
    async def test_bytes_that_are_no_such_event(self, scene: Scene, value: bytes, reason: str) -> None:
        letter = await self.bury(scene, Outgoing(scene.topic, b"k", value, headers_of("poison")))
        assert letter["event_id"] == "poison"
        assert letter["type"] == TYPE
        assert reason in letter["headers"]["dlq_reason"]

    @pytest.mark.parametrize(
        "headers",
        [
            [],
            [("ce_id", None)],
            [*headers_of("poison")[:-2], ("ce_time", b"yesterday")],
            [(name, b"\x00\xff" if name.startswith("ce_") else value) for name, value in headers_of("poison")],
            [(name, None) for name, _ in headers_of("poison")],
        ],
        ids=["none", "null", "no time", "NUL and not UTF-8", "all null"],
    )
    async def test_headers_that_are_no_cloud_event(self, scene: Scene, headers: Headers) -> None:
        letter = await self.bury(scene, Outgoing(scene.topic, b"k", b"{}", headers))
        assert "not a CloudEvent" in letter["headers"]["dlq_reason"]
        assert letter["event_id"]

    async def test_a_key_that_is_no_text(self, scene: Scene) -> None:
        await scene.publish(Outgoing(scene.topic, b"\x00\xff", b'{"key": "k", "number": 2}', headers_of("poison")))
        async with at_work(scene.consumer()):
            await scene.until_stored(1)
        (letter,) = await scene.letters()
        assert letter["key"] == "��"

    @pytest.mark.parametrize("error", [Reject("no such thing"), KeyError("a bug\x00 of ours"), ValueError("\ud800")])
    async def test_a_handler_that_refuses_or_fails(self, scene: Scene, error: Exception) -> None:
        async def refuse_two(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            await write_effects(connection, messages)
            if any(message.data.number == 2 for message in messages):
                raise error

        letter = await self.bury(scene, scene.record(2), refuse_two)
        assert type(error).__name__ in letter["headers"]["dlq_reason"]

    async def test_the_reason_does_not_repeat_what_the_message_said(self, scene: Scene) -> None:
        value = b'{"key": ["4242424242424242"], "number": "4242424242424242"}'
        letter = await self.bury(scene, Outgoing(scene.topic, b"k", value, headers_of("poison")))
        assert "4242" not in str(letter["headers"])

    async def test_many_poisoned_messages_are_all_buried_and_all_others_applied(self, scene: Scene) -> None:
        await scene.publish_numbers([n if n % 3 else -n - 1 for n in range(60)])
        async with at_work(scene.consumer()):
            await scene.until_stored(60)
        assert await scene.effects() == [f"k-{n}" for n in range(60) if n % 3]
        assert len(await scene.letters()) == 20

    async def test_a_crash_while_burying_buries_once(self, scene: Scene, make_pool: PoolMaker) -> None:
        proxy = PostgresProxy(scene.schema.dsn)
        async with proxy.running():
            through = await make_pool(proxy.dsn)
            for cut in ("before", "after"):
                proxy.cut = cut
                await scene.publish_numbers([1, -2, 3])
                async with at_work(scene.consumer(through=through)):
                    await until(lambda: proxy.cut is None, "a COMMIT was cut off")
                    await scene.until_stored(3 if cut == "before" else 6)
        assert await scene.effects() == ["k-1", "k-3"] * 2
        assert len(await scene.letters()) == 2

    async def test_the_largest_message_that_kafka_takes_still_fits_its_dead_letter_topic(self, scene: Scene) -> None:
        letters = f"{scene.topic}.dlq"
        watch = ClusterWatch(scene.kafka, [TopicSpec(letters, 1, {"max.message.bytes": str(2 * 1_048_588)})])
        large = largest_record(scene.topic)
        await scene.publish(large)
        relay = parts.relay(scene.pool, watch, scene.kafka, scene.schema.dsn)
        async with at_work(watch, relay, scene.consumer(after_commit=relay.wake)):
            await scene.until_stored(1)

            async def relayed() -> bool:
                return await scene.letters() == []

            await until(relayed, "the letter has left the outbox")
        (record,) = await read_all(scene.kafka, letters, 1)
        assert record.value == large.value
        assert b"json_invalid" in dict(record.headers)["dlq_reason"]


def largest_record(topic: str) -> Outgoing:
    """Beyond which a broker with its default settings refuses; it can't be compressed."""
    return Outgoing(topic, b"k", random.randbytes(1_047_900), headers_of("large"))


class TestTrouble:
    """What passes by itself: the consumer backs off, takes the message again, and buries nothing."""

    async def test_a_handler_that_can_not_yet_is_asked_again_in_order(self, scene: Scene) -> None:
        refusals = 0

        async def not_yet(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            nonlocal refusals
            await write_effects(connection, messages)
            if refusals < 3:
                refusals += 1
                raise Retry("not yet")

        await scene.publish_numbers(range(10))
        async with at_work(scene.consumer(not_yet)):
            effects = await scene.until_effects(10)
        assert effects == [f"k-{n}" for n in range(10)]
        assert await scene.letters() == []

    async def test_the_pauses_grow_up_to_the_longest_one_and_are_short_again_after_a_success(
        self, scene: Scene
    ) -> None:
        refusals = 0

        async def not_yet(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            nonlocal refusals
            await write_effects(connection, messages)
            if refusals < 3 or (refusals == 3 and messages[-1].data.number == 1):
                refusals += 1
                raise Retry("not yet")

        with capture_logs() as logs:
            async with at_work(scene.consumer(not_yet)):
                await scene.publish_numbers([0])
                await scene.until_effects(1)
                await scene.publish_numbers([1])
                await scene.until_effects(2)
        pauses = [line["pause_s"] for line in logs if line["event"] == "consumer.backing_off"]
        assert pauses == [0.1, 0.2, 0.2, 0.1]

    async def test_a_poisoned_message_does_not_hide_that_another_one_must_wait(self, scene: Scene) -> None:
        refusals = 0

        async def not_yet(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            nonlocal refusals
            await write_effects(connection, messages)
            if refusals < 2 and any(message.data.number == 3 for message in messages):
                refusals += 1
                raise Retry("not yet")

        await scene.publish_numbers([1, -2, 3, 4])
        async with at_work(scene.consumer(not_yet)):
            await scene.until_stored(4)
        assert await scene.effects() == ["k-1", "k-3", "k-4"]
        assert len(await scene.letters()) == 1

    async def test_a_database_that_is_away_for_a_while_loses_nothing(self, scene: Scene, make_pool: PoolMaker) -> None:
        proxy = PostgresProxy(scene.schema.dsn)
        async with proxy.running(), at_work(scene.consumer(through=await make_pool(proxy.dsn))):
            await scene.publish_numbers(range(10))
            await scene.until_effects(10)
            proxy.away = True
            proxy.drop()
            await scene.publish_numbers(range(10, 20))
            refused = proxy.refused
            await until(lambda: proxy.refused > refused + 2, "the consumer tries again and again")
            proxy.away = False
            effects = await scene.until_effects(20)
        assert effects == [f"k-{n}" for n in range(20)]
        assert await scene.letters() == []

    async def test_a_session_that_is_ended_in_the_middle_loses_nothing(self, scene: Scene, watcher: Watcher) -> None:
        ended = 0

        async def end_it(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            nonlocal ended
            await write_effects(connection, messages)
            if ended < 3:
                ended += 1
                await watcher.end("test")

        await scene.publish_numbers(range(10))
        async with at_work(scene.consumer(end_it)):
            effects = await scene.until_effects(10)
        assert effects == [f"k-{n}" for n in range(10)]
        assert await scene.letters() == []

    @pytest.mark.parametrize(
        ("spoil", "mend"),
        [
            ("REVOKE INSERT ON effect FROM processor", "GRANT INSERT ON effect TO processor"),
            ("ALTER TABLE effect RENAME TO effect_away", "ALTER TABLE effect_away RENAME TO effect"),
        ],
    )
    async def test_a_schema_that_was_not_migrated_yet_is_no_messages_fault(
        self, scene: Scene, spoil: str, mend: str
    ) -> None:
        tries = 0

        async def write(connection: Connection, messages: Sequence[Message[Thing]]) -> None:
            nonlocal tries
            tries += 1
            await write_effects(connection, messages)

        owner = await asyncpg.connect(scene.schema.owner_dsn)
        await owner.execute(spoil)
        try:
            await scene.publish_numbers(range(3))
            async with at_work(scene.consumer(write)):
                await until(lambda: tries >= 3, "the consumer tries again and again")
                await owner.execute(mend)
                effects = await scene.until_effects(3)
        finally:
            await owner.close()
        assert effects == ["k-0", "k-1", "k-2"]
        assert await scene.letters() == []


class TestPositions:
    async def test_a_cluster_that_lost_its_data_is_read_from_its_beginning(self, scene: Scene) -> None:
        await scene.pool.execute(
            "INSERT INTO consumer_offset SELECT $1, $2, n, 1000, 'the wiped cluster' FROM generate_series(0, 1) AS n",
            scene.group, scene.topic,
        )  # fmt: skip
        await scene.publish_numbers(range(5))
        async with at_work(scene.consumer()):
            assert await scene.until_effects(5) == [f"k-{n}" for n in range(5)]

    async def test_a_gap_that_shows_once_is_not_believed(self, scene: Scene) -> None:
        """Something fetched before a seek: the consumer asks once more for what it has not had."""
        await scene.publish_numbers(range(10))
        consumer = scene.consumer()
        kafka = AIOKafkaConsumer(bootstrap_servers=scene.kafka, auto_offset_reset="earliest")
        await kafka.start()
        kafka.assign([TopicPartition(scene.topic, number) for number in range(PARTITIONS)])
        cluster_id = await scene.watch.cluster_id()
        try:
            await consumer._take(kafka, {}, cluster_id)
            (full,) = [place for place, end in (await kafka.end_offsets(kafka.assignment())).items() if end]
            kafka.seek(full, 6)
            await consumer._take(kafka, await fetched(kafka), cluster_id)
            assert await scene.effects() == []
            await consumer._take(kafka, await fetched(kafka), cluster_id)
            assert await scene.effects() == [f"k-{n}" for n in range(10)]
        finally:
            await kafka.stop()

    async def test_a_gap_that_stays_is_believed(self, scene: Scene) -> None:
        """Retention has removed the beginning."""
        await scene.publish_numbers(range(10))
        admin = AIOKafkaAdminClient(bootstrap_servers=scene.kafka)
        await admin.start()
        for number in range(PARTITIONS):
            place = TopicPartition(scene.topic, number)
            if [r for r in await read_all(scene.kafka, scene.topic, PARTITIONS) if r.partition == number]:
                await admin.delete_records({place: RecordsToDelete(before_offset=4)})
        await admin.close()
        async with at_work(scene.consumer()):
            assert await scene.until_effects(6) == [f"k-{n}" for n in range(4, 10)]


async def fetched(kafka: AIOKafkaConsumer) -> Any:
    return await until(lambda: kafka.getmany(timeout_ms=100), "records are fetched")


class TestTwoConsumersOfOneGroup:
    @pytest.fixture(autouse=True)
    def beat_often(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The least that a broker takes: a member learns of a rebalance with its next heartbeat."""
        monkeypatch.setattr("chassis.consumer.SESSION_TIMEOUT_MS", 6000)

    async def test_share_the_partitions_and_hand_them_over_with_every_effect_once(self, scene: Scene) -> None:
        first, second = scene.consumer(), scene.consumer()
        async with at_work(first):
            published = await publish_more(scene, 0)
            await scene.until_effects(published)
            async with at_work(second):
                while not len(first._next) == len(second._next) == 1:
                    published = await publish_more(scene, published)
                published = await publish_more(scene, published)
                first.stop()
                published = await publish_more(scene, published)
                await scene.until_effects(published)
        assert Counter(await scene.effects()) == {f"k{n % 7}-{n}": 1 for n in range(published)}

    async def test_a_restarted_slot_gets_its_own_partitions_back_with_every_effect_once(self, scene: Scene) -> None:
        other = scene.consumer(slot_id="slot-1")
        async with at_work(other):
            async with at_work(scene.consumer(slot_id="slot-0")):
                published = await publish_more(scene, 0)
                await until(lambda: len(other._next) == 1, "each has one of the two partitions")
                published = await publish_more(scene, published)
            kept = set(other._next)
            async with at_work(scene.consumer(slot_id="slot-0")):
                published = await publish_more(scene, published)
                await scene.until_effects(published)
                assert set(other._next) == kept, "nothing was handed over"
        assert Counter(await scene.effects()) == {f"k{n % 7}-{n}": 1 for n in range(published)}


async def publish_more(scene: Scene, published: int) -> int:
    """A hundred further messages; how many there are then."""
    await scene.publish(*(scene.record(n, f"k{n % 7}") for n in range(published, published + 100)))
    return published + 100


async def test_a_bug_outside_of_every_handler_ends_the_consumer(scene: Scene) -> None:
    class Broken(Consumer):
        def _moves(self, records: Any) -> Any:
            raise KeyError("a bug of ours")

    consumer = scene.consumer(kind=Broken)
    await scene.publish_numbers([1])
    with pytest.raises(KeyError):
        await asyncio.wait_for(consumer.run(), 30)
    assert await scene.effects() == []
