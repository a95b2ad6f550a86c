"""Composition root of the acquirer's own process."""

from pathlib import Path

from acquirer.server import AcquirerRoutes, Failpoint
from acquirer.settings import AcquirerSettings
from acquirer.simulator import Simulator
from chassis import pg
from chassis.clock import SystemClock
from chassis.health import postgres_answers, probe_routes
from chassis.http import HttpConfig, HttpKit
from chassis.internal import internal_only
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.migrate import migrate as apply_migrations
from chassis.partitions import PartitionedTable
from chassis.service import run_service
from contracts import ids

NAME = "acquirer"
PORT = 8040
MIGRATIONS = Path(__file__).with_name("sql") / "migrations"
PARTITIONED = (
    PartitionedTable("authorisation", lambda at: ids.id_floor(ids.PAYMENT, at)),
    PartitionedTable("effect", lambda at: ids.id_floor(ids.ATTEMPT, at), label="attempt"),
    PartitionedTable("effect", lambda at: ids.id_floor(ids.REFUND, at), label="refund"),
    PartitionedTable("challenge", lambda at: ids.id_floor(ids.ATTEMPT, at)),
    PartitionedTable("call", lambda at: ids.id_floor(ids.ACQUIRER_CALL, at)),
)


async def migrate(settings: AcquirerSettings) -> None:
    """Bring the acquirer's schema up to date. It has no outbox: it is no service of ours."""
    if settings.migrate_database_url is None:
        raise ValueError("MIGRATE_DATABASE_URL is not set")
    await apply_migrations(
        settings.migrate_database_url.get_secret_value(),
        service=NAME,
        folder=MIGRATIONS,
        partitioned=PARTITIONED,
        with_chassis=False,
    )


async def run(settings: AcquirerSettings, only: str | None) -> None:
    """Serve the port until told to stop. There are no workers, so `--only worker` serves nothing but probes."""
    metrics, wide = Metrics(), WideLog(NAME)
    pool = await pg.connect_pool(settings.database_url.get_secret_value(), name=NAME, max_size=settings.pool_max_size)
    simulator = Simulator(
        pool, clock=SystemClock(), metrics=metrics, odds=settings.odds, challenges=settings.challenge_terms
    )
    failpoint = (
        Failpoint(drop_answer_after_commit=settings.failpoint_drop_answers, delay_ms=settings.failpoint_delay_ms)
        if settings.test_mode
        else None
    )
    routes = AcquirerRoutes(simulator, internal_only(settings.internal_token), failpoint=failpoint).routes()

    async def connections() -> dict[str, bool]:
        return {"database": await postgres_answers(pool)}

    kit = HttpKit(HttpConfig(settings.request_body_max_bytes, settings.request_timeout_s), metrics=metrics, wide=wide)
    shown = routes if only != "worker" else []
    probes = probe_routes(workers=[wide], connections=connections, required=("database",), metrics=metrics)
    try:
        await run_service(
            name=NAME,
            app=kit.application([*shown, *probes]),
            host=settings.host,
            ports=[settings.port or PORT],
            workers=[wide],
            grace_s=settings.shutdown_grace_s,
            drain=simulator.close,
        )
    finally:
        await pool.close()
