"""What the tools print: colours where somebody looks, JSON with only what matters, tables."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self, TextIO

WIDTH: Final = 100
"""Characters of a JSON value in one line."""

BOLD: Final = "1"
DIM: Final = "2"
RED: Final = "31"
GREEN: Final = "32"
CYAN: Final = "36"


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text, or leaves it as it is."""

    enabled: bool

    @classmethod
    def for_output(cls, out: TextIO, environ: Mapping[str, str] = os.environ) -> Self:
        """Colours on a terminal, unless NO_COLOR is set (no-color.org)."""
        return cls(out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb")

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.enabled else text


def pretty(value: Mapping[str, Any], keep: Sequence[str] | None = None) -> str:
    """The value as JSON with a field per line; of many fields only those worth looking at, `…` for the others."""
    shown = [name for name in keep if name in value] if keep else list(value)
    fields = [f"  {json.dumps(name)}: {_field(value[name])}" for name in shown]
    if len(shown) < len(value):
        fields.append("  …")
    return "\n".join(["{", ",\n".join(fields), "}"])


def _field(value: Any) -> str:
    """In one line, unless that would be a long one."""
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= WIDTH else json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  ")


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines with the cells of each column below each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def complain(sentence: str) -> int:
    """The sentence on standard error; answers the exit code."""
    print(f"\n{Paint.for_output(sys.stderr)(RED, sentence)}", file=sys.stderr)
    return 1
