"""The results: a table for the terminal, JSON for machines, a page for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.load.options import Options
from tests.load.outcome import Figure, Outcome, shown
from tests.load.page import page
from tests.load.processes import total

NAME_CHARS: Final = 52


def table(outcome: Outcome) -> str:
    """Its figures and what an operation costs, in lines."""
    lines = ["", f"{outcome.title}  ({outcome.took_s:.0f} s)"]
    lines += [_row(figure) for figure in outcome.figures]
    for name, latency in outcome.latencies.items():
        lines.append(f"  {name:{NAME_CHARS}} {latency}")
    for what, costs in outcome.costs_us.items():
        lines += ["", f"  CPU per {what}: {total(costs):,.0f} µs"]
        lines.append("    " + "  ".join(f"{part} {cost:,.0f}" for part, cost in _largest(costs)))
    for what, sizes in outcome.written_bytes.items():
        lines += ["", f"  Written per {what}: {sum(sizes.values()):,.0f} bytes"]
        lines.append("    " + "  ".join(f"{part} {size:,.0f}" for part, size in _largest(sizes)))
    lines += [f"  {note}" for note in outcome.notes]
    return "\n".join(lines)


def _largest(parts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(parts.items(), key=lambda item: -item[1])


def _row(figure: Figure) -> str:
    bar = f"   {figure.bar}: {figure.bar.verdict(figure.value)}" if figure.bar else ""
    note = f"   ({figure.note})" if figure.note else ""
    return f"  {figure.name:{NAME_CHARS}} {shown(figure.value):>10} {figure.unit:<6}{bar}{note}"


def write(
    folder: Path,
    machine: Mapping[str, Any],
    options: Options,
    outcomes: Sequence[Outcome],
    audits: Sequence[Mapping[str, Any]],
) -> list[Path]:
    """Into `folder`, which is made; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    results, html = folder / "results.json", folder / "report.html"
    told = {
        "machine": machine,
        "options": asdict(options),
        "audits": audits,
        "scenarios": [outcome.to_json() for outcome in outcomes],
    }
    results.write_text(json.dumps(told, indent=1, ensure_ascii=False, default=list))
    html.write_text(page(machine, outcomes, audits))
    return [results, html]
