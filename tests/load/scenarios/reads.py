"""What reading costs: one payment, a page of the list, the balance; closed loop, beside nothing else."""

from typing import Final

from tests.load.calls import Call
from tests.load.options import Options
from tests.load.outcome import Outcome
from tests.load.scenarios.payments import AUTHORISED, payments_that
from tests.load.stage import Stage

IDS: Final = 2000

PATHS: Final = {
    "GET a payment": "/api/v1/payments/{value}",
    "GET a page of payments": "/api/v1/payments",
    "GET the balance": "/api/v1/balance",
}


async def run(stage: Stage, options: Options) -> Outcome:
    """One window each."""
    outcome = Outcome("reads", "Reading")
    ids = stage.file(await payments_that(stage, AUTHORISED, IDS))
    await stage.until_idle()
    for name, path in PATHS.items():
        call = Call(name, "GET", path, values=ids if "{value}" in path else "", again=True)
        window = await stage.run(stage.plan([call], options.window_s / 2))
        outcome.add(name, window.report.per_s, "/s", note=f"{window.report.errors} refused")
        outcome.latencies[f"{name}, closed loop"] = window.report.latency
        outcome.costs_us[name] = window.spent.cpu_us_per(window.report.done)
    return outcome
