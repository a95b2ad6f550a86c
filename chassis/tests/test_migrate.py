"""Migrations: forward only, each once, under a lock, by the owner alone."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from chassis import migrate as migrations
from chassis import partitions
from chassis.migrate import CHASSIS_MIGRATIONS, MigrationError, migrate, read_migrations
from chassis.partitions import PartitionedTable, month_start, quarter_start
from chassis.tests.conftest import Schema, schema_of
from chassis.tests.waiting import Watcher
from deploy.databases import Database

CHASSIS_COUNT = len(list(CHASSIS_MIGRATIONS.glob("*.sql")))
FILES = {
    "0001_create_note.sql": "CREATE TABLE note (id text PRIMARY KEY);",
    "0002_add_text.sql": "ALTER TABLE note ADD COLUMN text text; INSERT INTO note VALUES ('a', 'b');",
}


@pytest.fixture
def fresh(fresh_database: Callable[..., Database]) -> Schema:
    """A schema that was never migrated."""
    return schema_of(fresh_database())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, FILES)
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text)


async def rows(schema: Schema, query: str) -> list[tuple[object, ...]]:
    connection = await asyncpg.connect(schema.dsn)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def test_an_empty_schema_comes_to_the_newest_migration_and_stays_there(fresh: Schema, folder: Path) -> None:
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder) == CHASSIS_COUNT + 2
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder) == 0
    assert await rows(fresh, "SELECT * FROM note") == [("a", "b")]
    write(folder, {"0003_more.sql": "INSERT INTO note VALUES ('c', 'd')"})
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder) == 1
    applied = await rows(fresh, "SELECT source, version, name FROM schema_migration WHERE source = 'notes' ORDER BY 2")
    assert applied == [("notes", 1, "create_note"), ("notes", 2, "add_text"), ("notes", 3, "more")]


async def test_a_schema_may_do_without_the_chassis_tables(fresh: Schema, folder: Path) -> None:
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder, with_chassis=False) == 2
    assert await rows(fresh, "SELECT to_regclass('outbox')") == [(None,)]


async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(fresh: Schema, folder: Path) -> None:
    await migrate(fresh.owner_dsn, service="notes", folder=folder)
    write(folder, {"0001_create_note.sql": "CREATE TABLE note (id text PRIMARY KEY, more text);"})
    with pytest.raises(MigrationError, match="notes/0001_create_note was changed after it was applied"):
        await migrate(fresh.owner_dsn, service="notes", folder=folder)


async def test_a_database_that_is_ahead_of_the_code_is_refused(fresh: Schema, folder: Path) -> None:
    await migrate(fresh.owner_dsn, service="notes", folder=folder)
    (folder / "0002_add_text.sql").unlink()
    with pytest.raises(MigrationError, match="ahead of this code"):
        await migrate(fresh.owner_dsn, service="notes", folder=folder)


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_again.sql", "3_short.sql", "0003-dash.sql", "0000_zero.sql"])
def test_a_name_or_number_that_does_not_follow_is_refused(folder: Path, name: str) -> None:
    write(folder, {name: "SELECT 1"})
    with pytest.raises(MigrationError):
        read_migrations("notes", folder)


def test_a_folder_that_is_not_there_is_refused_and_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="no such folder"):
        read_migrations("notes", tmp_path / "misspelt")


async def test_a_migration_that_fails_leaves_nothing_of_itself_and_says_which_it_was(
    fresh: Schema, folder: Path
) -> None:
    write(folder, {"0003_broken.sql": "INSERT INTO note VALUES ('half', 'done'); SELECT * FROM missing;"})
    with pytest.raises(MigrationError, match='notes/0003_broken: relation "missing" does not exist'):
        await migrate(fresh.owner_dsn, service="notes", folder=folder)
    assert await rows(fresh, "SELECT id FROM note") == [("a",)]
    write(folder, {"0003_broken.sql": "INSERT INTO note VALUES ('all', 'done')"})
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder) == 1


async def test_of_several_processes_that_migrate_at_once_each_migration_is_applied_by_one(
    fresh: Schema, folder: Path
) -> None:
    runs = [migrate(fresh.owner_dsn, service="notes", folder=folder) for _ in range(4)]
    assert sorted(await asyncio.gather(*runs)) == [0, 0, 0, CHASSIS_COUNT + 2]
    assert await rows(fresh, "SELECT * FROM note") == [("a", "b")]


async def test_a_process_waits_for_another_ones_long_migration_longer_than_for_a_table(
    fresh: Schema, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "TABLE_LOCK_TIMEOUT_S", 0.05)
    monkeypatch.setattr("chassis.pg.LOCK_TIMEOUT_MS", 50)
    owner = await asyncpg.connect(fresh.owner_dsn)
    admin = await asyncpg.connect(fresh.admin_dsn)
    await owner.execute("SELECT pg_advisory_lock(hashtextextended('migrate ' || current_schema(), 0))")
    running = asyncio.create_task(migrate(fresh.owner_dsn, service="notes", folder=folder))
    await Watcher(admin).until_blocked()
    await asyncio.sleep(0.2)  # longer than a table would be waited for
    await owner.close()
    assert await running == CHASSIS_COUNT + 2
    await admin.close()


async def test_a_table_that_somebody_holds_fails_the_migration_instead_of_holding_up_everybody(
    fresh: Schema, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "TABLE_LOCK_TIMEOUT_S", 0.05)
    await migrate(fresh.owner_dsn, service="notes", folder=folder)
    write(folder, {"0003_alter.sql": "ALTER TABLE note ADD COLUMN x int"})
    reader = await asyncpg.connect(fresh.dsn)
    async with reader.transaction():
        await reader.execute("SELECT * FROM note")
        with pytest.raises(MigrationError, match="lock timeout"):
            await migrate(fresh.owner_dsn, service="notes", folder=folder)
    await reader.close()
    assert await migrate(fresh.owner_dsn, service="notes", folder=folder) == 1


async def test_a_database_that_can_not_be_reached_is_told_in_a_sentence(folder: Path) -> None:
    with pytest.raises(MigrationError, match="notes was not migrated: ConnectionRefusedError"):
        await migrate("postgresql://x:y@127.0.0.1:9/z", service="notes", folder=folder)


async def test_the_role_without_ddl_can_not_migrate_or_create(fresh: Schema, folder: Path) -> None:
    with pytest.raises(MigrationError, match="permission denied"):
        await migrate(fresh.dsn, service="notes", folder=folder)
    await migrate(fresh.owner_dsn, service="notes", folder=folder)
    connection = await asyncpg.connect(fresh.dsn)
    for ddl in ("CREATE TABLE t (id int)", "DROP TABLE note", "ALTER TABLE note ADD x int", "TRUNCATE note"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(ddl)
    await connection.close()


class TestPartitions:
    TABLE = """
        CREATE TABLE event (id text COLLATE "C" PRIMARY KEY, text text) PARTITION BY RANGE (id);
        CREATE TABLE event_default PARTITION OF event DEFAULT;
    """

    @staticmethod
    def floor(at: datetime) -> str:
        return f"e_{at:%Y%m%d}"

    @pytest.fixture
    def events(self, tmp_path: Path) -> Path:
        write(tmp_path, {"0001_create_event.sql": self.TABLE})
        return tmp_path

    async def migrate(self, schema: Schema, events: Path, table: PartitionedTable | None = None) -> int:
        partitioned = [table or PartitionedTable("event", self.floor)]
        return await migrate(
            schema.owner_dsn, service="events", folder=events, partitioned=partitioned, with_chassis=False
        )

    async def names(self, schema: Schema) -> list[str]:
        query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY 1"
        return [str(name) for (name,) in await rows(schema, query)]

    async def test_are_made_for_this_quarter_and_the_four_next(self, fresh: Schema, events: Path) -> None:
        await self.migrate(fresh, events)
        now = datetime.now(UTC)
        starts = [quarter_start(now.year, (now.month - 1) // 3 + ahead) for ahead in range(5)]
        expected = {f"event_{start.year}q{(start.month - 1) // 3 + 1}" for start in starts}
        assert set(await self.names(fresh)) == expected | {"event_default"}

    async def test_of_a_month_are_made_from_this_one_to_the_end_of_the_same_quarter(
        self, fresh: Schema, events: Path
    ) -> None:
        await self.migrate(fresh, events, PartitionedTable("event", self.floor, months=1))
        now = datetime.now(UTC)
        until = ((now.month - 1) // 3 + 5) * 3
        starts = [month_start(now.year, month) for month in range(now.month - 1, until)]
        assert len(starts) in (13, 14, 15)
        expected = {f"event_{start.year}m{start.month:02}" for start in starts}
        assert set(await self.names(fresh)) == expected | {"event_default"}

    async def test_of_a_month_leave_out_what_lies_in_one_of_a_quarter(self, fresh: Schema, events: Path) -> None:
        await self.migrate(fresh, events)
        before = await self.names(fresh)
        await self.migrate(fresh, events, PartitionedTable("event", self.floor, months=1))
        assert await self.names(fresh) == before

    async def test_are_made_once(self, fresh: Schema, events: Path) -> None:
        await self.migrate(fresh, events)
        before = await self.names(fresh)
        assert await self.migrate(fresh, events) == 0
        assert await self.names(fresh) == before

    async def test_take_the_rows_of_their_time_and_the_default_takes_all_others(
        self, fresh: Schema, events: Path
    ) -> None:
        await self.migrate(fresh, events)
        now, past, future = datetime.now(UTC), datetime(2001, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
        connection = await asyncpg.connect(fresh.dsn)
        await connection.execute(
            "INSERT INTO event SELECT id, '' FROM unnest($1::text[]) AS id",
            [self.floor(at) for at in (now, past, future)],
        )
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO event VALUES ($1, '')", self.floor(now))
        await connection.close()
        places = {row[0]: row[1] for row in await rows(fresh, "SELECT id, tableoid::regclass::text FROM event")}
        assert places[self.floor(past)] == places[self.floor(future)] == "event_default"
        assert places[self.floor(now)] == f"event_{now.year}q{(now.month - 1) // 3 + 1}"

    async def test_that_come_too_late_for_their_rows_are_left_out_and_nothing_is_lost(
        self, fresh: Schema, events: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(partitions, "QUARTERS_AHEAD", -1)
        await self.migrate(fresh, events)
        connection = await asyncpg.connect(fresh.dsn)
        await connection.execute("INSERT INTO event VALUES ($1, 'kept')", self.floor(datetime.now(UTC)))
        await connection.close()
        monkeypatch.setattr(partitions, "QUARTERS_AHEAD", 4)
        await self.migrate(fresh, events)
        assert len(await self.names(fresh)) == 5
        assert await rows(fresh, "SELECT text FROM event") == [("kept",)]

    async def test_of_an_append_only_table_can_not_be_changed_by_the_service_either(
        self, fresh: Schema, events: Path
    ) -> None:
        role = "processor"
        await self.migrate(fresh, events, PartitionedTable("event", self.floor, append_only_for=role))
        connection = await asyncpg.connect(fresh.dsn)
        for name in [name for name in await self.names(fresh) if name != "event_default"]:
            for statement in (f"UPDATE {name} SET text = ''", f"DELETE FROM {name}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        await connection.close()


@pytest.mark.parametrize(
    ("year", "quarter", "start"),
    [(2026, 0, (2026, 1)), (2026, 3, (2026, 10)), (2026, 4, (2027, 1)), (2026, 9, (2028, 4))],
)
def test_a_quarter_beyond_the_fourth_is_in_the_years_after(year: int, quarter: int, start: tuple[int, int]) -> None:
    assert quarter_start(year, quarter) == datetime(*start, 1, tzinfo=UTC)


async def test_nobody_waits_for_ever(fresh: Schema, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "RUN_TIMEOUT_S", 0.1)
    owner = await asyncpg.connect(fresh.owner_dsn)
    await owner.execute("SELECT pg_advisory_lock(hashtextextended('migrate ' || current_schema(), 0))")
    with pytest.raises(MigrationError):
        await migrate(fresh.owner_dsn, service="notes", folder=folder)
    await owner.close()
