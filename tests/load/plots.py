"""Plots as SVG in text: lines over a linear or logarithmic axis, and bars of several parts. Colours are the page's."""

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Final

from tests.load.histogram import Histogram
from tests.load.outcome import Chart, Points, shown

WIDTH: Final = 640
HEIGHT: Final = 240
LEFT: Final = 64
RIGHT: Final = 16
TOP: Final = 12
BOTTOM: Final = 36
COLOURS: Final = 8
"""How many of them the page has: c0, c1, …"""

TICKS: Final = 4
POINTS_MAX: Final = 400
BAR_HEIGHT: Final = 22
NINES: Final = (0.5, 0.1, 0.01, 0.001, 0.0001)
"""Of the axis of percentiles: the part of all that took longer."""


def chart(told: Chart) -> str:
    """Lines over a linear axis that begins at 0."""
    points = [point for line in told.lines.values() for point in line]
    if not points:
        return ""
    x_step, y_step = (round_step(max(point[axis] for point in points)) for axis in (0, 1))
    x_max, y_max = max(x for x, _ in points) or 1.0, y_step * TICKS
    scale = _Scale(lambda x: x / x_max, lambda y: y / y_max)
    grid = [scale.horizontal(y_step * step, shown(y_step * step)) for step in range(TICKS + 1)]
    grid += [scale.vertical(x_step * step, shown(x_step * step)) for step in range(TICKS + 1) if x_step * step <= x_max]
    return _figure(told.title, told.lines, grid, scale, f"{told.x} →", told.y)


def percentiles(title: str, latencies: Mapping[str, Histogram]) -> str:
    """Each latency by how many took longer, both axes logarithmic, so that the tail is as visible as the middle."""
    counted = {f"{name} (p99 {one.percentile_ms(99):.1f} ms)": one for name, one in latencies.items() if one.count}
    lines = {name: list(one.curve()) for name, one in counted.items()}
    values = [ms for line in lines.values() for _, ms in line if ms > 0]
    if not values:
        return ""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    span = max(1, high - low)
    least = math.log10(NINES[-1])
    scale = _Scale(
        lambda part: math.log10(max(part, NINES[-1])) / least,
        lambda ms: (math.log10(max(ms, 10**low)) - low) / span,
    )
    grid = [scale.horizontal(10.0**step, f"{10.0**step:g} ms") for step in range(low, low + span + 1)]
    grid += [scale.vertical(part, f"p{100 - part * 100:g}") for part in NINES]
    return _figure(title, lines, grid, scale, "", "")


def parts(title: str, unit: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each row, made of its parts, the largest parts first; one scale for all."""
    totals = {name: sum(row.values()) for name, row in rows.items()}
    largest = max(totals.values(), default=0)
    if not largest:
        return ""
    sizes: dict[str, float] = {}
    for row in rows.values():
        for part, amount in row.items():
            sizes[part] = sizes.get(part, 0.0) + amount
    named = sorted(sizes, key=lambda part: -sizes[part])
    colours = {part: min(place, COLOURS - 1) for place, part in enumerate(named)}
    drawn = []
    for number, (name, row) in enumerate(rows.items()):
        y, x = TOP + number * (BAR_HEIGHT * 2 + 4), 0.0
        drawn.append(f'<text class="label" x="0" y="{y + 12}">{escape(name)}: {shown(totals[name])} {unit}</text>')
        for part in named:
            width = row.get(part, 0.0) / largest * WIDTH
            if width > 0:
                tip = f"<title>{escape(part)}: {shown(row[part])} {unit}</title>"
                place = f'x="{x:.1f}" y="{y + 18}" width="{width:.1f}" height="{BAR_HEIGHT}"'
                drawn.append(f'<rect class="f{colours[part]}" {place}>{tip}</rect>')
            x += width
    height = TOP + len(rows) * (BAR_HEIGHT * 2 + 4)
    return _frame(title, "".join(drawn), height, {part: colour for part, colour in colours.items() if sizes[part] > 0})


class _Scale:
    """From values to places; both functions give 0 to 1."""

    def __init__(self, x: Callable[[float], float], y: Callable[[float], float]) -> None:
        self._x = x
        self._y = y

    def place(self, x: float, y: float) -> tuple[float, float]:
        """In the picture."""
        return LEFT + self._x(x) * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - self._y(y) * (HEIGHT - TOP - BOTTOM)

    def horizontal(self, y: float, label: str) -> str:
        """A line of the grid."""
        at = HEIGHT - BOTTOM - self._y(y) * (HEIGHT - TOP - BOTTOM)
        return (
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
            f'<text class="label" text-anchor="end" x="{LEFT - 6}" y="{at + 4:.1f}">{label}</text>'
        )

    def vertical(self, x: float, label: str) -> str:
        """A mark of the axis."""
        at = LEFT + self._x(x) * (WIDTH - LEFT - RIGHT)
        return f'<text class="label" text-anchor="middle" x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}">{label}</text>'


def _figure(title: str, lines: Mapping[str, Points], grid: Sequence[str], scale: _Scale, x: str, y: str) -> str:
    drawn = list(grid)
    for number, line in enumerate(lines.values()):
        places = (scale.place(*point) for point in thinned(line))
        path = " ".join(f"{at_x:.1f},{at_y:.1f}" for at_x, at_y in places)
        drawn.append(f'<polyline class="s{number % COLOURS}" points="{path}"/>')
    named = f'<text class="label" text-anchor="end" x="{WIDTH - RIGHT}" y="{HEIGHT - 4}">{escape(x)}</text>'
    named += f'<text class="label" x="0" y="{HEIGHT - 4}">{escape(y)}</text>'
    return _frame(title, "".join(drawn) + named, HEIGHT, {name: number % COLOURS for number, name in enumerate(lines)})


def _frame(title: str, drawn: str, height: int, legend: Mapping[str, int]) -> str:
    keys = "".join(f'<li><i class="k{colour}"></i>{escape(name)}</li>' for name, colour in legend.items())
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {height}" role="img">'
        f"<title>{escape(title)}</title>{drawn}</svg><ul>{keys}</ul></figure>"
    )


def round_step(largest: float) -> float:
    """Between two marks of an axis that reaches so far: 1, 2, 2.5 or 5 times a power of ten."""
    if largest <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(largest / TICKS))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power * TICKS >= largest * (1 - 1e-9))


def thinned(points: Points) -> Points:
    """No more of them than a picture can show, the last one among them."""
    step = math.ceil(len(points) / POINTS_MAX) or 1
    return [*points[::step], *points[-1:]]
