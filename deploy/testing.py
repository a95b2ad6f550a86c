"""Pytest fixtures for everybody's tests: a real Postgres, a real Kafka, the whole stack. conftest.py loads them.

Each is started at most once per process of pytest, on free ports, in a folder of its own, and only when a test asks for
it; a stack of `make up` is not disturbed. DATABASE_URL (a superuser's) and KAFKA_BOOTSTRAP_SERVERS name others.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from deploy.databases import Database, Databases
from deploy.embedded import ui
from deploy.embedded.config import LIVE_FAILURES, StackConfig
from deploy.embedded.ports import BASES, free_base, ports_from
from deploy.embedded.stack import Stack

SERVERS: Final = {"postgres_admin_url": "postgres", "kafka": "kafka", "broker": "kafka", "stack": "stack"}
"""Fixture to what it starts; `broker` is a test module's own Kafka, to be killed at will."""

STATE_PREFIX: Final = "paygate-test-"
"""Of the folders that stacks of tests keep everything in; the process that made one follows, and something random."""

OUR_BASES: Final = BASES[
    int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) :: int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
]
"""Of each process that shares the tests (tests/sharing.py) others: a port is free until somebody listens."""

HASTY: Final = {"fsync": "off", "full_page_writes": "off"}
"""What a killed process had committed is safe without it; only a machine that loses its power would lose something."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server by the fixtures it asks for, so that the quick tests can be told from the others."""
    for item in items:
        needs = set(getattr(item, "fixturenames", ()))
        for fixture, server in SERVERS.items():
            if fixture in needs:
                item.add_marker(server)


def new_config(
    *,
    services: tuple[str, ...] = (),
    postgres: bool = True,
    kafka: bool = True,
    replicas: Mapping[str, int] | None = None,
    share_ports: bool = False,
    environment: Mapping[str, Mapping[str, str]] | None = None,
    postgres_settings: Mapping[str, str] | None = None,
    live_failures: int = LIVE_FAILURES,
) -> StackConfig:
    """A stack on free ports in a new folder that every user may enter (so that root's Postgres can)."""
    remove_left_over(Path(tempfile.gettempdir()))
    state_dir = Path(tempfile.mkdtemp(prefix=f"{STATE_PREFIX}{os.getpid()}-"))
    state_dir.chmod(0o711)
    return StackConfig(
        state_dir=state_dir,
        ports=ports_from(free_base(OUR_BASES)),
        services=services,
        postgres=postgres,
        kafka=kafka,
        replicas=replicas or {},
        share_ports=share_ports,
        environment=environment or {},
        postgres_settings=postgres_settings or {},
        live_failures=live_failures,
        end_with_parent=True,
    )


def remove_left_over(parent: Path) -> None:
    """What interrupted tests left there: folders whose maker is gone, and whose stack does not run any more."""
    for folder in parent.glob(f"{STATE_PREFIX}*-*"):
        maker = folder.name.removeprefix(STATE_PREFIX).partition("-")[0]
        if maker.isdecimal() and not _is_alive(int(maker)) and not _is_held(folder / "supervisor.lock"):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _is_held(path: Path) -> bool:
    """Whether a supervisor still holds its lock; one that ends with its parent holds it a little longer than that."""
    with suppress(FileNotFoundError), path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


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
    with running(new_config(kafka=False, postgres_settings=HASTY)) as stack:
        yield stack.admin_url


@pytest.fixture(scope="session")
def databases(postgres_admin_url: str) -> Iterator[Databases]:
    """Where `fresh_database` gets its databases from; for fixtures that live longer than a test."""
    made = Databases(postgres_admin_url)
    try:
        yield made
    finally:
        if os.environ.get("DATABASE_URL"):  # a server of our own ends with all that is in it
            made.drop_all()


@pytest.fixture
def fresh_database(databases: Databases) -> Iterator[Callable[..., Database]]:
    """`fresh_database()`, `fresh_database("api")` with the migrations of some services, or
    `fresh_database(migrated=True)` with all of them and what is seeded: a database of the test's own."""
    mine: list[Database] = []

    def take(*services: str, migrated: bool = False) -> Database:
        mine.append(databases.borrow(services, seeded=migrated))
        return mine[-1]

    yield take
    for database in mine:
        databases.give_back(database)


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
def ui_dist() -> Path:
    """The folder that `ui/` is built into, and its tools; a stack that serves it builds it by itself."""
    ui.prepare()
    return ui.build()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole stack. Mark tests that ask for it with `pytest.mark.stack`."""
    services = ("api", "processor", "refunder", "notifier", "checkout", "dashboard", "shop")
    with running(new_config(services=services)) as whole:
        yield whole
