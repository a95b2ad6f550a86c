"""What follows a payment: captures and refunds, as fast as they are accepted, and what each costs until all is done."""

import time
from collections.abc import Callable

from tests.load.calls import Call
from tests.load.options import Options
from tests.load.outcome import Outcome
from tests.load.scenarios.payments import AUTHORISED, CAPTURED, captures, payments_that, refunds
from tests.load.stage import Stage, spent

PER_S = 750
"""Payments are made ready for so many a second of the window, which ends when they are used up."""


async def run_captures(stage: Stage, options: Options) -> Outcome:
    """Of authorised payments."""
    outcome = Outcome("captures", "Capturing")
    await _measure(stage, outcome, options, AUTHORISED, captures, "payment.captured")
    return outcome


async def run_refunds(stage: Stage, options: Options) -> Outcome:
    """Of captured payments."""
    outcome = Outcome("refunds", "Giving back")
    await _measure(stage, outcome, options, CAPTURED, refunds, "refund.processed")
    return outcome


async def _measure(
    stage: Stage, outcome: Outcome, options: Options, condition: str, call_of: Callable[[str], Call], event: str
) -> None:
    ids = await payments_that(stage, condition, round(options.window_s * PER_S))
    await stage.listen(event)
    await stage.until_idle()
    call = call_of(stage.file(ids))
    begin = await stage.mark()
    window = await stage.run(stage.plan([call], options.window_s))
    ended_s = time.monotonic()
    await stage.until_idle()
    drain_s, whole = time.monotonic() - ended_s, spent(begin, await stage.mark())
    report = window.report
    outcome.add(call.name, report.per_s, "/s", note=f"closed loop, {report.seconds:.0f} s, {report.errors} refused")
    outcome.add("drain afterwards", drain_s, "s")
    outcome.latencies[f"{call.name}, closed loop"] = report.latency
    count = report.by_call[call.name].count
    outcome.costs_us[f"{call.name}, with the drain"] = whole.cpu_us_per(count)
    outcome.written_bytes[f"{call.name}, with the drain"] = whole.bytes_per(count)
