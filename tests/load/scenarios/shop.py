"""What a shop does all day, mixed: closed loop for how much of it there can be, then open loop at half of that."""

from typing import Final

from tests.load.calls import Call
from tests.load.options import Options
from tests.load.outcome import Outcome
from tests.load.scenarios.latency import CONNECTIONS, PART_OF_FULL
from tests.load.scenarios.payments import AUTHORISED, CAPTURED, captures, payments_that, refunds
from tests.load.stage import Stage

PER_S_MAX: Final = 2500
WEIGHTS: Final = {
    "POST an order": 18,
    "POST /payments": 18,
    "GET a payment": 30,
    "GET a page of payments": 8,
    "GET the balance": 4,
    "GET an order": 8,
    "POST a capture": 11,
    "POST a refund": 3,
}
"""Of a hundred requests."""

READ: Final = 500


async def run(stage: Stage, options: Options) -> Outcome:
    """Both windows, told of everything."""
    outcome = Outcome("shop", "A shop's traffic, mixed")
    window_s = options.window_s
    most = await stage.run(stage.plan(await _calls(stage, window_s * PER_S_MAX), window_s))
    rate_per_s = most.report.per_s * PART_OF_FULL
    how = {"mode": "open", "rate_per_s": rate_per_s, "connections": CONNECTIONS}
    calls = await _calls(stage, window_s * rate_per_s)
    half = await stage.run(stage.plan(calls, window_s, **how))
    outcome.add("requests, closed loop", most.report.per_s, "/s", note=f"{most.report.errors} refused")
    outcome.add("requests, open loop", rate_per_s, "/s", note=f"{half.report.errors} refused")
    outcome.add("p99 of all at that rate", half.report.latency.percentile_ms(99), "ms")
    for name, answers in half.report.by_call.items():
        outcome.latencies[f"{name}, at {rate_per_s:.0f} requests/s"] = answers.latency
    outcome.costs_us["request of a shop, closed loop"] = most.spent.cpu_us_per(most.report.done)
    outcome.costs_us["request of a shop, open loop"] = half.spent.cpu_us_per(half.report.done)
    return outcome


async def _calls(stage: Stage, requests: float) -> list[Call]:
    """Enough to do for so many requests."""
    needed = {name: round(requests * weight / sum(WEIGHTS.values())) + 100 for name, weight in WEIGHTS.items()}
    to_refund = await payments_that(stage, CAPTURED, needed["POST a refund"])
    to_capture = await payments_that(stage, AUTHORISED, needed["POST a capture"])
    orders = await stage.orders(needed["POST /payments"])
    known_orders, known = await stage.orders(READ), stage.file(to_capture[-READ:])
    await stage.listen("*")
    await stage.until_idle()
    order = '{"amount":5000,"currency":"INR","receipt":"bench"}'
    calls = [
        Call("POST an order", "POST", "/api/v1/orders", order, keyed=True),
        stage.payments(orders),
        Call("GET a payment", "GET", "/api/v1/payments/{value}", values=known, again=True),
        Call("GET a page of payments", "GET", "/api/v1/payments"),
        Call("GET the balance", "GET", "/api/v1/balance"),
        Call("GET an order", "GET", "/api/v1/orders/{value}", values=known_orders, again=True),
        captures(stage.file(to_capture)),
        refunds(stage.file(to_refund)),
    ]
    return [call.weighing(WEIGHTS[call.name]) for call in calls]
