"""What a scenario found: figures with their bars, costs by process, latencies, and what changed over time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.load.histogram import Histogram

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach, and what is aimed at. Printed beside it; no test depends on it."""

    sense: Literal["at least", "at most"]
    bar: float
    aim: float

    def verdict(self, value: float) -> str:
        """aim, bar or MISSED."""
        for name, limit in (("aim", self.aim), ("bar", self.bar)):
            if value >= limit if self.sense == "at least" else value <= limit:
                return name
        return "MISSED"

    def __str__(self) -> str:
        sign = "≥" if self.sense == "at least" else "≤"
        return f"{sign} {self.bar:g}, aim {self.aim:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `note` says what else one has to know about it."""

    name: str
    value: float
    unit: str
    bar: Bar | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time (or anything else that rises), by name."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Points]


@dataclass(slots=True)
class Outcome:
    """Of one scenario. `costs_us`: CPU per operation by what was done and by process."""

    scenario: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    costs_us: dict[str, dict[str, float]] = field(default_factory=dict)
    written_bytes: dict[str, dict[str, float]] = field(default_factory=dict)
    latencies: dict[str, Histogram] = field(default_factory=dict)
    charts: list[Chart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)
    """Of stacks of its own."""

    took_s: float = 0.0

    def add(self, name: str, value: float, unit: str, bar: Bar | None = None, note: str = "") -> None:
        """One more figure."""
        self.figures.append(Figure(name, value, unit, bar, note))

    def to_json(self) -> dict[str, Any]:
        """For machines: every figure with its unit and bar, every latency with its percentiles and its buckets."""
        return {
            "scenario": self.scenario,
            "title": self.title,
            "took_s": round(self.took_s, 1),
            "figures": [
                {
                    "name": one.name,
                    "value": one.value,
                    "unit": one.unit,
                    "note": one.note,
                    **(
                        {"sense": one.bar.sense, "bar": one.bar.bar, "aim": one.bar.aim,
                         "verdict": one.bar.verdict(one.value)}
                        if one.bar
                        else {}
                    ),
                }
                for one in self.figures
            ],
            "cpu_us_per_operation": self.costs_us,
            "bytes_per_operation": self.written_bytes,
            "latencies_ms": {
                name: {**one.summary(), "count": one.count, **one.to_json()} for name, one in self.latencies.items()
            },
            "charts": [
                {"title": one.title, "x": one.x, "y": one.y, "lines": {k: list(v) for k, v in one.lines.items()}}
                for one in self.charts
            ],
            "notes": self.notes,
        }  # fmt: skip


def shown(value: float) -> str:
    """With as many digits as mean something."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
