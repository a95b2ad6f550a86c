"""Payments all the way: created, settled, webhook received, with a bounded number under way.

A payment is created when there is room, so the rate is what the slowest part sustains; what waits anywhere is looked at
all the time. `full`: the endpoint is told how payments end. `full_all`: it is told everything.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from math import ceil
from statistics import fmean
from typing import Final

from tests.load.calls import Report
from tests.load.options import Options
from tests.load.outcome import Bar, Chart, Outcome
from tests.load.stage import ENDS, Stage, Window

PER_S: Final = Bar("at least", 700, 1500)
PER_S_MAX: Final = 3000
LOOK_EVERY_S: Final = 1.0
SETTLED_S: Final = 5.0
ALL_PART: Final = 3
"""Being told of everything is measured for a third of the time."""

Waiting = list[tuple[float, dict[str, int]]]
"""When, and what was under way then by kind."""


async def run(stage: Stage, options: Options) -> Outcome:
    """Told of ends."""
    outcome = Outcome("full", "Created → settled → webhook received; the endpoint is told how payments end")
    await stage.listen(*ENDS)
    await measure(stage, outcome, options.full_s, options.under_way_max, PER_S)
    return outcome


async def run_all(stage: Stage, options: Options) -> Outcome:
    """Told of everything."""
    outcome = Outcome("full_all", "Created → settled → webhook received; the endpoint is told everything")
    await stage.listen("*")
    before = await _events(stage)
    await measure(stage, outcome, options.full_s / ALL_PART, options.under_way_max, None)
    events, (payments, webhooks) = await _events(stage) - before, await stage.receiver.counts()
    outcome.add("state events per payment", events / max(1, payments), "")
    outcome.add("webhooks per payment", webhooks / max(1, payments), "")
    return outcome


async def _events(stage: Stage) -> int:
    """Published so far, and kept in the log of events."""
    position: int = await stage.database.fetchval("SELECT position FROM api.relay_state")
    return position


async def measure(stage: Stage, outcome: Outcome, seconds: float, under_way_max: int, bar: Bar | None) -> float:
    """One window, told in the outcome; payments per second."""
    await stage.until_idle()
    window, waiting = await sustained(stage, seconds, under_way_max)
    drain_s = await stage.until_idle()
    report = window.report
    arrived = arrivals(report, await stage.receiver.first_s())
    per_s = sum(arrived) / report.seconds
    outcome.add("payments, webhook received", per_s, "/s", bar, f"{report.seconds:.0f} s, {report.errors} refused")
    early, late = halves([(at_s, sum(counts.values())) for at_s, counts in waiting])
    outcome.add("under way, first half", early, "", note="rows and messages in all outboxes, queues and topics, mean")
    outcome.add("under way, second half", late, "", note="no more: it does not grow")
    outcome.add("drain afterwards", drain_s, "s")
    outcome.add("the generator's CPU", report.cpu_s / report.seconds, "cores")
    done = f"payment, webhook received ({outcome.scenario})"
    outcome.costs_us[done] = window.spent.cpu_us_per(sum(arrived))
    outcome.written_bytes[done] = window.spent.bytes_per(sum(arrived))
    outcome.latencies["POST /payments, closed loop"] = report.latency
    seconds_of = [float(second) for second in range(len(arrived))]
    lines = {
        "webhooks of ends received": list(zip(seconds_of, map(float, arrived), strict=True)),
        "POST /payments": [(float(second), float(count)) for second, count in enumerate(report.per_second)],
    }
    outcome.charts.append(Chart("Per second", "s", "/s", lines))
    kinds = {kind: [(at_s, float(counts[kind])) for at_s, counts in waiting] for kind in waiting[0][1]}
    outcome.charts.append(Chart("Under way", "s", "rows, messages", kinds))
    return per_s


async def sustained(stage: Stage, seconds: float, under_way_max: int) -> tuple[Window, Waiting]:
    """The window, and what waited where meanwhile."""
    orders = await stage.orders(round(seconds * PER_S_MAX) + under_way_max)
    plan = stage.plan([stage.payments(orders)], seconds, mode="under_way", under_way_max=under_way_max)
    running = asyncio.create_task(stage.run(plan))
    waiting: Waiting = []
    began_s = time.monotonic()
    while not running.done():
        waiting.append((time.monotonic() - began_s, await stage.undone()))
        await asyncio.wait({running}, timeout=LOOK_EVERY_S)
    return await running, waiting


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
