"""Webhook log, retry and settings: the notifier's, shown on the merchants' one host."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from pydantic import BaseModel

from chassis.clock import Clock
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api import store
from services.api.auth import Authenticator
from services.api.peers import Peers
from services.api.schemas.webhooks import (
    DeliveriesAnswer,
    DeliveriesQuery,
    DeliveryDetailAnswer,
    ProfileAnswer,
    RetryAnswer,
    RetryMany,
    RetryManyAnswer,
    SaveWebhook,
    WebhookSecretAnswer,
    WebhookSettingsAnswer,
    WebhookTestAnswer,
)


class WebhookRoutes:
    """Forwards to the notifier, which owns endpoints, secrets and deliveries."""

    def __init__(self, pool: Pool, clock: Clock, peers: Peers, merchant: Authenticator) -> None:
        self._pool = pool
        self._clock = clock
        self._peers = peers
        self._merchant = merchant

    def to(self, path: str) -> Callable[[Call], Awaitable[Answer]]:
        """A handler that forwards to this path of the notifier, with a key that is live when all is here."""

        async def forward(call: Call) -> Answer:
            if call.request.method != "GET":
                await call.request.read()
                await self._merchant.recheck(call.principal)
            return await self._peers.forward(call, "notifier", path.format(**call.path))

        return forward

    async def profile(self, call: Call) -> Answer:
        """GET /merchants/profile: the merchant with its webhook settings."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await store.get_merchant(connection, call.principal.merchant_id, self._clock.now())
        settings = await self._peers.forward(call, "notifier", "/internal/settings")
        if settings.status != 200 or row is None:
            return settings
        return json_answer(
            200,
            {
                "id": row["id"],
                "name": row["name"],
                "email": row["email"],
                "api_key": row["key"],
                "publishable_key": row["publishable_key"],
                **orjson.loads(settings.body),
                "created_at": row["created_at"],
            },
        )


def webhook_routes(handlers: WebhookRoutes, merchant: Authenticator) -> list[Route]:
    """The table, with the family's aliases."""
    v1 = "/api/v1"
    reads, writes = merchant.needs("webhooks:read"), merchant.needs("webhooks:write")
    deliveries = f"{v1}/webhooks"

    def forwarded(method: str, path: str, to: str, summary: str, answer: type[BaseModel], **asked: Any) -> Route:
        scope = reads if method == "GET" else writes
        return Route(method, path, handlers.to(to), summary, scope, answer=answer, forwarded=True, **asked)

    return [
        forwarded(
            "GET",
            deliveries,
            "/internal/webhooks",
            "List webhook deliveries",
            DeliveriesAnswer,
            query=DeliveriesQuery,
        ),
        forwarded("GET", f"{deliveries}/{{id}}", "/internal/webhooks/{id}", "Get a delivery", DeliveryDetailAnswer),
        forwarded(
            "POST",
            f"{deliveries}/retry",
            "/internal/webhooks/retry",
            "Deliver many again, those that a filter names",
            RetryManyAnswer,
            body=RetryMany,
        ),
        forwarded(
            "POST",
            f"{deliveries}/{{id}}/retry",
            "/internal/webhooks/{id}/retry",
            "Deliver again, attempts afresh",
            RetryAnswer,
        ),
        Route(
            "GET",
            f"{v1}/merchants/profile",
            handlers.profile,
            "The merchant and its webhook settings",
            reads,
            answer=ProfileAnswer,
        ),
        *(
            forwarded(
                "PUT",
                path,
                "/internal/settings",
                "Set or clear the webhook URL",
                WebhookSettingsAnswer,
                body=SaveWebhook,
            )
            for path in (f"{v1}/merchants/webhook", f"{deliveries}/config")
        ),
        *(
            forwarded("POST", path, "/internal/settings/regenerate-secret", "A new webhook secret", WebhookSecretAnswer)
            for path in (
                f"{v1}/merchants/webhook/regenerate-secret",
                f"{deliveries}/regenerate-secret",
                f"{deliveries}/secret/regenerate",
            )
        ),
        *(
            forwarded("POST", path, "/internal/settings/test", "Send a test webhook", WebhookTestAnswer)
            for path in (f"{v1}/merchants/webhook/test", f"{deliveries}/test")
        ),
    ]
