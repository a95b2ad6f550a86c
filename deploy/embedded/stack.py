"""A stack as its user sees it: start it, ask it, stop and start its parts, end it. For the command line and for tests.

Every stack runs under a supervisor process of its own; this is the other end of its control socket. All calls block.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from deploy.embedded import control
from deploy.embedded.config import REPLICATED, ROOT, StackConfig
from deploy.embedded.credentials import load_or_make
from deploy.embedded.failure import StackFailure, explained, last_lines
from deploy.embedded.ports import HOST
from deploy.embedded.postgres import Postgres
from deploy.embedded.report import Progress, from_line

END_TIMEOUT_S: Final = 60.0
RESET_TIMEOUT_S: Final = 90.0
POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """A row of `make status`."""

    name: str
    pid: int | None
    state: str
    restarts: int
    uptime_s: float
    port: int
    http: bool

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}" if self.http else f"{HOST}:{self.port}"


def silent(_: Progress) -> None:
    """Tell nobody."""


class Stack:
    """One stack; nothing runs before `start`."""

    def __init__(self, config: StackConfig) -> None:
        self.config = config

    @classmethod
    def attach(cls, state_dir: Path | None = None) -> Self:
        """The stack that was last started with this state folder (by default the one of `make up`)."""
        folder = state_dir or StackConfig.from_environment().state_dir
        try:
            return cls(StackConfig.from_json((folder / "stack.json").read_text()))
        except FileNotFoundError:
            raise StackFailure("Paygate is not running: start it with `make up`.") from None

    def start(self, tell: Callable[[Progress], None] = silent) -> None:
        """Start everything and return when all of it is ready. Raises StackFailure; then nothing is left running."""
        log_file = self.config.logs_dir / "supervisor.log"
        with explained(self.config.state_dir):
            self.config.logs_dir.mkdir(parents=True, exist_ok=True)
            log = log_file.open("ab")
        with log:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "deploy.embedded", "supervise"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert daemon.stdin is not None
        assert daemon.stdout is not None
        with daemon.stdin, daemon.stdout:
            daemon.stdin.write(self.config.to_json())
            daemon.stdin.close()
            try:
                last = _relay(daemon.stdout, tell)
            except BaseException:
                daemon.send_signal(signal.SIGTERM)
                daemon.wait(END_TIMEOUT_S)
                raise
        if last is not None and last.kind == "up":
            daemon.returncode = 0  # it lives on without us; whoever wants it to end says so through its socket
            return
        daemon.wait(END_TIMEOUT_S)
        if last is None:
            raise StackFailure(f"The supervisor ended unexpectedly: read {log_file}.", last_lines(log_file))
        raise StackFailure(last.step, last.text)

    def stop(self) -> bool:
        """End everything; returns when no process and no port is left. False when nothing was running."""
        try:
            control.ask(self.config.control_socket, "down")
        except control.NotRunningError:
            return self._wait_until_ended()
        self._wait_until_ended()
        return True

    def _wait_until_ended(self) -> bool:
        """The supervisor holds its lock until the very end. False when nobody held it."""
        path = self.config.state_dir / "supervisor.lock"
        if not path.exists():
            return False
        deadline_s = time.monotonic() + END_TIMEOUT_S
        waited = False
        with path.open() as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    waited = True
                else:
                    return waited
                if time.monotonic() > deadline_s:
                    raise StackFailure(
                        f"The stack did not end within {END_TIMEOUT_S:.0f} s: read {self.config.logs_dir}/*.log."
                    )
                time.sleep(POLL_S)

    def remove(self) -> None:
        """Remove everything it keeps, wherever that is. It must not be running."""
        Postgres(self.config, load_or_make(self.config.state_dir)).remove_data()
        shutil.rmtree(self.config.state_dir)

    def is_running(self) -> bool:
        """Whether its supervisor is there."""
        return control.is_listening(self.config.control_socket)

    def status(self) -> list[ProcessStatus]:
        """Every process of it."""
        return [ProcessStatus(**row) for row in control.ask(self.config.control_socket, "status")]

    def names(self) -> list[str]:
        """Of its processes: postgres, kafka, api, api-1, …"""
        return [row.name for row in self.status()]

    def pid(self, name: str) -> int:
        """Of the process that runs now. Raises LookupError when it is down."""
        pid = next((row.pid for row in self.status() if row.name == name), None)
        if pid is None:
            raise LookupError(f"{name} does not run")
        return pid

    def wait_ready(self, name: str, timeout_s: float = 30.0) -> None:
        """Return when it can serve; the process that has just been killed does not count."""
        deadline_s = time.monotonic() + timeout_s
        while not any(row.name == name and row.state == "ready" for row in self.status()):
            if time.monotonic() > deadline_s:
                log_file = self.config.logs_dir / f"{name}.log"
                raise StackFailure(
                    f"{name} was not ready within {timeout_s:.0f} s: read {log_file}.", last_lines(log_file)
                )
            time.sleep(POLL_S)

    def kill(self, name: str) -> None:
        """kill -9, as a crash; returns when the supervisor has seen it. It is started again by itself."""
        pid = self.pid(name)
        os.kill(pid, signal.SIGKILL)
        while any(row.name == name and row.pid == pid for row in self.status()):
            time.sleep(POLL_S)

    def restart(self, name: str) -> None:
        """End it politely and start it again; does not wait until it is ready."""
        control.ask(self.config.control_socket, "restart", name)

    def stop_process(self, name: str) -> None:
        """End it politely and keep it down."""
        control.ask(self.config.control_socket, "stop", name)

    def start_process(self, name: str) -> None:
        """Start what `stop_process` ended; does not wait until it is ready."""
        control.ask(self.config.control_socket, "start", name)

    def wipe_kafka(self) -> None:
        """Stop Kafka and remove its data: the next start makes a new cluster with empty topics."""
        self.stop_process("kafka")
        self.remove_kafka_data()

    def remove_kafka_data(self) -> None:
        """Remove what Kafka keeps. It must not be running."""
        shutil.rmtree(self.kafka_data_dir, ignore_errors=True)

    def reset_kafka(self) -> list[str]:
        """Wipe Kafka, start it, and wait for every process that knew the old cluster to start anew; the names of those.

        They end by themselves, as soon as they see that it is another cluster. What is stopped stays so.
        """
        knew = {row.name: row.restarts for row in self.status() if row.pid and _knows_kafka(row.name)}
        self.wipe_kafka()
        self.start_process("kafka")
        self.wait_ready("kafka", RESET_TIMEOUT_S)
        deadline_s = time.monotonic() + RESET_TIMEOUT_S
        while late := [row.name for row in self.status() if not _is_anew(row, knew)]:
            if time.monotonic() > deadline_s:
                raise StackFailure(
                    f"Kafka is up and empty, but {' and '.join(late)} did not start anew within {RESET_TIMEOUT_S:.0f} "
                    f"s: read {self.config.logs_dir}/{late[0]}.log, then run `make restart s={late[0]}`."
                )
            time.sleep(POLL_S)
        return list(knew)

    @property
    def kafka_data_dir(self) -> Path:
        """Where Kafka keeps its records."""
        return self.config.state_dir / "kafka/data"

    def url(self, name: str) -> str:
        """The base URL of a service, or of a replica such as 'api-1'."""
        return self.config.url(name)

    @property
    def kafka_bootstrap_servers(self) -> str:
        """For a client of its Kafka."""
        return f"{HOST}:{self.config.ports['kafka']}"

    @property
    def admin_url(self) -> str:
        """Its database as the superuser."""
        return Postgres(self.config, load_or_make(self.config.state_dir)).admin_url

    def dsn(self, role: str) -> str:
        """Its database as one of the roles: 'api', 'api_owner', …"""
        return Postgres(self.config, load_or_make(self.config.state_dir)).dsn(role)


def _knows_kafka(name: str) -> bool:
    return name.partition("-")[0] in REPLICATED


def _is_anew(row: ProcessStatus, restarts_before: Mapping[str, int]) -> bool:
    """Whether a process that ran before has started again since, and serves."""
    return row.name not in restarts_before or (row.restarts > restarts_before[row.name] and row.state == "ready")


def _relay(lines: Iterable[str], tell: Callable[[Progress], None]) -> Progress | None:
    """Pass on what the supervisor tells until the start has ended, one way or the other."""
    for line in lines:
        progress = from_line(line)
        if progress.kind in ("up", "failed"):
            return progress
        tell(progress)
    return None
