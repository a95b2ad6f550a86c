"""Parts of a service put together for a test, and run as the service would run them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping

from chassis.clock import Clock, SystemClock
from chassis.consumer import Consumer, ConsumerConfig, Handler
from chassis.kafka import ClusterWatch, Publisher
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.progress import Worker
from chassis.relay import Relay
from chassis.tests.waiting import PATIENCE_S

NEVER_S = 3600.0
"""For a poll that must not be what made a test pass."""


@contextlib.asynccontextmanager
async def at_work(*workers: Worker) -> AsyncIterator[None]:
    """Run them, and stop them gracefully. Raises what one of them raised."""
    tasks = [asyncio.create_task(worker.run(), name=worker.name) for worker in workers]
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        _, late = await asyncio.wait(tasks, timeout=PATIENCE_S)
        for task in late:
            task.cancel()
    assert not late, f"did not stop: {late}"
    for task in tasks:
        task.result()


def relay(
    pool: Pool,
    watch: ClusterWatch,
    bootstrap: str,
    dsn: str,
    *,
    kind: type[Relay] = Relay,
    publisher: Publisher | None = None,
    clock: Clock | None = None,
    poll_s: float = 0.05,
    batch_max: int = 100,
) -> Relay:
    """The relay of a service named "tests"."""
    return kind(
        service="tests",
        dsn=dsn,
        pool=pool,
        publisher=publisher or Publisher(bootstrap, client_id="tests", watch=watch),
        watch=watch,
        clock=clock or SystemClock(),
        metrics=Metrics(),
        poll_s=poll_s,
        batch_max=batch_max,
        republish_h=24,
    )


def consumer(
    pool: Pool,
    watch: ClusterWatch,
    bootstrap: str,
    topic: str,
    handlers: Mapping[str, Handler],
    *,
    group: str,
    kind: type[Consumer] = Consumer,
    slice_max: int = 100,
    slot_id: str | None = None,
    after_commit: Callable[[], None] = lambda: None,
    metrics: Metrics | None = None,
) -> Consumer:
    """A consumer of one topic."""
    config = ConsumerConfig(
        bootstrap=bootstrap,
        group=group,
        topics=(topic,),
        slot_id=slot_id,
        batch_max=1000,
        slice_max=slice_max,
        backoff_max_s=0.2,
        dead_letter_topic=lambda name: f"{name}.dlq",
        new_event_id=lambda: "made-up",
    )
    return kind(
        config,
        handlers,
        pool=pool,
        watch=watch,
        clock=SystemClock(),
        metrics=metrics or Metrics(),
        wide=WideLog("tests"),
        after_commit=after_commit,
    )
