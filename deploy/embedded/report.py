"""How a start tells what it is doing: steps with their times, for a terminal, a log or another process."""

import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TextIO

NARROW: Final = 34
"""Columns of a step's name."""

Kind = Literal["running", "done", "failed", "up"]


@dataclass(frozen=True, slots=True)
class Progress:
    """One thing worth telling. `up` and `failed` are the last of a start."""

    kind: Kind
    step: str
    text: str = ""
    took_s: float = 0.0


Tell = Callable[[Progress], None]


class Step:
    """A step under way; `note` says how far it is, or at its end what came of it."""

    def __init__(self, name: str, tell: Tell) -> None:
        self.text = ""
        self._name = name
        self._tell = tell

    def note(self, text: str) -> None:
        """Say how far it is."""
        self.text = text
        self._tell(Progress("running", self._name, text))


@asynccontextmanager
async def step(name: str, tell: Tell) -> AsyncIterator[Step]:
    """Tell that a step begins, and how long it took when it ends well."""
    began_s = time.monotonic()
    under_way = Step(name, tell)
    tell(Progress("running", name))
    yield under_way
    tell(Progress("done", name, under_way.text, time.monotonic() - began_s))


def to_line(progress: Progress) -> str:
    """For the pipe between the supervisor and who started it."""
    return json.dumps([progress.kind, progress.step, progress.text, progress.took_s]) + "\n"


def from_line(line: str) -> Progress:
    """What `to_line` wrote."""
    return Progress(*json.loads(line))


@dataclass(slots=True)
class Screen:
    """Draws a start: a line for each step that is done, and on a terminal one line for what is under way."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    _running: dict[str, str] = field(default_factory=dict)

    def tell(self, progress: Progress) -> None:
        """Show one thing."""
        if progress.kind == "running":
            self._running[progress.step] = progress.text
        elif progress.kind == "done":
            self._running.pop(progress.step, None)
            self._write(f"  ✓ {progress.step:<{NARROW}} {progress.took_s:5.1f} s  {progress.text}".rstrip() + "\n")
        self._draw_running()

    def clear(self) -> None:
        """Take away what is under way, before other words."""
        self._running.clear()
        self._draw_running()

    def _draw_running(self) -> None:
        if not self.out.isatty():
            return
        shown = ", ".join(f"{name} {text}".strip() for name, text in self._running.items())
        self._write(f"  … {shown}"[:118] if shown else "")

    def _write(self, text: str) -> None:
        erase = "\r\x1b[K" if self.out.isatty() else ""
        self.out.write(erase + text)
        self.out.flush()
