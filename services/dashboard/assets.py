"""What `ui/dashboard` was built into, kept in memory: the page and its files under names with their hash.

A file is served because the build made it, never because a path leads to it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from chassis.files import File, read

log = structlog.get_logger()

NONCE: Final = b"__CSP_NONCE__"
"""What stands in the built page where each answer writes a number of its own."""


@dataclass(frozen=True, slots=True)
class Build:
    """One build."""

    index: bytes
    files: dict[str, File]


class Assets:
    """The build in a folder, read again when it was built anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "dashboard"
        self._build: Build | None = None
        self._read_at: tuple[int, ...] | None = None

    def build(self) -> Build | None:
        """The present build; None when there is none. While a new one takes the place of another, still the other."""
        made_at = self._made_at()
        if made_at is not None and made_at != self._read_at:
            try:
                self._build = self._read()
                self._read_at = made_at
            except (OSError, ValueError) as error:
                log.warning("assets.unreadable", folder=str(self._folder), error=str(error))
        return self._build

    def _made_at(self) -> tuple[int, ...] | None:
        """Another value after each build."""
        try:
            look = (self._folder / "index.html").stat()
        except OSError:
            return None
        return (look.st_mtime_ns, look.st_ino, look.st_size)

    def _read(self) -> Build:
        index = (self._folder / "index.html").read_bytes()
        if NONCE not in index:
            raise ValueError("the page has no place for a nonce")
        return Build(index, read(self._folder / "assets"))
