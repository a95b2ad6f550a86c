"""The processor's composition root."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from acquirer.asking import open_acquirer
from acquirer.challenge_page import ChallengePages
from acquirer.port import Acquirer, Challenge, ChallengeAnswer
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
from contracts.topics import PAYMENT_COMMANDS, TOPICS, dead_letter_name
from services.processor.attempts import Attempts, Pace
from services.processor.handlers import handlers
from services.processor.routes import ProcessorRoutes, internal_routes
from services.processor.settings import PORT, Settings

NAME = "processor"
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (PartitionedTable("attempt", lambda at: ids.id_floor(ids.ATTEMPT, at)),)


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service=NAME, folder=MIGRATIONS, partitioned=PARTITIONED
    )


def make_attempts(runtime: Runtime[Settings], jobs: JobQueue, acquirer: Acquirer) -> Attempts:
    """The processor's work, at the pace that the settings say."""
    settings = runtime.settings
    attempts = Attempts(
        runtime.pool,
        jobs,
        acquirer,
        clock=runtime.clock,
        wide=runtime.wide,
        pace=Pace(
            delay=settings.delay,
            backoff=partial(backoff, first_s=settings.acquirer_retry_first_s, max_s=settings.acquirer_retry_max_s),
            challenge_poll=timedelta(seconds=settings.challenge_poll_s),
            dispute_delay=timedelta(milliseconds=settings.dispute_delay),
        ),
        published=runtime.relay.wake,
    )
    attempts.answers = runtime.batcher("answers", attempts.write)
    return attempts


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
    attempts = make_attempts(runtime, jobs, acquirer)
    worker = DueWorker(
        name="attempts",
        claim=attempts.claim,
        work=attempts.make,
        next_due=jobs.next_due,
        release=jobs.release,
        clock=runtime.clock,
        running_max=settings.acquirer_calls_max,
        poll_s=settings.acquirer_poll_s,
        head_start=attempts.head_start,
    )
    consumer = runtime.consumer(
        [PAYMENT_COMMANDS.name],
        handlers(attempts),
        dead_letter_topic=dead_letter_name,
        new_event_id=partial(ids.new_id, ids.EVENT),
        publishes=False,
        after_commit=attempts.head_start.committed,
        after_rollback=attempts.head_start.rolled_back,
    )

    async def record_answer(challenge_id: str, answer: ChallengeAnswer) -> Challenge | None:
        challenge = await attempts.answer_challenge(challenge_id, answer)
        worker.wake()
        return challenge

    async def close() -> None:
        await acquirer.close()
        await acquirer_pool.close()

    internal = internal_only(settings.internal_token)
    routes = [
        health_route(runtime.pool, runtime.watch, runtime.clock),
        *internal_routes(ProcessorRoutes(runtime.pool, acquirer_pool, jobs), internal),
        *ChallengePages(
            acquirer.find_challenge, record_answer, frame_ancestors=settings.challenge_frame_ancestors
        ).routes(),
    ]
    await runtime.run(
        routes=routes,
        workers=[worker, consumer],
        only=only,
        default_port=PORT,
        requires=("database", "kafka"),
        cleanup=close,
    )
