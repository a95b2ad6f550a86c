"""Shows the logs of the stack's processes, each line under the name of its process; follows them until interrupted."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

POLL_S: Final = 0.2
SHOWN_BYTES: Final = 16_384
"""How much of each log's past is shown."""

COLOURS: Final = (36, 32, 33, 35, 34, 31)


@dataclass(slots=True)
class Tail:
    """Reads on in one file, also after it was emptied under us."""

    path: Path
    position: int

    def new_lines(self) -> Iterator[str]:
        """Whole lines since the last call."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            if file.seek(0, 2) < self.position:
                self.position = 0
            file.seek(self.position)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self.position += len(line)
                yield line.decode(errors="replace").rstrip("\n")


def tail_of(path: Path, past_bytes: int) -> Tail:
    """Begin at a line's start, at most so much before the end."""
    if not path.exists():
        return Tail(path, 0)
    with path.open("rb") as file:
        start = max(file.seek(0, 2) - past_bytes, 0)
        file.seek(start)
        if start:
            file.readline()
        return Tail(path, file.tell())


class LogView:
    """The logs of a folder; of one process and its replicas when it is named. Files that appear later are joined."""

    def __init__(self, folder: Path, only: str | None = None, past_bytes: int = SHOWN_BYTES) -> None:
        self._folder = folder
        self._only = only
        self._past_bytes = past_bytes
        self._tails: dict[str, Tail] = {}

    def show_new(self) -> None:
        """Print what is new."""
        for path in sorted(self._folder.glob("*.log")):
            if path.stem in self._tails or not self._is_wanted(path.stem):
                continue
            self._tails[path.stem] = tail_of(path, self._past_bytes)
        for index, (name, tail) in enumerate(self._tails.items()):
            for line in tail.new_lines():
                print(f"{self._prefix(index, name)} {line}")
        sys.stdout.flush()

    def _is_wanted(self, name: str) -> bool:
        return self._only is None or name == self._only or name.rpartition("-")[0] == self._only

    def _prefix(self, index: int, name: str) -> str:
        prefix = f"{name:<10} |"
        return f"\x1b[{COLOURS[index % len(COLOURS)]}m{prefix}\x1b[0m" if sys.stdout.isatty() else prefix


def follow(folder: Path, only: str | None) -> None:
    """Until interrupted."""
    view = LogView(folder, only)
    while True:
        view.show_new()
        time.sleep(POLL_S)
