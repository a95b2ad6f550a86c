"""Payments all the way: created, settled, webhook received, with a bounded number under way.

A payment is created when there is room, so the rate is what the slowest part sustains; what waits anywhere is looked at
all the time. `full`: the endpoint is told how payments end. `full_all`: it is told everything.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import Final

from tests.load.calls import Report
from tests.load.options import Options
from tests.load.outcome import Bar, Chart, Outcome
from tests.load.stage import ENDS, Stage, Window

PER_S: Final = Bar("at least", 700, 1500)
PER_S_MAX: Final = 3000
CONNECTIONS: Final = 256
"""So many that POSTs are not what bounds how much is under way."""

LOOK_EVERY_S: Final = 1.0
SETTLED_S: Final = 5.0
ALL_PART: Final = 3
"""Being told of everything is measured for a third of the time."""

Waiting = list[tuple[float, dict[str, int]]]
"""When, and what was under way then by kind."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Of a window: what the generator tells, how many payments' ends were heard of in each second, what waited."""

    window: Window
    arrived: Sequence[int]
    waiting: Waiting
    drain_s: float

    @property
    def per_s(self) -> float:
        """Payments whose webhook came while the window lasted."""
        return sum(self.arrived) / self.window.report.seconds


async def run(stage: Stage, options: Options) -> Outcome:
    """Told of ends."""
    outcome = Outcome("full", "Created → settled → webhook received; the endpoint is told how payments end")
    await stage.listen(*ENDS)
    found = await sustained(stage, options.full_s, options.under_way_max)
    stage.full_per_s = found.per_s
    _tell(outcome, found, PER_S)
    return outcome


async def run_all(stage: Stage, options: Options) -> Outcome:
    """Told of everything."""
    outcome = Outcome("full_all", "Created → settled → webhook received; the endpoint is told everything")
    await stage.listen("*")
    before = await _events(stage)
    _tell(outcome, await sustained(stage, options.full_s / ALL_PART, options.under_way_max), None)
    events, (payments, webhooks) = await _events(stage) - before, await stage.receiver.counts()
    outcome.add("state events per payment", events / max(1, payments), "")
    outcome.add("webhooks per payment", webhooks / max(1, payments), "")
    return outcome


async def _events(stage: Stage) -> int:
    """Published so far, and kept in the log of events."""
    position: int = await stage.database.fetchval("SELECT position FROM api.relay_state")
    return position


async def sustained(stage: Stage, seconds: float, under_way_max: int) -> Throughput:
    """A window from an idle stack on, what waited where meanwhile, and how long the rest took afterwards."""
    await stage.until_idle()
    orders = await stage.orders(round(seconds * PER_S_MAX) + under_way_max)
    how = {"mode": "under_way", "under_way_max": under_way_max, "connections": CONNECTIONS}
    plan = stage.plan([stage.payments(orders)], seconds, **how)
    running = asyncio.create_task(stage.run(plan))
    waiting: Waiting = []
    began_s = time.monotonic()
    while not running.done():
        waiting.append((time.monotonic() - began_s, await stage.undone()))
        await asyncio.wait({running}, timeout=LOOK_EVERY_S)
    window = await running
    drain_s = await stage.until_idle()
    return Throughput(window, arrivals(window.report, await stage.receiver.first_s()), waiting, drain_s)


def _tell(outcome: Outcome, found: Throughput, bar: Bar | None) -> None:
    report = found.window.report
    outcome.add(
        "payments, webhook received", found.per_s, "/s", bar, f"{report.seconds:.0f} s, {report.errors} refused"
    )
    early, late = halves([(at_s, sum(counts.values())) for at_s, counts in found.waiting])
    outcome.add("under way, first half", early, "", note="rows and messages in all outboxes, queues and topics, mean")
    outcome.add("under way, second half", late, "", note="it does not grow when this is no more")
    outcome.add("drain afterwards", found.drain_s, "s")
    outcome.add("the generator's CPU", report.cpu_s / report.seconds, "cores")
    count = sum(found.arrived)
    outcome.costs_us["payment, webhook received"] = found.window.spent.cpu_us_per(count)
    outcome.written_bytes["payment, webhook received"] = found.window.spent.bytes_per(count)
    outcome.latencies["POST /payments, closed loop"] = report.latency
    lines = {"payments, webhook received": found.arrived, "POST /payments": report.per_second}
    numbered = {name: [(float(n), float(count)) for n, count in enumerate(line)] for name, line in lines.items()}
    outcome.charts.append(Chart("Per second", "s", "/s", numbered))
    kinds = found.waiting[0][1]
    waits = {kind: [(at_s, float(counts[kind])) for at_s, counts in found.waiting] for kind in kinds}
    outcome.charts.append(Chart("Under way", "s", "rows, messages", waits))


def arrivals(report: Report, first_s: Mapping[str, float]) -> list[int]:
    """How many payments' ends the receiver heard of in each second of a window; later ones do not count."""
    counts = [0] * ceil(report.seconds)
    for at_s in first_s.values():
        if 0 <= at_s - report.began_s < report.seconds:
            counts[int(at_s - report.began_s)] += 1
    return counts


def halves(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The means of the first and of the second half, without the beginning, in which everything fills."""
    steady = [value for at_s, value in points if at_s >= min(SETTLED_S, points[-1][0] / 4)]
    middle = len(steady) // 2
    return fmean(steady[:middle] or [0]), fmean(steady[middle:] or [0])
