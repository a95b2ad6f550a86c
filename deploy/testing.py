"""Pytest fixtures for everybody's tests: a real Postgres, a real Kafka, the whole stack. conftest.py loads them.

Each is started at most once per session, on free ports, in a folder of its own, and only when a test asks for it; a
stack of `make up` is not disturbed. DATABASE_URL (a superuser's) and KAFKA_BOOTSTRAP_SERVERS name others.
"""

import asyncio
import os
import secrets
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.embedded.config import LIVE_FAILURES, StackConfig
from deploy.embedded.ports import free_base, ports_from
from deploy.embedded.processes import DEFAULTS
from deploy.embedded.stack import Stack
from deploy.provision import migrate_and_seed, provision_database
from deploy.schemas import ROLES, SCHEMAS

CONNECT_TIMEOUT_S: Final = 10
STATEMENT_TIMEOUT_S: Final = 60
PASSWORDS: Final = {role: f"{role}-test" for role in ROLES}
"""The same in every session, since roles belong to a server and several sessions may share one."""

Result = TypeVar("Result")


SERVERS: Final = {"postgres_admin_url": "postgres", "kafka": "kafka", "broker": "kafka", "stack": "stack"}
"""Fixture to what it starts; `broker` is a test module's own Kafka, to be killed at will."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server by the fixtures it asks for, so that the quick tests can be told from the others."""
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        for fixture, server in SERVERS.items():
            if fixture in needs:
                item.add_marker(server)


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
        urls = {f"{name.upper()}_URL": "http://127.0.0.1:9" for name in ("processor", "refunder", "notifier")}
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


class Databases:
    """Makes databases on one server. Each is a copy of a template that is provisioned, and if asked migrated, once."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: list[str] = []
        self._template = cache(self._make_template)

    def make(self, *, migrated: bool = False) -> Database:
        """A new one with every role and schema; `migrated` runs every service's migrations and seeds in it, too."""
        return self._copy_of(self._template(migrated))

    def drop(self, database: Database) -> None:
        """Also when somebody is still connected."""
        self._execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    def drop_all(self) -> None:
        """Everything this made."""
        for name in self._made:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _make_template(self, migrated: bool) -> Database:
        if not migrated:
            plain = self._named(f"paygate_template_{secrets.token_hex(4)}")
            run_apart(provision_database(plain.admin_url, PASSWORDS))
            return plain
        full = self._copy_of(self._template(False))
        run_apart(migrate_and_seed(full.environments()))
        return full

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


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_S, command_timeout=STATEMENT_TIMEOUT_S)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end in a loop of its own, whether or not the caller has one running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def new_config(
    *,
    services: tuple[str, ...] = (),
    postgres: bool = True,
    kafka: bool = True,
    replicas: Mapping[str, int] | None = None,
    environment: Mapping[str, Mapping[str, str]] | None = None,
    live_failures: int = LIVE_FAILURES,
) -> StackConfig:
    """A stack on free ports in a new folder that every user may enter (so that root's Postgres can)."""
    state_dir = Path(tempfile.mkdtemp(prefix="paygate-test-"))
    state_dir.chmod(0o711)
    return StackConfig(
        state_dir=state_dir,
        ports=ports_from(free_base()),
        services=services,
        postgres=postgres,
        kafka=kafka,
        replicas=replicas or {},
        environment=environment or {},
        live_failures=live_failures,
        end_with_parent=True,
    )


@contextmanager
def running(config: StackConfig) -> Iterator[Stack]:
    """The stack, ended and removed afterwards whatever happens."""
    stack = Stack(config)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        stack.remove()


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """A Postgres server, as its superuser."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with running(new_config(kafka=False)) as stack:
        yield stack.admin_url


@pytest.fixture(scope="session")
def databases(postgres_admin_url: str) -> Iterator[Databases]:
    """Where `fresh_database` gets its databases from; for fixtures that live longer than a test."""
    made = Databases(postgres_admin_url)
    try:
        yield made
    finally:
        made.drop_all()


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Callable[..., Database]]:
    """`fresh_database()` or `fresh_database(migrated=True)`: a database of the test's own, dropped after it."""
    mine: list[Database] = []

    def make(*, migrated: bool = False) -> Database:
        mine.append(databases.make(migrated=migrated))
        return mine[-1]

    yield make
    for database in mine:
        databases.drop(database)


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The bootstrap servers of a Kafka that holds every topic of the registry."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
        return
    with running(new_config(postgres=False)) as stack:
        yield stack.kafka_bootstrap_servers


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole stack. Mark tests that ask for it with `pytest.mark.stack`."""
    services = ("api", "processor", "refunder", "notifier", "shop")
    with running(new_config(services=services)) as whole:
        yield whole
