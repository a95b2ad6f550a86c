"""The results as one page of HTML that loads nothing: figures beside their bars, plots, what it was measured on."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from tests.load import plots
from tests.load.outcome import Figure, Outcome, shown
from tests.load.processes import OTHERS

LIGHT: Final = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#64748b")
DARK: Final = ("#60a5fa", "#fbbf24", "#34d399", "#f87171", "#a78bfa", "#22d3ee", "#f472b6", "#94a3b8")
"""As many as `plots.COLOURS`."""

STYLE: Final = """
:root { color-scheme: light dark; --ink: #0f172a; --paper: #ffffff; --faint: #64748b; --line: #e2e8f0;
        --good: #047857; --bad: #b91c1c; LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e2e8f0; --paper: #0b1120; --faint: #94a3b8; --line: #1e293b; --good: #34d399; --bad: #f87171; DARK }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 960px;
       margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem; border-top: 1px solid var(--line);
     padding-top: 1rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
td, th { padding: .3rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }
td.n { text-align: right; white-space: nowrap } .faint { color: var(--faint) }
.aim, .bar { color: var(--good) } .missed, .void { color: var(--bad); font-weight: 600 }
figure { margin: 1.5rem 0 } figcaption { font-weight: 600; margin-bottom: .3rem }
svg { width: 100%; height: auto; overflow: visible }
svg .label { font-size: 11px; fill: var(--faint) } svg .grid { stroke: var(--line) }
polyline { fill: none; stroke-width: 1.5 }
ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem }
ul i { display: inline-block; width: .7em; height: .7em; border-radius: 2px; margin-right: .4em }
"""


def page(machine: Mapping[str, Any], outcomes: Sequence[Outcome], audits: Sequence[Mapping[str, Any]]) -> str:
    """The whole of it."""
    sound = all(audit["ok"] for audit in audits)
    verdict = (
        f"<p>Audited afterwards: {len(audits)} stack(s), no difference.</p>"
        if sound
        else '<p class="void">The audit differs, so this run is void.</p>'
    )
    facts = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(_said(value))}</td></tr>" for name, value in machine.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Paygate, measured</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_style()}</style></head><body><h1>Paygate, measured</h1>{verdict if audits else ''}"
        + "".join(_section(outcome) for outcome in outcomes)
        + f"<h2>Measured on</h2><table>{facts}</table></body></html>\n"
    )


def _section(outcome: Outcome) -> str:
    costs = {name: {part: us for part, us in row.items() if part != OTHERS} for name, row in outcome.costs_us.items()}
    drawn = [
        *(plots.chart(one) for one in outcome.charts),
        plots.percentiles("Latency by percentile", outcome.latencies),
        plots.parts("CPU per operation", "µs", costs),
        plots.parts("Bytes written per operation", "bytes", outcome.written_bytes),
    ]
    rows = "".join(_row(figure) for figure in outcome.figures)
    notes = "".join(f'<p class="faint">{escape(note)}</p>' for note in outcome.notes)
    return f"<h2>{escape(outcome.title)}</h2><table>{rows}</table>{notes}{''.join(drawn)}"


def _row(figure: Figure) -> str:
    bar = ""
    if figure.bar:
        reached = figure.bar.verdict(figure.value)
        bar = f'<span class="{reached.lower()}">{reached}</span> <span class="faint">({figure.bar})</span>'
    return (
        f'<tr><td>{escape(figure.name)}</td><td class="n">{shown(figure.value)} {escape(figure.unit)}</td>'
        f'<td>{bar}</td><td class="faint">{escape(figure.note)}</td></tr>'
    )


def _style() -> str:
    light, dark = (" ".join(f"--c{n}: {colour};" for n, colour in enumerate(one)) for one in (LIGHT, DARK))
    coloured = "".join(
        f".s{n} {{ stroke: var(--c{n}) }} .f{n} {{ fill: var(--c{n}) }} .k{n} {{ background: var(--c{n}) }}\n"
        for n in range(plots.COLOURS)
    )
    return STYLE.replace("LIGHT", light).replace("DARK", dark) + coloured


def _said(value: Any) -> str:
    return ", ".join(f"{name} {one}" for name, one in value.items()) if isinstance(value, dict) else str(value)
