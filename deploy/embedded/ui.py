"""What runs in the browser: `ui/`, built into `ui/dist` with the Node.js of the wheel, once for each change.

The supervisor runs this module as a process of its own, and reads there how far it is.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from deploy.embedded import node
from deploy.embedded.config import ROOT
from deploy.embedded.failure import StackFailure, explained
from deploy.embedded.report import Progress, to_line

STEP: Final = "pages of checkout and dashboard"
UI: Final = ROOT / "ui"
BUILD_TIMEOUT_S: Final = 120
NOT_SOURCES: Final = ("node_modules", "dist", "dist.new", "dist.old", "tests")
"""Folders whose files do not change what is built."""

ALL: Final = "all"
TO_BUILD: Final = "to build"
"""What is installed of the lock. A build needs half of it, and it is what `make up` waits for."""

Note = Callable[[str], None]


def build(folder: Path = UI, note: Note = lambda _: None) -> Path:
    """The built `dist` of this workspace. Who comes while another process builds waits for it and takes what it made.

    Raises StackFailure when the packages can't be had, or with what the build says.
    """
    dist = folder / "dist"
    if is_built(folder):
        return dist
    with _alone(folder, note), explained(folder):
        if is_built(folder):
            return dist
        digest = _digest(folder)
        _install(folder, note, TO_BUILD)
        note("building")
        _build(folder, digest)
    return dist


def is_built(folder: Path = UI) -> bool:
    """Whether `dist` is what these sources make."""
    stamp = folder / "dist/stamp"
    return stamp.exists() and stamp.read_text() == _digest(folder)


def prepare(folder: Path = UI, note: Note = lambda _: None) -> None:
    """Install all packages that the lock names, those of checks and tests too, unless they are there already."""
    with _alone(folder, note), explained(folder):
        _install(folder, note, ALL)


def run(script: str, folder: Path = UI) -> int:
    """A script of package.json, once `prepare` was called. It speaks for itself; the answer is its exit code."""
    command: list[str | Path] = [node.program(), node.npm(), "run", "--silent", script]
    return subprocess.run(command, cwd=folder, env=node.environment(), check=False).returncode


def _install(folder: Path, note: Note, part: str) -> None:
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    installed = folder / "node_modules/.installed"
    present = installed.read_text() if installed.exists() else ""
    if present in (f"{lock} {part}", f"{lock} {ALL}"):
        return
    note("installing npm packages")
    node.install(folder, folder.name, with_tools=part == ALL)
    installed.parent.mkdir(exist_ok=True)  # npm makes none for a lock without packages
    installed.write_text(f"{lock} {part}")


def _digest(folder: Path) -> str:
    """Changes with every file that could change what is built."""
    digest = hashlib.sha256()
    for path in _sources(folder):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - set(NOT_SOURCES))
        yield from (Path(place) / name for name in sorted(files))


def _build(folder: Path, digest: str) -> None:
    """Beside the present one, and over it when it is whole: who serves files from there never sees half of it."""
    dist, new, old = folder / "dist", folder / "dist.new", folder / "dist.old"
    for left_over in (new, old):
        shutil.rmtree(left_over, ignore_errors=True)
    command: list[str | Path] = [node.program(), "build.ts", new]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=node.environment(),
            capture_output=True,
            text=True,
            timeout=BUILD_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise StackFailure(f"{folder.name}/ was not built within {BUILD_TIMEOUT_S} s: run it again.") from None
    if done.returncode:
        raise StackFailure(
            f"{folder.name}/ could not be built: read what the build says below, mend it, then run the same command "
            "again.",
            (done.stdout + done.stderr).strip(),
        )
    (new / "stamp").write_text(digest)
    if dist.exists():
        dist.rename(old)
    new.rename(dist)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(folder: Path, note: Note) -> Iterator[None]:
    """One process at a time: the workspace's folder itself is the lock."""
    place = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note("waiting for another process that builds it")
            fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


def _end(_: int, __: FrameType | None) -> None:
    """As Ctrl-C does: whatever runs for us is ended, too."""
    raise KeyboardInterrupt


def _tell(progress: Progress) -> None:
    print(to_line(progress), end="", flush=True)


def _build_and_tell() -> int:
    try:
        build(note=lambda text: _tell(Progress("running", STEP, text)))
    except StackFailure as failure:
        _tell(Progress("failed", failure.sentence, failure.detail))
        return 1
    return 0


def main() -> int:
    """Build, and tell the supervisor about it."""
    signal.signal(signal.SIGTERM, _end)
    try:
        return _build_and_tell()
    except KeyboardInterrupt:  # also while it tells of a failure: who has read that ends us
        return 130


if __name__ == "__main__":
    sys.exit(main())
