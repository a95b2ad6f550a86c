"""Tails, open loop: requests are due at a constant rate whatever the answers do; time counts from when one was due."""

from typing import Final

from tests.load.histogram import Histogram
from tests.load.options import Options
from tests.load.outcome import Bar, Outcome
from tests.load.scenarios import full
from tests.load.scenarios.payments import due_by_id
from tests.load.stage import ENDS, Stage, Window

POST_P99: Final = Bar("at most", 25, 10)
WEBHOOK_P99: Final = Bar("at most", 100, 50)
WEBHOOK_PER_S: Final = 200.0
PART_OF_FULL: Final = 0.5
CONNECTIONS: Final = 256
"""More than are ever busy below the most that can be done, so that no request waits for one."""


async def run_posts(stage: Stage, options: Options) -> Outcome:
    """POST at half of what the whole path sustains."""
    outcome = Outcome("tail", "POST /payments at half of the full path's rate, open loop")
    await stage.listen(*ENDS)
    if not stage.full_per_s:  # it was not measured in this run
        stage.full_per_s = (await full.sustained(stage, options.window_s, options.under_way_max)).per_s
    rate_per_s = stage.full_per_s * PART_OF_FULL
    window, _ = await constant(stage, rate_per_s, options.window_s * 2)
    latency = window.report.latency
    outcome.add("p99 of POST /payments", latency.percentile_ms(99), "ms", POST_P99, f"at {rate_per_s:.0f}/s")
    outcome.latencies[f"POST /payments at {rate_per_s:.0f}/s"] = latency
    _common(outcome, window)
    return outcome


async def run_webhooks(stage: Stage, options: Options) -> Outcome:
    """From when a POST was due to its end's webhook."""
    outcome = Outcome("webhook_latency", f"Created → webhook received at {WEBHOOK_PER_S:.0f}/s, open loop")
    await stage.listen(*ENDS)
    window, due_s = await constant(stage, WEBHOOK_PER_S, options.window_s * 2)
    await stage.until_idle()
    first_s = await stage.receiver.first_s()
    took = Histogram.of_s(first_s[id_] - at_s for id_, at_s in due_s.items() if id_ in first_s)
    outcome.add("p99 of created → webhook", took.percentile_ms(99), "ms", WEBHOOK_P99, "the simulator's delay is 0")
    outcome.add("webhooks that never came", len(due_s) - took.count, "")
    outcome.latencies[f"created → webhook received at {WEBHOOK_PER_S:.0f}/s"] = took
    outcome.latencies[f"POST /payments at {WEBHOOK_PER_S:.0f}/s"] = window.report.latency
    _common(outcome, window)
    return outcome


async def constant(stage: Stage, rate_per_s: float, seconds: float) -> tuple[Window, dict[str, float]]:
    """A window with this rate, from an idle stack on; when each payment was due, by its id."""
    await stage.until_idle()
    ids_file = stage.file()
    orders = await stage.orders(round(rate_per_s * seconds) + 1)
    how = {"mode": "open", "rate_per_s": rate_per_s, "connections": CONNECTIONS, "ids_file": ids_file}
    window = await stage.run(stage.plan([stage.payments(orders)], seconds, **how))
    return window, await due_by_id(ids_file)


def _common(outcome: Outcome, window: Window) -> None:
    late, report = window.report.late, window.report
    outcome.add("refused or unanswered", report.errors, "")
    outcome.add("the generator's CPU", report.cpu_s / report.seconds, "cores")
    outcome.latencies["of which the generator was late"] = late
    outcome.costs_us["POST at this rate"] = window.spent.cpu_us_per(report.done)
