"""/api/v1/queues"""

import asyncio
from typing import Any

from chassis.http import Answer, Call, Route, json_answer
from chassis.queues import PATH, KafkaAway, Place, ends_of, lag_by_topic, own_queues
from chassis.runtime import Runtime
from services.api.auth import Authenticator
from services.api.peers import PeerAway, Peers
from services.api.routes.health import OTHERS, HealthRoutes
from services.api.schemas.queues import QueuesAnswer
from services.api.settings import Settings

OWN = "api"


class QueueRoutes:
    """The handler."""

    def __init__(self, runtime: Runtime[Settings], peers: Peers, health: HealthRoutes) -> None:
        self._runtime = runtime
        self._peers = peers
        self._health = health

    async def get(self, call: Call) -> Answer:
        """GET /queues: outboxes, consumers, delayed webhooks and jobs. What is committed is never lost: it is late."""
        told, missing = await self._of_services()
        nexts: dict[tuple[str, str], dict[Place, int]] = {}
        for service, queues in told.items():
            for group, topic, partition, next_ in queues["offsets"]:
                nexts.setdefault((service, group), {})[topic, partition] = next_
        places = {place for of_group in nexts.values() for place in of_group}
        ends = None
        try:
            ends = await ends_of(self._runtime.settings.kafka_bootstrap_servers, places)
        except KafkaAway:
            missing.append("kafka")
        told_outbox = [
            {"service": service, "depth": queues["depth"], "oldest_s": queues["oldest_s"]}
            for service, queues in told.items()
        ]
        consumers = [
            row for (service, group), of_group in nexts.items() for row in _lags(service, group, of_group, ends)
        ]
        answer = {
            "outbox": told_outbox,
            "consumers": consumers,
            "delays": await self._delays(),
            "jobs": await self._health.count_jobs(),
            "missing": missing,
        }
        return json_answer(200, answer)

    async def _delays(self) -> list[dict[str, Any]]:
        """None while the notifier is away, which is told."""
        try:
            delays: list[dict[str, Any]] = (await self._peers.get_json("notifier", "/internal/delays"))["data"]
        except PeerAway:
            return []
        return delays

    async def _of_services(self) -> tuple[dict[str, Any], list[str]]:
        """What each says of itself, by name, and who did not."""
        runtime = self._runtime
        own, *others = await asyncio.gather(
            own_queues(runtime.pool, runtime.watch, runtime.clock.now()),
            *(self._peers.get_json(name, PATH) for name in OTHERS),
            return_exceptions=True,
        )
        told: dict[str, Any] = {}
        missing: list[str] = []
        for name, queues in zip((OWN, *OTHERS), (own, *others), strict=True):
            if isinstance(queues, PeerAway):
                missing.append(name)
            elif isinstance(queues, BaseException):
                raise queues
            else:
                told[name] = queues
        return told, missing


def queue_routes(handlers: QueueRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    reads = merchant.needs("system:read")
    return [Route("GET", "/api/v1/queues", handlers.get, "See what waits", reads, answer=QueuesAnswer)]


def _lags(service: str, group: str, nexts: dict[Place, int], ends: dict[Place, int] | None) -> list[dict[str, Any]]:
    return [
        {
            "service": service,
            "topic": topic,
            "group": group,
            "partition_count": partitions,
            "lag": None if ends is None else lag,
        }
        for topic, (partitions, lag) in lag_by_topic(nexts, ends or {}).items()
    ]
