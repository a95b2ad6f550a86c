"""Who may do what in the database: a service its own rows, its owner its own schema, nobody anything else."""

from typing import Final

import asyncpg
import pytest

from deploy.databases import Database
from deploy.schemas import ROLES, SCHEMAS
from tests.architecture.conftest import Connect
from tests.architecture.tables import APPEND_ONLY, GROWING

FORBIDDEN: Final = ("UPDATE", "DELETE", "TRUNCATE")
DDL: Final = (
    "CREATE TABLE intruder (id int)",
    "CREATE TEMPORARY TABLE intruder (id int)",
    "CREATE SCHEMA intruder",
    "CREATE FUNCTION intruder() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE schema_migration ADD COLUMN intruder int",
    "TRUNCATE schema_migration",
    "DROP TABLE schema_migration",
    "CREATE ROLE intruder",
)

_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY tablename"
_LEAVES: Final = """
SELECT c.oid, c.relname AS name FROM pg_class AS c
WHERE c.relnamespace = current_schema()::regnamespace
  AND c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1)))
"""
_MAY: Final = "SELECT has_table_privilege(current_user, $1::oid, $2)"
_COLUMN: Final = "SELECT attname FROM pg_attribute WHERE attrelid = $1 AND attnum = 1"
_POWERS: Final = """
SELECT rolname FROM pg_roles
WHERE rolname = ANY ($1::text[])
  AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR NOT rolcanlogin)
"""
_MEMBERSHIPS: Final = """
SELECT count(*) FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member WHERE r.rolname = ANY ($1::text[])
"""


async def test_no_role_has_a_power_beyond_its_schema(as_role: Connect) -> None:
    connection = await as_role("api")
    assert await connection.fetch(_POWERS, list(ROLES)) == []
    assert await connection.fetchval(_MEMBERSHIPS, list(ROLES)) == 0


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_sees_no_schema_but_its_own(as_role: Connect, migrated: Database, role: str) -> None:
    mine = role.removesuffix("_owner")
    connection = await as_role(role)
    for schema in set(SCHEMAS) - {mine}:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES, schema)]
        assert tables, f"{schema} has no tables to be refused"
        for table in tables:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f'SELECT 1 FROM "{schema}"."{table}" LIMIT 1')


@pytest.mark.parametrize("role", SCHEMAS)
@pytest.mark.parametrize("statement", DDL)
async def test_a_services_own_role_cannot_change_its_schema(as_role: Connect, role: str, statement: str) -> None:
    connection = await as_role(role)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)


@pytest.mark.parametrize(("role", "table"), APPEND_ONLY)
async def test_history_is_added_to_and_never_changed(as_role: Connect, role: str, table: str) -> None:
    connection = await as_role(role)
    leaves = await connection.fetch(_LEAVES, table)
    assert len(leaves) > 2
    for leaf in leaves:
        for right in FORBIDDEN:
            assert not await connection.fetchval(_MAY, leaf["oid"], right), f"{role} may {right} {leaf['name']}"
        column = await connection.fetchval(_COLUMN, leaf["oid"])
        change = f"UPDATE {leaf['name']} SET {column} = {column}"
        for statement in (change, f"DELETE FROM {leaf['name']}", f"TRUNCATE {leaf['name']}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    assert await connection.fetchval(_MAY, leaves[0]["oid"], "SELECT, INSERT")


def test_the_ledger_and_the_webhooks_log_are_history() -> None:
    assert {("api", "ledger_entries"), ("notifier", "message"), ("notifier", "attempt")} <= set(APPEND_ONLY)
    assert all(table in {name for name, _ in GROWING[role]} for role, table in APPEND_ONLY)
