"""The results for people and machines: a table for the terminal, JSON, and a page of HTML that needs nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.load.outcome import Figure, Outcome

NAME_CHARS = 52


def table(outcome: Outcome) -> str:
    """Its figures and what an operation costs, in lines."""
    lines = ["", f"{outcome.title}  ({outcome.took_s:.0f} s)"]
    lines += [_row(figure) for figure in outcome.figures]
    for name, latency in outcome.latencies.items():
        lines.append(f"  {name:{NAME_CHARS}} {latency}")
    for what, costs in outcome.costs_us.items():
        lines += ["", f"  CPU per {what}: {total_us(costs):,.0f} µs"]
        lines.append("    " + "  ".join(f"{part} {cost:,.0f}" for part, cost in _largest(costs)))
    for what, sizes in outcome.written_bytes.items():
        lines += ["", f"  Written per {what}: {sum(sizes.values()):,.0f} bytes"]
        lines.append("    " + "  ".join(f"{part} {size:,.0f}" for part, size in _largest(sizes)))
    lines += [f"  {note}" for note in outcome.notes]
    return "\n".join(lines)


def total_us(costs: dict[str, float]) -> float:
    """Without what the rest of the machine did."""
    return sum(cost for part, cost in costs.items() if part != "others")


def _largest(parts: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(parts.items(), key=lambda item: -item[1])


def _row(figure: Figure) -> str:
    bar = f"   {figure.bar}: {figure.bar.verdict(figure.value)}" if figure.bar else ""
    note = f"   ({figure.note})" if figure.note else ""
    return f"  {figure.name:{NAME_CHARS}} {shown(figure.value):>10} {figure.unit:<6}{bar}{note}"


def shown(value: float) -> str:
    """With as many digits as mean something."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def write(folder: Path, machine: dict[str, Any], outcomes: Sequence[Outcome], audit: dict[str, Any]) -> list[Path]:
    """Into `folder`, which is made; the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    results = {"machine": machine, "audit": audit, "scenarios": [outcome.to_json() for outcome in outcomes]}
    path = folder / "results.json"
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    return [path]
