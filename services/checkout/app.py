"""The checkout's composition root."""

from functools import partial
from pathlib import Path

from chassis import idempotency
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.partitions import PartitionedTable
from chassis.runtime import Runtime
from chassis.sweep import Sweep
from contracts import ids
from contracts.topics import MERCHANT_EVENTS, TOPICS, dead_letter_name
from services.checkout.handlers import HANDLERS
from services.checkout.orders import Orders
from services.checkout.routes.health import HealthRoutes, health_routes
from services.checkout.settings import PORT, Settings

NAME = "checkout"
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED: tuple[PartitionedTable, ...] = ()


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service=NAME, folder=MIGRATIONS, partitioned=PARTITIONED
    )


async def run(settings: Settings, only: str | None) -> None:
    """The verb `run`."""
    topics = [TopicSpec(topic.name, topic.partitions, topic.config) for topic in TOPICS]
    runtime = await Runtime.start(NAME, settings, topics=topics)
    orders = Orders(settings)
    consumer = runtime.consumer(
        [MERCHANT_EVENTS.name],
        HANDLERS,
        dead_letter_topic=dead_letter_name,
        new_event_id=partial(ids.new_id, ids.EVENT),
    )
    # Answers kept for a day are all there is to tidy; nothing of it is published.
    sweep = Sweep(
        runtime.pool,
        [idempotency.forget_expired(runtime.clock)],
        every_s=settings.sweep_every_s,
        after_commit=lambda: None,
    )
    await runtime.run(
        routes=health_routes(HealthRoutes(runtime, orders)),
        workers=[consumer, sweep],
        only=only,
        default_port=PORT,
        cleanup=orders.close,
    )
