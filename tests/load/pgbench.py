"""The baseline: pgbench writing on our own tables what a payment is, in a database of its own on the stack's server.

The services know nothing of that database, so that neither relay nor audit meets rows which no payment stands behind.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.embedded.credentials import load_or_make
from deploy.embedded.postgres import INSTALL, SITE_PACKAGES
from deploy.embedded.processes import verb_environments
from deploy.embedded.stack import Stack
from deploy.provision import provision_database, run_verb
from tests.load.orders import make_orders

HERE: Final = Path(__file__).parent
PROGRAM: Final = SITE_PACKAGES / INSTALL / "bin/pgbench"
ROWS: Final = HERE / "payment_rows.sql"
ONE_STATEMENT: Final = HERE / "payment_rows_at_once.sql"
DATABASE: Final = "bench_baseline"
ORDERS: Final = 200_000
"""So many that hardly any is paid twice, as in the windows that this is compared with."""

CLIENTS: Final = (16, 32, 64)
THREADS: Final = 2
RUN_MAX_S: Final = 600.0
STATEMENT_TIMEOUT_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Written:
    """Of a window: transactions (payments) per second, by how many clients, and how many in all."""

    per_s: float
    clients: int
    count: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """A database with the api's tables and orders to pay."""

    server_url: str
    dsn: str
    database: asyncpg.Connection
    orders: int

    async def prepare(self) -> None:
        """Before each window: what relay, results and folding would have taken away by then is taken away."""
        await self.database.execute("TRUNCATE api.outbox, api.open_commands, api.count_delta")
        await self.database.execute("CHECKPOINT")

    async def window(self, seconds: int, clients: int, script: Path = ROWS) -> Written:
        """One window."""
        per_s = await run(self.dsn, script, "-T", str(seconds), clients=clients, orders=self.orders)
        return Written(per_s, clients, round(per_s * seconds))

    async def drop(self) -> None:
        """The database with all that was written."""
        await self.database.close()
        connection = await asyncpg.connect(self.server_url, timeout=10, command_timeout=STATEMENT_TIMEOUT_S)
        await connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        await connection.close()


async def make_baseline(stack: Stack, orders: int = ORDERS) -> Baseline:
    """Migrated like the stack's own; it goes with the stack."""
    credentials = load_or_make(stack.config.state_dir)
    admin_url = _elsewhere(stack.admin_url)
    await provision_database(admin_url, credentials.roles)
    own = verb_environments(stack.config, credentials)["api"]
    await run_verb("api", "migrate", {**own, "MIGRATE_DATABASE_URL": _elsewhere(own["MIGRATE_DATABASE_URL"])})
    database = await asyncpg.connect(admin_url, timeout=10, command_timeout=STATEMENT_TIMEOUT_S)
    await share_orders(database, orders)
    return Baseline(stack.admin_url, _elsewhere(stack.dsn("api")), database, orders)


async def share_orders(database: asyncpg.Connection, count: int) -> None:
    """Orders, and their ids where pgbench finds them by number."""
    made = await make_orders(database, count)
    await database.execute("CREATE TABLE api.bench_orders (number int PRIMARY KEY, id text NOT NULL)")
    await database.copy_records_to_table(
        "bench_orders", schema_name="api", records=list(enumerate(made, start=1)), columns=("number", "id")
    )
    await database.execute("GRANT SELECT ON api.bench_orders TO api")
    await database.execute("VACUUM ANALYZE")


async def run(dsn: str, script: Path, *how: str, clients: int, orders: int) -> float:
    """Transactions per second of a run of pgbench; `how` says how long it is."""
    process = await asyncio.create_subprocess_exec(
        *(str(PROGRAM), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(THREADS, clients))),
        *(*how, "-D", f"orders={orders}", "-f", str(script), dsn),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        told, complaint = await asyncio.wait_for(process.communicate(), RUN_MAX_S)
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise RuntimeError(f"pgbench ended with code {process.returncode}:\n{complaint.decode()}")
    line = next(line for line in told.decode().splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


def _elsewhere(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))
