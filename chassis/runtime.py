"""What every service is composed of, made from its settings: the first lines of each `app.py`."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from aiohttp import web

from chassis import pg
from chassis.batcher import Batcher
from chassis.clock import Clock, SystemClock
from chassis.consumer import Consumer, ConsumerConfig, Handler
from chassis.health import postgres_answers, probe_routes
from chassis.http import HttpConfig, HttpKit, Route
from chassis.internal import internal_only
from chassis.kafka import ClusterWatch, Publisher, TopicSpec
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.progress import Worker
from chassis.queues import queue_route
from chassis.relay import Relay
from chassis.service import run_service
from chassis.settings import ServiceSettings

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Settings = TypeVar("Settings", bound=ServiceSettings)


class Runtime(Generic[Settings]):
    """The parts of one process. `only` = "http" or "worker" splits a service into processes; None runs both."""

    def __init__(self, service: str, settings: Settings, pool: Pool, *, topics: Sequence[TopicSpec]) -> None:
        self.service = service
        self.settings = settings
        self.pool = pool
        self.clock: Clock = SystemClock()
        self.metrics = Metrics()
        self.wide = WideLog(service)
        self.watch = ClusterWatch(settings.kafka_bootstrap_servers, topics)
        self.publisher = Publisher(
            settings.kafka_bootstrap_servers, client_id=settings.slot_id or service, watch=self.watch
        )
        self.http = HttpKit(
            HttpConfig(settings.request_body_max_bytes, settings.request_timeout_s, settings.docs_url),
            metrics=self.metrics,
            wide=self.wide,
        )
        self.relay = Relay(
            service=service,
            dsn=settings.database_url.get_secret_value(),
            pool=pool,
            publisher=self.publisher,
            watch=self.watch,
            clock=self.clock,
            metrics=self.metrics,
            poll_s=settings.outbox_poll_s,
            batch_max=settings.outbox_batch_max,
            republish_h=settings.outbox_republish_h,
        )
        self._batchers: list[Batcher[Any, Any]] = []

    @classmethod
    async def start(cls, service: str, settings: Settings, *, topics: Sequence[TopicSpec]) -> "Runtime[Settings]":
        """Connect to Postgres and put the parts together. Nothing runs before `run`."""
        pool = await pg.connect_pool(
            settings.database_url.get_secret_value(), name=service, max_size=settings.pool_max_size
        )
        return cls(service, settings, pool, topics=topics)

    def batcher(
        self, name: str, execute: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]], *, lanes_max: int = 1
    ) -> Batcher[Item, Answer]:
        """Group commits with the service's limits, drained before the process ends."""
        batcher = Batcher(
            execute,
            name=name,
            metrics=self.metrics,
            batch_max=self.settings.batch_max,
            queue_max=self.settings.batch_queue_max,
            lanes_max=lanes_max,
        )
        self._batchers.append(batcher)
        return batcher

    def consumer(
        self,
        topics: Sequence[str],
        handlers: Mapping[str, Handler],
        *,
        dead_letter_topic: Callable[[str], str],
        new_event_id: Callable[[], str],
        group: str | None = None,
        publishes: bool = True,
        after_commit: Callable[[], None] | None = None,
        after_rollback: Callable[[], None] | None = None,
    ) -> Consumer:
        """A consumer of these topics in the service's own group; wakes the relay after each commit, unless it
        `publishes` nothing but now and then: then the relay finds that by itself, OUTBOX_POLL_S later at most.

        `after_rollback` is for what handlers remember in memory of a transaction that came to nothing (or whose
        COMMIT was not answered).
        """

        def committed() -> None:
            if publishes:
                self.relay.wake()
            if after_commit is not None:
                after_commit()

        config = ConsumerConfig(
            bootstrap=self.settings.kafka_bootstrap_servers,
            group=group or self.service,
            topics=tuple(topics),
            slot_id=self.settings.slot_id,
            batch_max=self.settings.consumer_batch_max,
            slice_max=self.settings.consumer_slice_max,
            backoff_max_s=self.settings.consumer_backoff_max_s,
            dead_letter_topic=dead_letter_topic,
            new_event_id=new_event_id,
        )
        return Consumer(
            config,
            handlers,
            pool=self.pool,
            watch=self.watch,
            clock=self.clock,
            metrics=self.metrics,
            wide=self.wide,
            after_commit=committed,
            after_rollback=after_rollback or (lambda: None),
        )

    async def connections(self) -> dict[str, bool]:
        """What the process is connected to."""
        return {"database": await postgres_answers(self.pool), "kafka": self.watch.connected}

    async def run(
        self,
        *,
        routes: Sequence[Route],
        workers: Sequence[Worker],
        only: str | None,
        default_port: int,
        serving: Sequence[Worker] = (),
        requires: Sequence[str] = ("database",),
        cleanup: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Serve and work until told to stop, then close what was opened. `serving` are workers that the routes need.

        `requires` names the connections without which `/ready` is 503. Serving requests needs Postgres alone: the
        outbox waits for Kafka.
        """
        # The relay and the cluster watch run with either half: requests have events to publish, too.
        running: list[Worker] = [self.wide, self.watch, self.relay]
        running += [*(serving if only != "worker" else ()), *(workers if only != "http" else ())]
        shown = [*routes] if only != "worker" else []
        app: web.Application = self.http.application(
            [
                *shown,
                queue_route(self.pool, self.watch, self.clock, internal_only(self.settings.internal_token)),
                *probe_routes(workers=running, connections=self.connections, required=requires, metrics=self.metrics),
            ]
        )
        try:
            await run_service(
                name=self.service,
                app=app,
                host=self.settings.host,
                ports=self._ports(default_port),
                workers=running,
                grace_s=self.settings.shutdown_grace_s,
                drain=self._drain,
            )
        finally:
            if cleanup is not None:
                await cleanup()
            # A connection that somebody still holds must not keep the process from ending.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.pool.close(), self.settings.shutdown_grace_s)

    def _ports(self, default: int) -> list[int]:
        """This process's own, and the one that it serves together with others."""
        own = self.settings.port or default
        return [own] if self.settings.shared_port in (0, own) else [own, self.settings.shared_port]

    async def _drain(self) -> None:
        for batcher in self._batchers:
            await batcher.idle()
