"""The refunder's composition root."""

from functools import partial
from pathlib import Path

from acquirer.asking import open_acquirer
from acquirer.port import Acquirer
from chassis import pg
from chassis.due import DueWorker
from chassis.health import health_route
from chassis.internal import internal_only
from chassis.jobs import JobQueue, backoff
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.partitions import PartitionedTable
from chassis.runtime import Runtime
from contracts import ids
from contracts.topics import REFUND_COMMANDS, TOPICS, dead_letter_name
from services.refunder.executions import Executions
from services.refunder.handlers import handlers
from services.refunder.routes import RefunderRoutes, internal_routes
from services.refunder.settings import PORT, Settings

NAME = "refunder"
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (PartitionedTable("execution", lambda at: ids.id_floor(ids.REFUND, at)),)


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service=NAME, folder=MIGRATIONS, partitioned=PARTITIONED
    )


def make_executions(runtime: Runtime[Settings], jobs: JobQueue, acquirer: Acquirer) -> Executions:
    """The refunder's work, at the pace that the settings say."""
    settings = runtime.settings
    executions = Executions(
        runtime.pool,
        jobs,
        acquirer,
        clock=runtime.clock,
        wide=runtime.wide,
        delay=settings.delay,
        backoff=partial(backoff, first_s=settings.acquirer_retry_first_s, max_s=settings.acquirer_retry_max_s),
        published=runtime.relay.wake,
    )
    executions.answers = runtime.batcher("answers", executions.write)
    return executions


async def run(settings: Settings, only: str | None) -> None:
    """The verb `run`."""
    topics = [TopicSpec(topic.name, topic.partitions, topic.config) for topic in TOPICS]
    runtime = await Runtime.start(NAME, settings, topics=topics)
    acquirer_pool = await pg.connect_pool(
        settings.acquirer_database_url.get_secret_value(),
        name=f"{NAME}-acquirer",
        max_size=settings.acquirer_pool_max_size,
    )
    acquirer = open_acquirer(
        settings, acquirer_pool, token=settings.internal_token, clock=runtime.clock, metrics=runtime.metrics
    )
    jobs = JobQueue(runtime.pool, runtime.clock, slot_id=settings.slot_id, lease_s=settings.acquirer_lease_s)
    executions = make_executions(runtime, jobs, acquirer)
    worker = DueWorker(
        name="executions",
        claim=executions.claim,
        work=executions.execute,
        next_due=jobs.next_due,
        release=jobs.release,
        clock=runtime.clock,
        running_max=settings.acquirer_calls_max,
        poll_s=settings.acquirer_poll_s,
        head_start=executions.head_start,
    )
    consumer = runtime.consumer(
        [REFUND_COMMANDS.name],
        handlers(executions),
        dead_letter_topic=dead_letter_name,
        new_event_id=partial(ids.new_id, ids.EVENT),
        publishes=False,
        after_commit=executions.head_start.committed,
        after_rollback=executions.head_start.rolled_back,
    )

    async def close() -> None:
        await acquirer.close()
        await acquirer_pool.close()

    internal = internal_only(settings.internal_token)
    routes = [
        health_route(runtime.pool, runtime.watch, runtime.clock),
        *internal_routes(RefunderRoutes(runtime.pool, jobs), internal),
    ]
    await runtime.run(
        routes=routes,
        workers=[worker, consumer],
        only=only,
        default_port=PORT,
        requires=("database", "kafka"),
        cleanup=close,
    )
