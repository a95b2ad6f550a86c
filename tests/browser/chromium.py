"""The browser that the tests drive: one that is there, else Debian's package, else Playwright's own download."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.embedded.config import default_cache_dir
from deploy.embedded.failure import StackFailure, explained

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS: Final = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
PACKAGES: Final = ("chromium", "fonts-dejavu-core", "fonts-lohit-deva")
"""Debian's; the fonts are small and show every script that the checkout speaks."""

UPDATE_TIMEOUT_S: Final = 120
INSTALL_TIMEOUT_S: Final = 240
LOCK_TIMEOUT_S: Final = 60
"""How long apt-get waits for another apt-get, beside which ours was started."""

DOWNLOAD_TIMEOUT_S: Final = 180
PLAYWRIGHT: Final = (sys.executable, "-m", "playwright", "install", "chromium")
OS_RELEASE: Final = Path("/etc/os-release")

ARGUMENTS: Final = (
    "--no-sandbox",  # root's browser does not start otherwise
    "--disable-dev-shm-usage",  # a container has little of it
    "--host-resolver-rules=MAP *.test 127.0.0.1",
)
"""What the tests' browser is started with: attackers' sites have names below `.test`."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a browser is looked for and may be installed."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    applications: Sequence[Path] = APPLICATIONS
    os_release: Path = OS_RELEASE
    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)
    lock_dir: Path = field(default_factory=default_cache_dir)
    playwright: Sequence[str] = PLAYWRIGHT

    def browser(self) -> Path | None:
        """The program that is there. Raises StackFailure when CHROMIUM names none."""
        if named := self.environ.get("CHROMIUM"):
            if found := self.program(named):
                return found
            raise StackFailure(f"CHROMIUM is '{named}', which is no program: name another one, or unset it.")
        programs = (self.program(name) for name in NAMES)
        there = (path for path in self.applications if path.exists())
        return next((path for path in (*programs, *there) if path), None)

    def program(self, name: str) -> Path | None:
        """A program by its name or path."""
        found = shutil.which(name, path=self.environ.get("PATH", os.defpath))
        return Path(found) if found else None

    def has_debians_package(self) -> bool:
        """Whether apt-get may and can install it; Ubuntu's package of this name is another thing."""
        is_debian = self.os_release.exists() and "ID=debian" in self.os_release.read_text().splitlines()
        return is_debian and self.is_root and self.program("apt-get") is not None


def find(tell: Tell, machine: Machine | None = None) -> Path | None:
    """The browser to start, installed where there was none; None means the one that Playwright has downloaded.

    Safe when several processes call it at once. Raises StackFailure, which says what to do.
    """
    on = machine or Machine()
    if there := on.browser():
        return there
    with _alone(on.lock_dir):
        if there := on.browser():
            return there
        problems: list[str] = []
        if on.has_debians_package():
            tell(f"no Chromium here: installing Debian's package (up to {UPDATE_TIMEOUT_S + INSTALL_TIMEOUT_S} s)")
            apt = ("apt-get", "-y", "-q", "-o", f"DPkg::Lock::Timeout={LOCK_TIMEOUT_S}", "-o", "Acquire::Retries=2")
            problem = _run(on, (*apt, "update"), UPDATE_TIMEOUT_S) or _run(
                on, (*apt, "install", "--no-install-recommends", *PACKAGES), INSTALL_TIMEOUT_S
            )
            if problem is None and (there := on.browser()):
                return there
            problems.append(problem or "apt-get has installed it, but there is no program `chromium`")
        tell(f"no Chromium here: Playwright downloads its own (up to {DOWNLOAD_TIMEOUT_S} s)")
        problem = _run(on, on.playwright, DOWNLOAD_TIMEOUT_S)
        if problem is None:
            return None
        raise StackFailure(
            "The browser tests need Chromium, and it could not be installed: run `apt-get install chromium` as root "
            "or `.venv/bin/python -m playwright install chromium`, or name a browser with CHROMIUM=/path/to/it.",
            "\n".join([*problems, problem]),
        )


@contextmanager
def _alone(lock_dir: Path) -> Iterator[None]:
    """One process after the other."""
    with explained(lock_dir):
        lock_dir.mkdir(parents=True, exist_ok=True)
        lock = (lock_dir / "chromium.lock").open("a")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(on: Machine, command: Sequence[str], timeout_s: float) -> str | None:
    """What went wrong, if anything did."""
    said = " ".join(command)
    try:
        done = subprocess.run(
            command,
            env={**on.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"`{said}` did not end within {timeout_s:.0f} s"
    except OSError as error:
        return f"`{said}` could not be run: {error.strerror}"
    lines = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-5:])
    return f"`{said}` failed: {lines}" if done.returncode else None
