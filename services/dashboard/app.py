"""The dashboard's composition root."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chassis.http import Route
from chassis.kafka import TopicSpec
from chassis.migrate import migrate as run_migrations
from chassis.partitions import PartitionedTable
from chassis.runtime import Runtime
from chassis.sweep import Sweep
from contracts import ids
from contracts.topics import MERCHANT_EVENTS, TOPICS, dead_letter_name
from services.dashboard.assets import Assets
from services.dashboard.handlers import HANDLERS
from services.dashboard.passwords import Passwords
from services.dashboard.routes.health import HealthRoutes, health_routes
from services.dashboard.routes.login import LoginRoutes, OwnPage, login_routes
from services.dashboard.routes.pages import PageRoutes, page_routes
from services.dashboard.routes.proxy import ProxyRoutes, proxy_routes
from services.dashboard.routes.users import Operator, UserRoutes, user_routes
from services.dashboard.sessions import Sessions
from services.dashboard.settings import PORT, Settings
from services.dashboard.upstream import Upstream
from services.dashboard.users import Users

NAME = "dashboard"
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (PartitionedTable("trail", lambda at: ids.id_floor(ids.USER_ACTION, at)),)
ROOT = Path(__file__).resolve().parents[2]


async def migrate(settings: Settings) -> None:
    """The verb `migrate`."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await run_migrations(
        settings.migrate_database_url.get_secret_value(), service=NAME, folder=MIGRATIONS, partitioned=PARTITIONED
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What the routes and the sweep share."""

    passwords: Passwords
    sessions: Sessions
    upstream: Upstream

    async def close(self) -> None:
        """Let go of what is held."""
        self.passwords.close()
        await self.upstream.close()


def make_parts(runtime: Runtime[Settings]) -> Parts:
    """Streams end when the server is to end."""
    settings = runtime.settings
    passwords = Passwords(settings)
    upstream = Upstream(settings, runtime.clock)
    runtime.http.before_end(upstream.end_streams)
    return Parts(passwords, Sessions(runtime.pool, runtime.clock, passwords, settings), upstream)


def make_routes(runtime: Runtime[Settings], parts: Parts) -> list[Route]:
    """All of the HTTP. The page comes last: it answers for every address that is nobody else's."""
    settings, pool, clock = runtime.settings, runtime.pool, runtime.clock
    sessions = parts.sessions
    users = Users(pool, clock, parts.passwords, users_max=settings.users_max)
    own_page = OwnPage(settings.dashboard_public_url)
    return [
        *login_routes(LoginRoutes(pool, clock, sessions, settings), sessions, own_page),
        *user_routes(UserRoutes(pool, users), sessions, Operator(settings)),
        *proxy_routes(ProxyRoutes(pool, clock, sessions, parts.upstream), sessions),
        *health_routes(HealthRoutes(runtime, parts.upstream)),
        *page_routes(PageRoutes(Assets(ROOT / settings.ui_dist_dir), runtime.metrics)),
    ]


async def run(settings: Settings, only: str | None) -> None:
    """The verb `run`."""
    topics = [TopicSpec(topic.name, topic.partitions, topic.config) for topic in TOPICS]
    runtime = await Runtime.start(NAME, settings, topics=topics)
    parts = make_parts(runtime)
    consumer = runtime.consumer(
        [MERCHANT_EVENTS.name],
        HANDLERS,
        dead_letter_topic=dead_letter_name,
        new_event_id=partial(ids.new_id, ids.EVENT),
        publishes=False,
    )
    # Nothing of it is published.
    steps = [parts.sessions.forget, parts.sessions.forgive_old]
    sweep = Sweep(runtime.pool, steps, every_s=settings.sweep_every_s, after_commit=lambda: None)
    await runtime.run(
        routes=make_routes(runtime, parts),
        workers=[consumer, sweep],
        only=only,
        default_port=PORT,
        cleanup=parts.close,
    )
