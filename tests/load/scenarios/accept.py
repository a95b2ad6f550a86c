"""How fast payments are accepted, beside pgbench writing exactly the rows of one, in turns.

Each window begins with an idle stack. In a burst each order is paid once, each request is authenticated and has an
Idempotency-Key, and everything runs. What the payments start is not stopped, but it stands back for a rush
(`chassis/rush.py`); how long it takes to end afterwards is the burst's drain.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.load.histogram import Histogram
from tests.load.options import Options
from tests.load.outcome import Bar, Chart, Outcome
from tests.load.pgbench import CLIENTS, ONE_STATEMENT, ROWS, Baseline, Written, make_baseline
from tests.load.stage import ENDS, NOTHING, Spent, Stage, Window, spent

R1: Final = Bar("at least", 1.2, 2.0)
PER_S_MAX: Final = 6000
"""Orders are made for so many payments a second; a burst that has used them up ends early, and its time with it."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A window of the baseline, and what it cost."""

    written: Written
    spent: Spent

    @property
    def per_s(self) -> float:
        """Payments' rows."""
        return self.written.per_s


@dataclass(frozen=True, slots=True)
class Pair:
    """A burst, and the baseline's windows before it."""

    burst: Window
    whole: Spent
    """With the drain."""

    drain_s: float
    tables: Rows
    """One statement per table, by the best number of clients."""

    at_once: Rows

    def __str__(self) -> str:
        return (
            f"POST /payments {self.burst.report.per_s:6.0f}/s  {self.burst.report.latency}"
            f"  drained in {self.drain_s:.1f} s   pgbench {self.tables.per_s:6.0f}/s, one statement"
            f" {self.at_once.per_s:6.0f}/s   R1 {self.ratio:.2f}"
        )

    @property
    def ratio(self) -> float:
        """R1."""
        return self.burst.report.per_s / self.tables.per_s

    @property
    def ratio_at_once(self) -> float:
        """R1′."""
        return self.burst.report.per_s / self.at_once.per_s


async def run(stage: Stage, options: Options) -> Outcome:
    """Alternating windows, everything running."""
    outcome = Outcome("accept", "Accepting payments while everything runs, beside pgbench with the same rows")
    _tell(outcome, await _pairs(stage, options), R1)
    return outcome


async def _pairs(stage: Stage, options: Options) -> list[Pair]:
    baseline = await make_baseline(stage.stack)
    await stage.listen(*ENDS)
    pairs = []
    for _ in range(options.pairs):
        pairs.append(await _pair(stage, baseline, options.window_s))
        print(f"    {pairs[-1]}", flush=True)
    await baseline.drop()
    return pairs


async def _pair(stage: Stage, baseline: Baseline, window_s: float) -> Pair:
    await stage.until_idle()
    part_s = max(1, round(window_s / len(CLIENTS)))
    tried = [await _rows(stage, baseline, part_s, clients, ROWS) for clients in CLIENTS]
    tables = max(tried, key=lambda rows: rows.per_s)
    at_once = await _rows(stage, baseline, part_s, tables.written.clients, ONE_STATEMENT)
    orders = await stage.orders(round(window_s * PER_S_MAX))
    await stage.database.execute("CHECKPOINT")
    begin = await stage.mark()
    burst = await stage.run(stage.plan([stage.payments(orders)], window_s))
    ended_s = time.monotonic()
    await stage.until_idle()
    drain_s = time.monotonic() - ended_s
    return Pair(burst, spent(begin, await stage.mark()), drain_s, tables, at_once)


async def _rows(stage: Stage, baseline: Baseline, seconds: int, clients: int, script: Path) -> Rows:
    await baseline.prepare()
    begin = await stage.mark()
    written = await baseline.window(seconds, clients, script)
    return Rows(written, spent(begin, await stage.mark()))


def _tell(outcome: Outcome, pairs: list[Pair], bar: Bar | None) -> None:
    latency = Histogram()
    for pair in pairs:
        latency.merge(pair.burst.report.latency)
    ratios = [pair.ratio for pair in pairs]
    spread = f"median of {len(pairs)} pairs, {min(ratios):.2f} to {max(ratios):.2f}"
    outcome.add("R1: POST /payments ÷ pgbench", median(ratios), "", bar, spread)
    outcome.add("R1′: ÷ pgbench with one statement", median(pair.ratio_at_once for pair in pairs), "")
    outcome.add("POST /payments", median(pair.burst.report.per_s for pair in pairs), "/s", note="closed loop, c=64")
    outcome.add("pgbench, best of 16, 32, 64 clients", median(pair.tables.per_s for pair in pairs), "/s")
    outcome.add("pgbench with one statement", median(pair.at_once.per_s for pair in pairs), "/s")
    outcome.add("drain after a burst", median(pair.drain_s for pair in pairs), "s")
    outcome.add("refused or unanswered", sum(pair.burst.report.errors for pair in pairs), "")
    outcome.latencies["POST /payments, closed loop"] = latency
    count = sum(pair.burst.report.done for pair in pairs)
    during = sum((pair.burst.spent for pair in pairs), NOTHING)
    whole = sum((pair.whole for pair in pairs), NOTHING)
    for name, rows in {
        "payment's rows by pgbench": [pair.tables for pair in pairs],
        "payment's rows by pgbench, one statement": [pair.at_once for pair in pairs],
    }.items():
        cost = sum((one.spent for one in rows), NOTHING).cpu_us_per(sum(one.written.count for one in rows))
        outcome.costs_us[name] = {("pgbench" if part == "bench" else part): us for part, us in cost.items()}
    outcome.costs_us["accepted payment, during the burst"] = during.cpu_us_per(count)
    outcome.costs_us["accepted payment, with the drain"] = whole.cpu_us_per(count)
    outcome.written_bytes["accepted payment, with the drain"] = whole.bytes_per(count)
    numbered = [float(number) for number in range(1, len(pairs) + 1)]
    lines = {
        "POST /payments": list(zip(numbered, (pair.burst.report.per_s for pair in pairs), strict=True)),
        "pgbench": list(zip(numbered, (pair.tables.per_s for pair in pairs), strict=True)),
        "pgbench with one statement": list(zip(numbered, (pair.at_once.per_s for pair in pairs), strict=True)),
    }
    outcome.charts.append(Chart("Payments per second, pair by pair", "pair", "/s", lines))
