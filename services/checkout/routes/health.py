"""What the checkout says of itself, for people and old clients."""

import asyncio

from chassis.health import postgres_answers
from chassis.http import Answer, Call, Route, json_answer
from chassis.runtime import Runtime
from services.checkout.orders import Orders
from services.checkout.settings import Settings


class HealthRoutes:
    """The handler."""

    def __init__(self, runtime: Runtime[Settings], orders: Orders) -> None:
        self._runtime = runtime
        self._orders = orders

    async def health(self, call: Call) -> Answer:
        """GET /health. `redis` is the queue's state under the name that old clients look for."""
        database, api = await asyncio.gather(postgres_answers(self._runtime.pool), self._orders.is_ready())
        kafka = self._runtime.watch.connected
        healthy = database and kafka and api
        told = {
            "status": "healthy" if healthy else "unhealthy",
            **{name: "connected" if there else "disconnected" for name, there in _named(database, kafka, api)},
            "worker": "running" if kafka else "stopped",
            "timestamp": self._runtime.clock.now(),
        }
        return json_answer(200 if healthy else 503, told)


def health_routes(handlers: HealthRoutes) -> list[Route]:
    """The table."""
    return [Route("GET", "/health", handlers.health, "What the checkout is connected to, for people")]


def _named(database: bool, kafka: bool, api: bool) -> list[tuple[str, bool]]:
    return [("database", database), ("kafka", kafka), ("redis", kafka), ("api", api)]
