"""What the dashboard says of itself, for people and old clients."""

import asyncio

from chassis.health import postgres_answers
from chassis.http import Answer, Call, Route, json_answer
from chassis.runtime import Runtime
from services.dashboard.settings import Settings
from services.dashboard.upstream import Upstream


class HealthRoutes:
    """The handler."""

    def __init__(self, runtime: Runtime[Settings], upstream: Upstream) -> None:
        self._runtime = runtime
        self._upstream = upstream

    async def health(self, call: Call) -> Answer:
        """GET /health. `redis` is the queue's state under the name that old clients look for."""
        database, api = await asyncio.gather(postgres_answers(self._runtime.pool), self._upstream.is_ready())
        kafka = self._runtime.watch.connected
        healthy = database and kafka and api
        there = {"database": database, "kafka": kafka, "redis": kafka, "api": api}
        told = {
            "status": "healthy" if healthy else "unhealthy",
            **{name: "connected" if connected else "disconnected" for name, connected in there.items()},
            "worker": "running" if kafka else "stopped",
            "timestamp": self._runtime.clock.now(),
        }
        return json_answer(200 if healthy else 503, told)


def health_routes(handlers: HealthRoutes) -> list[Route]:
    """The table."""
    return [Route("GET", "/health", handlers.health, "What the dashboard is connected to, for people")]
