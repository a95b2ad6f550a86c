"""Messages that can never be handled: their neighbours are applied, and they are buried with the reason."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
import pytest_asyncio

from chassis.cloudevents import Headers
from chassis.consumer import Message
from chassis.errors import Reject
from chassis.kafka import ClusterWatch, Outgoing, TopicSpec
from chassis.pg import Connection, Pool
from chassis.tests import parts
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.consuming import Scene, Thing, headers_of, set_up, write_effects
from chassis.tests.parts import at_work
from chassis.tests.proxy import PostgresProxy
from chassis.tests.reading import read_all
from chassis.tests.samples import TYPE
from chassis.tests.waiting import until


@pytest_asyncio.fixture
async def scene(pool: Pool, empty_schema: Schema, kafka: str, quick_polls: None) -> AsyncIterator[Scene]:
    async with set_up(pool, empty_schema, kafka) as scene:
        yield scene


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
        said = {name: value.decode() for name, value in headers_of("poison")}
        assert letter["headers"]["dlq_ce_time"] == said["ce_time"]
        assert letter["headers"]["dlq_ce_source"] == said["ce_source"]

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
