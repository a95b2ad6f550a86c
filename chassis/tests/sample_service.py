"""A small service, complete: `python -m chassis.tests.sample_service run | migrate`, as its tests start it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import orjson
import structlog
from pydantic import BaseModel, Field

from chassis import outbox, pg, verbs
from chassis.clock import SystemClock
from chassis.health import health_route
from chassis.http import Answer, Call, Route, json_answer
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.outbox import OutboxMessage
from chassis.progress import Progress
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings

log = structlog.get_logger()


class Settings(ServiceSettings):
    """What this service alone is told."""

    topic: str = Field("things", description="Where things are told")
    slow_s: float = Field(0.3, description="How long a slow request takes, in s")


class NewThing(BaseModel):
    id: str


class Failing:
    """A worker that fails when it is asked to."""

    name = "failing"

    def __init__(self) -> None:
        self.progress = Progress()
        self.asked = asyncio.Event()
        self.stopped = asyncio.Event()

    async def run(self) -> None:
        ended = [asyncio.create_task(event.wait()) for event in (self.asked, self.stopped)]
        await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
        if self.asked.is_set():
            raise RuntimeError("asked to fail")

    def stop(self) -> None:
        self.stopped.set()


async def migrate(settings: Settings) -> None:
    assert settings.migrate_database_url is not None
    await run_migrations(
        settings.migrate_database_url.get_secret_value(),
        service="tests",
        folder=Path(__file__).with_name("migrations"),
    )


async def run(settings: Settings, only: str | None) -> None:
    runtime = await Runtime.start("sample", settings, topics=[TopicSpec(settings.topic, 1, {})])
    failing = Failing()

    def told(one: str) -> OutboxMessage:
        data = orjson.dumps({"id": one})
        return OutboxMessage(settings.topic, one, one, "thing.made", one, runtime.clock.now(), data)

    async def write(ids: Sequence[str]) -> list[str]:
        async with pg.transaction(runtime.pool) as connection:
            await connection.execute("INSERT INTO effect (event_id) SELECT unnest($1::text[])", ids)
            now = runtime.clock.now()
            messages = [
                OutboxMessage(settings.topic, one, one, "thing.made", one, now, orjson.dumps({"id": one}))
                for one in ids
            ]
            await outbox.append(connection, messages)
        runtime.relay.wake()
        return list(ids)

    batcher = runtime.batcher("things", write)

    async def make(call: Call) -> Answer:
        return json_answer(201, {"id": await batcher.submit(call.body.id)})

    async def make_slowly(call: Call) -> Answer:
        log.info("slow.begun", id=call.body.id)
        await asyncio.sleep(settings.slow_s)
        return await make(call)

    async def fail(call: Call) -> Answer:
        failing.asked.set()
        return json_answer(202, {})

    routes = [
        Route("POST", "/things", make, "Make a thing", body=NewThing),
        Route("POST", "/things/slow", make_slowly, "Make a thing, slowly", body=NewThing),
        Route("POST", "/fail", fail, "Have a worker fail"),
        health_route(runtime.pool, runtime.watch, SystemClock()),
    ]
    await runtime.run(routes=routes, workers=[failing], only=only, default_port=0)


if __name__ == "__main__":
    verbs.main("chassis.tests.sample_service", Settings, run=run, migrate=migrate)
