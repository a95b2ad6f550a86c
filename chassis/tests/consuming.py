"""A topic, a group and a table of effects, for the tests of the consumer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import orjson
from pydantic import BaseModel

from chassis.cloudevents import Headers, encode
from chassis.consumer import Consumer, Handler, Message
from chassis.kafka import ClusterWatch, Outgoing, Publisher, TopicSpec
from chassis.pg import Connection, Pool
from chassis.tests import parts
from chassis.tests.conftest import Schema
from chassis.tests.parts import at_work
from chassis.tests.samples import AT, TYPE, fresh_name
from chassis.tests.waiting import until

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
    onlooker: "asyncpg.Connection[asyncpg.Record]"
    """A session that no test ends."""
    schema: Schema
    kafka: str
    topic: str
    watch: ClusterWatch
    publisher: Publisher
    group: str = field(default_factory=lambda: fresh_name("group"))
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The onlooker's connection answers one question at a time, and a test may ask two."""

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

    async def effects(self) -> list[str]:
        async with self.looking:
            rows = await self.onlooker.fetch("SELECT event_id FROM effect ORDER BY id")
        return [row["event_id"] for row in rows]

    async def until_effects(self, count: int) -> list[str]:
        async def there() -> bool:
            return len(await self.effects()) >= count

        await until(there, f"{count} effects")
        return await self.effects()

    async def stored(self) -> int:
        """How many messages the group has put behind it."""
        async with self.looking:
            (row,) = await self.onlooker.fetch(
                "SELECT coalesce(sum(next), 0) AS stored FROM consumer_offset WHERE consumer_group = $1", self.group
            )
        return int(row["stored"])

    async def until_stored(self, count: int) -> None:
        async def there() -> bool:
            return await self.stored() == count

        await until(there, f"{count} messages are behind the group")

    async def letters(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("SELECT * FROM outbox ORDER BY id")


@contextlib.asynccontextmanager
async def set_up(pool: Pool, schema: Schema, kafka: str) -> AsyncIterator[Scene]:
    topic = fresh_name("consumed")
    watch = ClusterWatch(kafka, [TopicSpec(topic, PARTITIONS, {})])
    publisher = Publisher(kafka, client_id="tests")
    onlooker = await asyncpg.connect(schema.owner_dsn)
    async with at_work(watch):
        await watch.cluster_id()
        yield Scene(pool, onlooker, schema, kafka, topic, watch, publisher)
    await publisher.close()
    await onlooker.close()
