"""Forward-only migrations, run by a service's `migrate` verb under its owner role, never at start-up of a replica."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import structlog

from chassis import pg
from chassis.partitions import PartitionedTable, ensure_partitions
from chassis.pg import Connection

log = structlog.get_logger()

CHASSIS_MIGRATIONS = Path(__file__).with_name("migrations")
RUN_TIMEOUT_S = 60
"""For one migration, and for the wait while another process migrates the same schema."""

TABLE_LOCK_TIMEOUT_S = 5
"""A migration that waits for a table holds up everybody who comes after it: it fails instead, and is run again."""

_FILE = re.compile(r"(?P<version>\d{4})_(?P<name>\w+)\.sql")
_LOCK = "SELECT pg_advisory_lock(hashtextextended('migrate ' || current_schema(), 0))"
_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
    source text NOT NULL,
    version int NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, version)
)
"""


class MigrationError(Exception):
    """A migration can't be applied; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file `NNNN_verb_noun.sql`; `source` tells chassis' own from the service's."""

    source: str
    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """What an applied migration is recognised by."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_migrations(source: str, folder: Path) -> list[Migration]:
    """The migrations of a folder in order. Raises MigrationError for a bad name, a gap or a missing folder."""
    if not folder.is_dir():
        raise MigrationError(f"{folder}: there is no such folder of migrations")
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: name it NNNN_verb_noun.sql")
        migrations.append(Migration(source, int(match["version"]), match["name"], path.read_text(encoding="utf-8")))
    if [migration.version for migration in migrations] != list(range(1, len(migrations) + 1)):
        raise MigrationError(f"{folder}: number the migrations 0001, 0002, … without a gap")
    return migrations


async def migrate(
    dsn: str, *, service: str, folder: Path, partitioned: Sequence[PartitionedTable] = (), with_chassis: bool = True
) -> int:
    """Bring the schema to the newest migration and make partitions for the time ahead; the number applied.

    Raises MigrationError when an applied migration was changed or is missing from the folder, when one fails, and when
    Postgres can't be reached.
    """
    wanted = read_migrations("chassis", CHASSIS_MIGRATIONS) if with_chassis else []
    wanted += read_migrations(service, folder)
    try:
        connection = await pg.connect(dsn, name=f"{service}-migrate")
        try:
            applied = await _migrate(connection, wanted, partitioned)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise MigrationError(f"{service} was not migrated: {error!r}; run it again when that is mended") from error
    log.info("migrate.done", service=service, applied=applied)
    return applied


async def _migrate(connection: Connection, wanted: Iterable[Migration], partitioned: Sequence[PartitionedTable]) -> int:
    await connection.execute(f"SET statement_timeout = '{RUN_TIMEOUT_S}s'; SET lock_timeout = 0")
    await connection.execute(_LOCK, timeout=RUN_TIMEOUT_S)
    await connection.execute(f"SET lock_timeout = '{TABLE_LOCK_TIMEOUT_S}s'")
    await connection.execute(_TABLE)
    applied = await _apply_missing(connection, wanted)
    await ensure_partitions(connection, partitioned)
    return applied


async def _apply_missing(connection: Connection, wanted: Iterable[Migration]) -> int:
    done = {
        (row["source"], row["version"]): row["checksum"]
        for row in await connection.fetch("SELECT source, version, checksum FROM schema_migration")
    }
    applied = 0
    for migration in wanted:
        known = done.pop((migration.source, migration.version), None)
        if known is None:
            await _apply(connection, migration)
            applied += 1
        elif known != migration.checksum:
            raise MigrationError(
                f"migration {migration.source}/{migration.version:04}_{migration.name} was changed after it was "
                "applied; restore the file and write a new migration instead"
            )
    if done:
        raise MigrationError(f"the database is ahead of this code by {sorted(done)}; run a newer release")
    return applied


async def _apply(connection: Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.text, timeout=RUN_TIMEOUT_S)
            await connection.execute(
                "INSERT INTO schema_migration (source, version, name, checksum) VALUES ($1, $2, $3, $4)",
                migration.source,
                migration.version,
                migration.name,
                migration.checksum,
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(
            f"migration {migration.source}/{migration.version:04}_{migration.name}: {error}"
        ) from error
