"""The roles and schemas that provisioning makes, and the fixtures that hand them out."""

import asyncpg
import pytest

from deploy.databases import PASSWORDS, Database, Databases
from deploy.provision import provision_database
from deploy.schemas import SCHEMAS

TIMEOUT_S = 10


@pytest.fixture(scope="module")
def database(databases: Databases) -> Database:
    """One for all tests of this file."""
    return databases.make()


async def connect(dsn: str) -> asyncpg.Connection:
    return await asyncpg.connect(dsn, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S)


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_the_owner_makes_tables_and_the_service_only_writes_rows(database: Database, schema: str) -> None:
    owner = await connect(database.dsn(f"{schema}_owner"))
    service = await connect(database.dsn(schema))
    try:
        await owner.execute("CREATE TABLE note (id bigint GENERATED ALWAYS AS IDENTITY, text text)")
        await service.execute("INSERT INTO note (text) VALUES ('x')")
        assert await service.fetchval("UPDATE note SET text = 'y' RETURNING text") == "y"
        assert await service.fetchval("SELECT current_schema()") == schema
        await service.execute("DELETE FROM note")
        for ddl in (
            "CREATE TABLE other (id int)",
            "DROP TABLE note",
            "TRUNCATE note",
            "CREATE TABLE public.t (id int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await service.execute(ddl)
        await owner.execute("DROP TABLE note")
    finally:
        await owner.close()
        await service.close()


async def test_no_service_reads_another_ones_rows(database: Database) -> None:
    owner = await connect(database.dsn("api_owner"))
    stranger = await connect(database.dsn("processor"))
    try:
        await owner.execute("CREATE TABLE secret (id int)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await stranger.fetch("SELECT * FROM api.secret")
        await owner.execute("DROP TABLE secret")
    finally:
        await owner.close()
        await stranger.close()


async def test_provisioning_again_changes_nothing(database: Database) -> None:
    await provision_database(database.admin_url, PASSWORDS)
    connection = await connect(database.dsn("api"))
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


async def test_a_database_is_lent_again_as_it_was_at_first(databases: Databases) -> None:
    lent = databases.borrow(seeded=True)
    owner = await connect(lent.admin_url)
    before = await rows_of(owner)
    assert before["endpoint"]
    assert before["relay_state"]
    await owner.execute("UPDATE notifier.relay_state SET position = 7; DELETE FROM notifier.endpoint")
    await owner.execute("INSERT INTO notifier.outbox (topic, key, event_id, type, subject, occurred_at, data) "
                        "VALUES ('t', 'k', 'e', 'x', 's', now(), '')")  # fmt: skip
    assert await rows_of(owner) != before
    databases.give_back(lent)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
        await owner.execute("SELECT")  # nobody is left in it
    again = databases.borrow(seeded=True)
    assert again == lent
    owner = await connect(again.admin_url)
    assert await rows_of(owner) == before
    assert await owner.fetchval("SELECT nextval(pg_get_serial_sequence('notifier.outbox', 'id'))") == 1
    await owner.close()
    databases.give_back(again)


async def rows_of(owner: asyncpg.Connection) -> dict[str, str | None]:
    names = ("endpoint", "relay_state", "outbox", "schema_migration")
    return {name: await owner.fetchval(f"SELECT json_agg(t)::text FROM notifier.{name} AS t") for name in names}


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE notifier.endpoint ADD note text",
        "REVOKE INSERT ON notifier.endpoint FROM notifier",
        "CREATE INDEX ON notifier.endpoint (secret_sealed)",
        "ALTER TABLE notifier.delivery DROP CONSTRAINT delivery_pkey CASCADE",
    ],
)
async def test_a_database_whose_tables_were_changed_is_not_lent_again(databases: Databases, change: str) -> None:
    lent = databases.borrow(seeded=True)
    owner = await connect(lent.admin_url)
    await owner.execute(change)
    await owner.close()
    databases.give_back(lent)
    other = databases.borrow(seeded=True)
    assert other != lent
    databases.give_back(other)
