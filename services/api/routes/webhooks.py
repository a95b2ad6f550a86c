"""Webhook log, retry and settings: the notifier's, shown on the merchants' one host."""

from collections.abc import Awaitable, Callable

import orjson

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.api import store
from services.api.auth import Authenticator
from services.api.peers import Peers


class WebhookRoutes:
    """Forwards to the notifier, which owns endpoints, secrets and deliveries."""

    def __init__(self, pool: Pool, peers: Peers) -> None:
        self._pool = pool
        self._peers = peers

    def to(self, path: str) -> Callable[[Call], Awaitable[Answer]]:
        """A handler that forwards to this path of the notifier."""

        async def forward(call: Call) -> Answer:
            return await self._peers.forward(call, "notifier", path.format(**call.path))

        return forward

    async def profile(self, call: Call) -> Answer:
        """GET /merchants/profile: the merchant with its webhook settings."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await store.get_merchant(connection, call.principal.merchant_id)
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
                **orjson.loads(settings.body),
                "created_at": row["created_at"],
            },
        )


def webhook_routes(handlers: WebhookRoutes, merchant: Authenticator) -> list[Route]:
    """The table, with the family's aliases."""
    v1 = "/api/v1"
    reads, writes = merchant.needs("webhooks:read"), merchant.needs("webhooks:write")
    retry = handlers.to("/internal/webhooks/{id}/retry")
    save = handlers.to("/internal/settings")
    renew = handlers.to("/internal/settings/regenerate-secret")
    test = handlers.to("/internal/settings/test")
    return [
        Route("GET", f"{v1}/webhooks", handlers.to("/internal/webhooks"), "List webhook deliveries", reads),
        Route("GET", f"{v1}/webhooks/{{id}}", handlers.to("/internal/webhooks/{id}"), "Get a delivery", reads),
        Route("POST", f"{v1}/webhooks/{{id}}/retry", retry, "Deliver again, attempts afresh", writes),
        Route("GET", f"{v1}/merchants/profile", handlers.profile, "The merchant and its webhook settings", reads),
        Route("PUT", f"{v1}/merchants/webhook", save, "Set or clear the webhook URL", writes),
        Route("PUT", f"{v1}/webhooks/config", save, "Set or clear the webhook URL", writes),
        Route("POST", f"{v1}/merchants/webhook/regenerate-secret", renew, "A new webhook secret", writes),
        Route("POST", f"{v1}/webhooks/regenerate-secret", renew, "A new webhook secret", writes),
        Route("POST", f"{v1}/webhooks/secret/regenerate", renew, "A new webhook secret", writes),
        Route("POST", f"{v1}/merchants/webhook/test", test, "Send a test webhook", writes),
        Route("POST", f"{v1}/webhooks/test", test, "Send a test webhook", writes),
    ]
