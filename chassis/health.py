"""What a process says of itself: `/live` by progress, `/ready` for traffic, `/metrics` for Prometheus.

Probes and the supervisor use `/live` and `/ready`; `/health` (a service's own) is for people and old clients.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from chassis import pg
from chassis.clock import Clock
from chassis.http import Answer, Call, Route, json_answer
from chassis.kafka import ClusterWatch
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.progress import STALL_LIMIT_S, Worker

READY_TIMEOUT_S = 2.0


async def postgres_answers(pool: Pool) -> bool:
    """Whether Postgres answers in time."""
    try:
        await pg.ping(pool, timeout_s=READY_TIMEOUT_S)
    except Exception:
        return False
    return True


def probe_routes(
    *,
    workers: Sequence[Worker],
    connections: Callable[[], Awaitable[dict[str, bool]]],
    required: Collection[str],
    metrics: Metrics,
) -> list[Route]:
    """`/live`, `/ready` and `/metrics`. `/ready` tells all connections; only the required ones decide its status."""

    async def live(call: Call) -> Answer:
        stalled = {w.name: round(w.progress.stalled_s, 1) for w in workers if w.progress.stalled_s > STALL_LIMIT_S}
        return json_answer(503 if stalled else 200, {"status": "stalled" if stalled else "live", "stalled_s": stalled})

    async def is_ready(call: Call) -> Answer:
        there = await connections()
        told = {name: "connected" if connected else "disconnected" for name, connected in there.items()}
        good = all(there[name] for name in required)
        return json_answer(200 if good else 503, {"status": "ready" if good else "not ready", **told})

    async def exposition(call: Call) -> Answer:
        return Answer(200, metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("GET", "/live", live, "Whether the process makes progress", logged=False),
        Route("GET", "/ready", is_ready, "Whether the process can serve", logged=False),
        Route("GET", "/metrics", exposition, "Metrics for Prometheus", logged=False),
    ]


def health_route(pool: Pool, watch: ClusterWatch, clock: Clock) -> Route:
    """`/health` of a service that works behind the scenes: what it is connected to, for people. 503 when not to all."""

    async def health(call: Call) -> Answer:
        there = {"database": await postgres_answers(pool), "kafka": watch.connected}
        told = {name: "connected" if connected else "disconnected" for name, connected in there.items()}
        healthy = all(there.values())
        status = "healthy" if healthy else "unhealthy"
        return json_answer(200 if healthy else 503, {"status": status, **told, "timestamp": clock.now()})

    return Route("GET", "/health", health, "What the service is connected to, for people")
