"""One process of the stack, kept running: started again at once when it dies, ended with everything it started."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from deploy.embedded.failure import StackFailure, from_os_error

log = logging.getLogger("paygate.supervisor")

QUICK_EXIT_S: Final = 5.0
"""An exit sooner than this after its start is followed by a pause; a later one is followed by a start at once."""

FIRST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 5.0
PR_SET_PDEATHSIG: Final = 1

State = Literal["stopped", "starting", "ready", "waiting"]


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What to run, and how to end it. What serves HTTP has /live and /ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    serves_http: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    user: tuple[int, int] | None = None
    """uid and gid, when it must not run as the supervisor's user."""


def next_pause_s(last_pause_s: float, lived_s: float) -> float:
    """How long to wait before starting again a process that lived this long."""
    if lived_s >= QUICK_EXIT_S:
        return 0.0
    return min(max(last_pause_s * 2, FIRST_PAUSE_S), LONGEST_PAUSE_S)


def _in_child(spec: ProcessSpec) -> Callable[[], None]:
    """What a child does before it becomes its program: on Linux it asks to be ended when the supervisor is killed."""
    is_linux = sys.platform.startswith("linux")
    prctl = ctypes.CDLL(None, use_errno=True).prctl if is_linux else None  # looked up before the fork
    stop_signal = int(spec.stop_signal)

    def ask_kernel() -> None:
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)

    return ask_kernel


class Child:
    """Holds one process; `start` and `stop` say whether it is wanted. `prepare` runs before each start."""

    def __init__(self, spec: ProcessSpec, cwd: Path, log_file: Path, prepare: Callable[[], None] | None = None) -> None:
        self.spec = spec
        self.log_file = log_file
        self.restarts = 0
        self.started_at_s = 0.0
        self.is_ready = False
        self.failure: StackFailure | None = None
        """Why the last start did not even come to a process."""
        self._cwd = cwd
        self._prepare = prepare
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process that runs now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def state(self) -> State:
        """For `make status`."""
        if self._keeper is None:
            return "stopped"
        if self.pid is None:
            return "waiting"
        return "ready" if self.is_ready else "starting"

    @property
    def uptime_s(self) -> float:
        """Since the last start."""
        return time.monotonic() - self.started_at_s if self.pid else 0.0

    def start(self) -> None:
        """Start it and keep it running. Does nothing when it is wanted already."""
        if self._keeper is None:
            self._stopping.clear()
            self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self.spec.name}")

    async def stop(self) -> None:
        """End it and keep it down: politely first, then with everything in its process group."""
        keeper, self._keeper = self._keeper, None
        if keeper is None:
            return
        self._stopping.set()
        if self.pid:
            self.send(self.spec.stop_signal)
        done, _ = await asyncio.wait({keeper}, timeout=self.spec.stop_timeout_s)
        if not done:
            log.warning("%s did not end within %s s; killing it", self.spec.name, self.spec.stop_timeout_s)
            self.send(signal.SIGKILL)
        await keeper

    async def restart(self) -> None:
        """End it and start it again."""
        await self.stop()
        self.start()

    def send(self, number: signal.Signals) -> None:
        """Send the process itself a signal."""
        if self.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def _keep_running(self) -> None:
        pause_s = 0.0
        while not self._stopping.is_set():
            await self._run_once()
            if self._stopping.is_set():
                return
            lived_s = time.monotonic() - self.started_at_s
            pause_s = next_pause_s(pause_s, lived_s)
            self.restarts += 1
            log.warning("%s ended after %.1f s; starting it again in %.2f s", self.spec.name, lived_s, pause_s)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s or 0.001)

    async def _run_once(self) -> None:
        self.is_ready = False
        self.started_at_s = time.monotonic()
        try:
            if self._prepare:
                await asyncio.to_thread(self._prepare)
            process = self._process = await self._spawn()
        except OSError as error:
            self.failure = from_os_error(error, self._cwd)
        except StackFailure as failure:
            self.failure = failure
        else:
            self.failure = None
            await self._run(process)
            return
        log.error("%s cannot be started: %s", self.spec.name, self.failure)

    async def _run(self, process: asyncio.subprocess.Process) -> None:
        log.info("%s started, pid %d", self.spec.name, process.pid)
        if self._stopping.is_set():
            self.send(self.spec.stop_signal)
        code = await process.wait()
        self.is_ready = False
        _end_group(process.pid)
        log.info("%s (pid %d) ended with code %d", self.spec.name, process.pid, code)

    async def _spawn(self) -> asyncio.subprocess.Process:
        uid, gid = self.spec.user or (None, None)
        # The child appends to its log file itself: what it says costs the supervisor nothing and is never lost with it.
        with self.log_file.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *self.spec.command,
                cwd="/" if self.spec.user else self._cwd,
                env=dict(self.spec.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=_in_child(self.spec),
                user=uid,
                group=gid,
                extra_groups=[] if self.spec.user else None,
            )


def _end_group(group_id: int) -> None:
    """Nothing that a dead process started may live on beside its successor."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group_id, signal.SIGKILL)
