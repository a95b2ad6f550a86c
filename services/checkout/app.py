"""The checkout's composition root."""

from functools import partial
from pathlib import Path

from chassis import counts, idempotency
from chassis.cipher import Cipher
from chassis.http import Route
from chassis.internal import internal_only
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.once import Once
from chassis.partitions import PartitionedTable
from chassis.runtime import Runtime
from chassis.sweep import Sweep
from contracts import ids
from contracts.topics import MERCHANT_EVENTS, TOPICS, dead_letter_name
from services.checkout.assets import Assets
from services.checkout.bootstrap import Bootstraps
from services.checkout.handlers import HANDLERS
from services.checkout.orders import Orders
from services.checkout.page import Pages
from services.checkout.routes.files import FileRoutes, file_routes
from services.checkout.routes.health import HealthRoutes, health_routes
from services.checkout.routes.pages import PageRoutes, page_routes
from services.checkout.routes.sessions import SessionRoutes, session_routes
from services.checkout.routes.settings import SettingsRoutes, settings_routes
from services.checkout.routes.upi import UpiRoutes, upi_routes
from services.checkout.sessions import Sessions
from services.checkout.settings import PORT, Settings
from services.checkout.upi import UpiApp

NAME = "checkout"
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (PartitionedTable("session", lambda at: ids.id_floor(ids.CHECKOUT_SESSION, at)),)
ROOT = Path(__file__).resolve().parents[2]


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service=NAME, folder=MIGRATIONS, partitioned=PARTITIONED
    )


def make_routes(runtime: Runtime[Settings], orders: Orders) -> list[Route]:
    """All of the HTTP."""
    settings, pool, clock = runtime.settings, runtime.pool, runtime.clock
    test_mode = settings.test_mode
    assets = Assets(ROOT / settings.ui_dist_dir)
    upi = UpiApp(settings.checkout_public_url) if test_mode else None
    bootstraps = Bootstraps(api_url=settings.public_url, test_mode=test_mode, upi=upi)
    pages = PageRoutes(pool, clock, orders, assets, Pages(settings), bootstraps, test_mode=test_mode)
    encryption_key = settings.encryption_key.get_secret_value()
    once = Once(pool, clock, Cipher(encryption_key), encryption_key, docs_url=settings.docs_url)
    sessions = Sessions(public_url=settings.checkout_public_url, life=settings.life)
    internal = internal_only(settings.internal_token)
    return [
        *page_routes(pages),
        *file_routes(FileRoutes(assets, sdk_max_age_s=settings.sdk_max_age_s)),
        *(upi_routes(UpiRoutes(pool, clock, orders, upi)) if upi is not None else ()),
        *session_routes(SessionRoutes(pool, clock, orders, sessions, once), internal),
        *settings_routes(SettingsRoutes(pool, origins_max=settings.allowed_origins_max, test_mode=test_mode), internal),
        *health_routes(HealthRoutes(runtime, orders)),
    ]


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
        publishes=False,
    )
    # Nothing of it is published.
    sweep = Sweep(
        runtime.pool,
        [counts.fold, idempotency.forget_expired(runtime.clock)],
        every_s=settings.sweep_every_s,
        after_commit=lambda: None,
    )
    await runtime.run(
        routes=make_routes(runtime, orders),
        workers=[consumer, sweep],
        only=only,
        default_port=PORT,
        cleanup=orders.close,
    )
