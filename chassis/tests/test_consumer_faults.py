"""The consumer in trouble: crashes around the commit, zombies, redelivery, outages; each effect once all the same."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from structlog.testing import capture_logs

from chassis import inbox
from chassis.consumer import Consumer, Message
from chassis.errors import Retry
from chassis.metrics import Metrics
from chassis.pg import Connection, Pool
from chassis.sql import Query
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.consuming import PARTITIONS, Scene, Thing, set_up, write_effects
from chassis.tests.parts import at_work
from chassis.tests.proxy import Cut, PostgresProxy
from chassis.tests.samples import fresh_name
from chassis.tests.waiting import Watcher, until


@pytest_asyncio.fixture
async def scene(pool: Pool, empty_schema: Schema, kafka: str, quick_polls: None) -> AsyncIterator[Scene]:
    async with set_up(pool, empty_schema, kafka) as scene:
        yield scene


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
