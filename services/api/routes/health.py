"""/health for people and old clients, and the test routes."""

import asyncio
from typing import Any

from chassis.health import postgres_answers
from chassis.http import Answer, Call, Route, json_answer
from chassis.runtime import Runtime
from services.api.peers import PeerAway, Peers
from services.api.schemas.health import HealthAnswer, JobsAnswer, SeededMerchantAnswer
from services.api.seed import SEED_EMAIL, SEED_KEY, SEED_MERCHANT_ID
from services.api.settings import Settings

WORKERS = ("processor", "refunder", "notifier")
OTHERS = (*WORKERS, "checkout")


class HealthRoutes:
    """What the whole gateway says of itself."""

    def __init__(self, runtime: Runtime[Settings], peers: Peers) -> None:
        self._runtime = runtime
        self._peers = peers

    async def health(self, call: Call) -> Answer:
        """GET /health. `redis` is the queue's state under the name that old clients look for; `services`, which of the
        others stopped, is told only when one has."""
        database, *others = await asyncio.gather(
            postgres_answers(self._runtime.pool), *(self._peers.is_ready(name) for name in OTHERS)
        )
        kafka = self._runtime.watch.connected
        healthy = database and kafka and all(others)
        services = {name: "running" if ready else "stopped" for name, ready in zip(OTHERS, others, strict=True)}
        told = {
            "status": "healthy" if healthy else "unhealthy",
            "database": _connected(database),
            "kafka": _connected(kafka),
            "redis": _connected(kafka),
            "worker": "running" if all(services[name] == "running" for name in WORKERS) else "stopped",
            "timestamp": self._runtime.clock.now(),
        }
        return json_answer(200 if healthy else 503, told if all(others) else {**told, "services": services})

    async def merchant(self, call: Call) -> Answer:
        """GET /api/v1/test/merchant"""
        return json_answer(200, {"id": SEED_MERCHANT_ID, "email": SEED_EMAIL, "api_key": SEED_KEY, "seeded": True})

    async def jobs(self, call: Call) -> Answer:
        """GET /api/v1/test/jobs/status: the sum of what the services say."""
        return json_answer(200, await self.count_jobs())

    async def count_jobs(self) -> dict[str, Any]:
        """What all workers have to do and have done; see `JobsAnswer`."""
        totals = {"pending": 0, "processing": 0, "completed": 0, "failed": 0}
        status = "running"
        for figures in await asyncio.gather(
            *(self._peers.get_json(name, "/internal/jobs") for name in WORKERS), return_exceptions=True
        ):
            if isinstance(figures, PeerAway):
                status = "stopped"
                continue
            if isinstance(figures, BaseException):
                raise figures
            for name in totals:
                totals[name] += figures[name]
        return {**totals, "worker_status": status}


def health_routes(handlers: HealthRoutes, *, test_mode: bool) -> list[Route]:
    """The table; the test routes are there in test mode only."""
    health = Route(
        "GET", "/health", handlers.health, "The state of the gateway, for people", answer=HealthAnswer, also=(503,)
    )
    if not test_mode:
        return [health]
    return [
        health,
        Route(
            "GET", "/api/v1/test/merchant", handlers.merchant, "The seeded test merchant", answer=SeededMerchantAnswer
        ),
        Route("GET", "/api/v1/test/jobs/status", handlers.jobs, "What the workers have to do", answer=JobsAnswer),
    ]


def _connected(there: bool) -> str:
    return "connected" if there else "disconnected"
