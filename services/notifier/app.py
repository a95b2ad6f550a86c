"""The notifier's composition root."""

import random
from datetime import timedelta
from pathlib import Path

from chassis.cipher import Cipher
from chassis.http import Route
from chassis.internal import internal_only
from chassis.kafka import Publisher, TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.once import Once
from chassis.partitions import PartitionedTable
from chassis.progress import Worker
from chassis.runtime import Runtime
from contracts import ids
from contracts.topics import MERCHANT_EVENTS, PAYMENT_EVENTS, REFUND_EVENTS, TOPICS, WEBHOOK_DISPATCH, dead_letter_name
from services.notifier.addresses import AddressPolicy
from services.notifier.breaker import BreakerRules, Breakers
from services.notifier.delay_relay import DelayRelay
from services.notifier.deliveries import Lease
from services.notifier.dispatcher import Dispatcher
from services.notifier.endpoints import Endpoints
from services.notifier.handlers import Intake
from services.notifier.health import Health, Patience
from services.notifier.lanes import Lanes
from services.notifier.retention import Retention
from services.notifier.routes.deliveries import DeliveryRoutes, delivery_routes
from services.notifier.routes.endpoints import EndpointRoutes, endpoint_routes
from services.notifier.routes.figures import FigureRoutes, figure_routes
from services.notifier.routes.merchants import OncePerKey
from services.notifier.routes.settings import SettingsRoutes, settings_routes
from services.notifier.sender import Sender
from services.notifier.settings import PORT, Settings
from services.notifier.state import GAPS_S, TEST_GAPS_S, Schedule
from services.notifier.sweeper import Rescue, make_sweep

MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (
    PartitionedTable("message", lambda at: ids.id_floor(ids.EVENT, at), append_only_for="notifier"),
    PartitionedTable("delivery", lambda at: ids.id_floor(ids.DELIVERY, at)),
    PartitionedTable("attempt", lambda at: ids.id_floor(ids.DELIVERY, at), append_only_for="notifier", months=1),
)
EVENTS = (PAYMENT_EVENTS.name, REFUND_EVENTS.name, MERCHANT_EVENTS.name)
DISPATCH_GROUP = "notifier-dispatch"


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service="notifier", folder=MIGRATIONS, partitioned=PARTITIONED
    )


def make_policy(settings: Settings) -> AddressPolicy:
    """Where webhooks may go."""
    return AddressPolicy(
        allow_private=settings.test_mode,
        blocked_ports=settings.blocked_ports,
        own_networks=settings.own_networks,
        allowed_networks=settings.allowed_networks,
        allowed_names=settings.allowed_names,
    )


def make_cipher(settings: Settings) -> Cipher:
    """What seals the secrets."""
    return Cipher(settings.encryption_key.get_secret_value())


def make_endpoints(settings: Settings) -> Endpoints:
    """The use cases of endpoints."""
    return Endpoints(
        make_cipher(settings),
        make_policy(settings),
        gaps_s=make_schedule(settings).gaps_s,
        most=settings.webhook_endpoints_max,
    )


def make_routes(runtime: Runtime[Settings]) -> list[Route]:
    """All of the internal HTTP."""
    settings = runtime.settings
    cipher = make_cipher(settings)
    once = Once(
        runtime.pool,
        runtime.clock,
        cipher,
        settings.encryption_key.get_secret_value(),
        docs_url=settings.docs_url,
    )
    pool, clock = runtime.pool, runtime.clock
    once_per_key = OncePerKey(once, published=runtime.relay.wake)
    internal = internal_only(settings.internal_token)
    endpoints = make_endpoints(settings)
    return [
        *delivery_routes(
            DeliveryRoutes(pool, clock, once_per_key, scan_max_rows=settings.list_scan_max_rows), internal
        ),
        *endpoint_routes(EndpointRoutes(pool, clock, endpoints, once_per_key), internal),
        *settings_routes(SettingsRoutes(pool, clock, endpoints, once_per_key), internal),
        *figure_routes(FigureRoutes(pool, settings.kafka_bootstrap_servers), internal),
    ]


def make_sender(runtime: Runtime[Settings]) -> Sender:
    """The HTTP client; needs the running loop."""
    settings = runtime.settings
    return Sender(
        make_cipher(settings),
        runtime.clock,
        make_policy(settings),
        timeout_s=settings.webhook_timeout_s,
        response_max_bytes=settings.webhook_response_max_bytes,
    )


def make_schedule(settings: Settings) -> Schedule:
    """The gaps between attempts; the test schedule has no jitter."""
    if settings.webhook_retry_intervals_test:
        return Schedule(TEST_GAPS_S, jitter=lambda: 0.0)
    return Schedule(GAPS_S, jitter=random.random)


def lease_length(settings: Settings) -> timedelta:
    """How long a claim holds."""
    return timedelta(seconds=settings.webhook_lease_s)


def make_breaker_rules(settings: Settings) -> BreakerRules:
    """When an endpoint is only probed."""
    return BreakerRules(
        opens_after=settings.webhook_breaker_failures,
        cooldown_first_s=settings.webhook_breaker_cooldown_s,
        cooldown_max_s=settings.webhook_breaker_cooldown_max_s,
    )


def make_intake(runtime: Runtime[Settings], dispatcher: Dispatcher, lease: Lease) -> Intake:
    """The handlers of one consumer."""
    settings = runtime.settings
    order_wait = timedelta(seconds=settings.webhook_order_wait_s)
    return Intake(dispatcher, runtime.clock, lease, make_endpoints(settings), order_wait=order_wait)


def make_health(settings: Settings) -> Health:
    """What is noted of endpoints."""
    longest = timedelta(seconds=settings.webhook_disable_after_s)
    return Health(Patience(longest, settings.webhook_disable_failures))


def make_dispatcher(runtime: Runtime[Settings], sender: Sender, lease: Lease) -> Dispatcher:
    """What sends, with its lane for results."""
    settings = runtime.settings
    lanes = Lanes(
        slots=settings.webhook_endpoint_slots,
        window_max=settings.webhook_endpoint_window,
        claims_max=settings.webhook_claims_max,
        breakers=Breakers(make_breaker_rules(settings)),
    )
    dispatcher = Dispatcher(
        runtime.pool,
        runtime.clock,
        sender,
        make_schedule(settings),
        lanes,
        lease,
        make_health(settings),
        published=runtime.relay.wake,
        metrics=runtime.metrics,
        wide=runtime.wide,
    )
    dispatcher.recorder = runtime.batcher("results", dispatcher.write)
    return dispatcher


def make_workers(runtime: Runtime[Settings], sender: Sender) -> list[Worker]:
    """Two consumers, the dispatcher that sends what they claim, the delay topics' relay, the sweeper."""
    settings = runtime.settings
    slot, holder = settings.lease_holder()
    lease = Lease(holder, lease_length(settings))
    dispatcher = make_dispatcher(runtime, sender, lease)
    events, dispatches = (make_intake(runtime, dispatcher, lease) for _ in range(2))
    consumers: list[Worker] = [
        runtime.consumer(
            topics,
            handlers,
            group=group,
            dead_letter_topic=dead_letter_name,
            new_event_id=lambda: ids.new_id(ids.EVENT),
            publishes=False,
            after_commit=intake.committed,
            after_rollback=intake.rolled_back,
        )
        for intake, group, topics, handlers in (
            (events, "notifier", EVENTS, {**events.event_handlers(), **events.merchant_handlers()}),
            (dispatches, DISPATCH_GROUP, [WEBHOOK_DISPATCH.name], dispatches.dispatch_handlers()),
        )
    ]
    relay = DelayRelay(
        settings.kafka_bootstrap_servers,
        Publisher(settings.kafka_bootstrap_servers, client_id=f"{slot}-delay", watch=runtime.watch),
        runtime.clock,
        slot_id=settings.slot_id,
        metrics=runtime.metrics,
    )
    rescue = Rescue(runtime.clock, dispatcher, lease, slot=slot, grace_s=settings.webhook_sweep_grace_s)
    retention = Retention(settings.webhook_log_retention_days)
    sweep = make_sweep(runtime.pool, runtime.clock, rescue, retention, every_s=settings.webhook_sweep_every_s)
    return [dispatcher, *consumers, relay, sweep]


async def run(settings: Settings, only: str | None) -> None:
    """The verb `run`."""
    runtime = await Runtime.start(
        "notifier", settings, topics=[TopicSpec(topic.name, topic.partitions, topic.config) for topic in TOPICS]
    )
    sender = make_sender(runtime)
    await runtime.run(
        routes=make_routes(runtime),
        workers=make_workers(runtime, sender),
        only=only,
        default_port=PORT,
        cleanup=sender.close,
    )
