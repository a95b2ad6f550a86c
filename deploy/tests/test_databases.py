"""The roles and schemas that provisioning makes, and the fixtures that hand them out."""

import asyncpg
import pytest

from deploy.provision import provision_database
from deploy.schemas import SCHEMAS
from deploy.testing import PASSWORDS, Database, Databases

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
