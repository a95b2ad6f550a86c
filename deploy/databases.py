"""Databases for tests: copies of templates that are provisioned and migrated once, and used again once they are as new.

A copy costs a fifth of a second, more with every table; to empty what a test has filled costs a tenth of that.
"""

import asyncio
import os
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.embedded.processes import DEFAULTS, INTERNAL
from deploy.provision import migrate_and_seed, provision_database, run_verb
from deploy.schemas import ROLES, SCHEMAS

CONNECT_TIMEOUT_S: Final = 10
STATEMENT_TIMEOUT_S: Final = 60
PASSWORDS: Final = {role: f"{role}-test" for role in ROLES}
"""The same in every session, since roles belong to a server and several sessions may share one."""

SHAPE: Final = """
SELECT array_agg(told ORDER BY told) FROM (
    SELECT concat_ws(' ', 'class', count(*), max(xmin::text::bigint)) FROM pg_class UNION ALL
    SELECT concat_ws(' ', 'attribute', count(*), max(xmin::text::bigint)) FROM pg_attribute UNION ALL
    SELECT concat_ws(' ', 'constraint', count(*), max(xmin::text::bigint)) FROM pg_constraint UNION ALL
    SELECT concat_ws(' ', 'trigger', count(*), max(xmin::text::bigint)) FROM pg_trigger
) AS catalog (told)
"""
"""Another one after every change of a table, a constraint, a trigger or a right."""

FILLED: Final = """
SELECT c.oid::regclass::text AS name FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0
"""
"""The tables that have ever held a row."""

TERMINATE: Final = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
RESTART: Final = """
SELECT setval(s.seqrelid, s.seqstart, false) FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($1)
"""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Database:
    """A database of one test's own."""

    admin_url: str

    @property
    def name(self) -> str:
        """On its server."""
        return urlsplit(self.admin_url).path.lstrip("/")

    def dsn(self, role: str) -> str:
        """As a service ('api') or as the owner of its schema ('api_owner')."""
        server = urlsplit(self.admin_url).netloc.rpartition("@")[2]
        return f"postgresql://{role}:{PASSWORDS[role]}@{server}/{self.name}"

    def environments(self) -> dict[str, dict[str, str]]:
        """What each service's verbs need, with every address they may ask for."""
        keys = ("INTERNAL_TOKEN", "FINGERPRINT_KEY", "ENCRYPTION_KEY")
        urls = {f"{name.upper()}_URL": "http://127.0.0.1:9" for name in INTERNAL}
        shared = {**DEFAULTS, **os.environ, **dict.fromkeys(keys, "00" * 32), **urls}
        return {
            schema: {
                **shared,
                "DATABASE_URL": self.dsn(schema),
                "MIGRATE_DATABASE_URL": self.dsn(f"{schema}_owner"),
                "ACQUIRER_DATABASE_URL": self.dsn("acquirer"),
                "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
            }
            for schema in SCHEMAS
        }


@dataclass(frozen=True, slots=True)
class Birth:
    """What a new copy of a template is like: its catalog, and as JSON the rows of the tables that are not empty."""

    shape: list[str]
    rows: dict[str, str]


class Databases:
    """Makes databases on one server. Each is a copy of a template that is provisioned, and if asked migrated, once."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: list[str] = []
        self._template = cache(self._make_template)
        self._idle: dict[Database, list[Database]] = defaultdict(list)
        self._births: dict[Database, Birth] = {}
        self._borrowed: dict[Database, Database] = {}

    def make(self, *, migrated: bool = False) -> Database:
        """A new one with every role and schema; `migrated` runs every service's migrations and seeds in it, too."""
        return self._copy_of(self._template(seeded=migrated))

    def borrow(self, services: tuple[str, ...] = (), *, seeded: bool = False) -> Database:
        """One like new in which these services' migrations have run; or all of them and the seeds."""
        template = self._template(services, seeded=seeded)
        idle = self._idle[template]
        database = idle.pop() if idle else self._copy_of(template)
        if template not in self._births:
            self._births[template] = run_apart(_birth(database.admin_url))
        self._borrowed[database] = template
        return database

    def give_back(self, database: Database) -> None:
        """Empty it for the next one to borrow; a database whose tables were changed is dropped."""
        template = self._borrowed.pop(database)
        if run_apart(_make_as_new(database.admin_url, self._births[template])):
            self._idle[template].append(database)
        else:
            self.drop(database)

    def drop(self, database: Database) -> None:
        """Also when somebody is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')
        self._made.remove(database.name)

    def drop_all(self) -> None:
        """Everything this made."""
        for name in self._made:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _make_template(self, services: tuple[str, ...] = (), *, seeded: bool = False) -> Database:
        if seeded:
            full = self._copy_of(self._template())
            run_apart(migrate_and_seed(full.environments()))
            return full
        if services:
            some = self._copy_of(self._template())
            for service in services:
                run_apart(run_verb(service, "migrate", some.environments()[service]))
            return some
        plain = self._named(f"paygate_template_{secrets.token_hex(4)}")
        run_apart(provision_database(plain.admin_url, PASSWORDS))
        return plain

    def _copy_of(self, template: Database) -> Database:
        copy = self._named(f"paygate_test_{secrets.token_hex(6)}")
        self._execute(f'CREATE DATABASE "{copy.name}" TEMPLATE "{template.name}"')
        return copy

    def _named(self, name: str) -> Database:
        self._made.append(name)
        return Database(urlunsplit(urlsplit(self._admin_url)._replace(path=f"/{name}")))

    def _execute(self, statement: str) -> None:
        server_url = urlunsplit(urlsplit(self._admin_url)._replace(path="/postgres"))
        run_apart(_execute(server_url, statement))


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S)
    try:
        yield connection
    finally:
        await connection.close()


async def _execute(url: str, statement: str) -> None:
    async with _connected(url) as connection:
        await connection.execute(statement)


async def _birth(url: str) -> Birth:
    async with _connected(url) as connection:
        names = [row["name"] for row in await connection.fetch(FILLED, SCHEMAS)]
        rows = {name: await connection.fetchval(f"SELECT json_agg(t)::text FROM {name} AS t") for name in names}
        return Birth(await connection.fetchval(SHAPE), rows)


async def _make_as_new(url: str, birth: Birth) -> bool:
    """Whether that was possible."""
    async with _connected(url) as connection, connection.transaction():
        await connection.execute(TERMINATE)
        if await connection.fetchval(SHAPE) != birth.shape:
            return False
        # Nothing is checked, and no trigger fires, while rows come and go in no order.
        statements = ["SET LOCAL session_replication_role = replica"]
        statements += [f"DELETE FROM {row['name']}" for row in await connection.fetch(FILLED, SCHEMAS)]
        await connection.execute("; ".join(statements))
        for name, rows in birth.rows.items():
            insert = (
                f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::{name}, $1)"
            )
            await connection.execute(insert, rows)
        await connection.execute(RESTART, SCHEMAS)
    return True


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end in a loop of its own, whether or not the caller has one running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
