"""Webhook log, retry and settings: the notifier's, shown on the merchants' one host."""

from collections.abc import Callable
from typing import Any, Final

import orjson
from pydantic import BaseModel

from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import events, store
from services.api.auth import Authenticator
from services.api.routes.forwarding import Forwarding, Named
from services.api.routes.lists import id_in_path
from services.api.schemas.lists import ListAnswer
from services.api.schemas.webhooks import (
    DeliveriesQuery,
    DeliveryAnswer,
    DeliveryDetailAnswer,
    ProfileAnswer,
    ResendAnswer,
    ResendEvent,
    RetryAnswer,
    RetryMany,
    RetryManyAnswer,
    SaveWebhook,
    WebhookSecretAnswer,
    WebhookSettingsAnswer,
    WebhookTestAnswer,
)

V1: Final = "/api/v1"

DELIVERY: Final[Named] = (ids.DELIVERY, "Webhook")
EVENT: Final[Named] = (ids.EVENT, "Event")

Forwarded = Callable[..., Route]
"""Makes a route that forwards: method, path, path at the notifier, summary, answer, and what else a route says."""


class WebhookRoutes:
    """What takes more than forwarding to the notifier, which owns endpoints, secrets and deliveries."""

    def __init__(self, pool: Pool, clock: Clock, notifier: Forwarding) -> None:
        self._pool = pool
        self._clock = clock
        self._notifier = notifier

    async def resend(self, call: Call) -> Answer:
        """POST /events/{id}/resend: at once, with all attempts before it. An event that has just happened may be on its
        way to its endpoints for the first time, which is a conflict."""
        event_id = id_in_path(call, *EVENT)
        answer = await self._notifier.to("/internal/events/{id}/resend", EVENT)(call)
        if answer.status != 404:
            return answer
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            if await events.get_event(connection, call.principal.merchant_id, event_id) is None:
                return answer
        raise ApiError(
            409,
            "CONFLICT",
            "The event is on its way to your endpoints for the first time; send it again after a moment",
            headers={"Retry-After": "1"},
        )

    async def profile(self, call: Call) -> Answer:
        """GET /merchants/profile: the merchant with its webhook settings. Whoever holds the webhook secret can sign as
        we do: it is shown to who may change it, and null for who may only look."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await store.get_merchant(connection, call.principal.merchant_id, self._clock.now())
        settings = await self._notifier.to("/internal/settings")(call)
        if settings.status != 200 or row is None:
            return settings
        told = orjson.loads(settings.body)
        if not call.principal.may("webhooks:write"):
            told["webhook_secret"] = None
        return json_answer(
            200,
            {
                "id": row["id"],
                "name": row["name"],
                "email": row["email"],
                "api_key": row["key"],
                "publishable_key": row["publishable_key"],
                **told,
                "created_at": row["created_at"],
            },
        )


def webhook_routes(handlers: WebhookRoutes, notifier: Forwarding, merchant: Authenticator) -> list[Route]:
    """The table, with the family's aliases."""
    reads, writes = merchant.needs("webhooks:read"), merchant.needs("webhooks:write")

    def forwarded(method: str, path: str, to: str, summary: str, answer: type[BaseModel], **asked: Any) -> Route:
        scope = reads if method == "GET" else writes
        handle = notifier.to(to, DELIVERY if "{" in to else None)
        return Route(method, path, handle, summary, scope, answer=answer, forwarded=True, **asked)

    resend = Route(
        "POST",
        f"{V1}/events/{{id}}/resend",
        handlers.resend,
        "Deliver an event again, to all that want it or to one",
        merchant.needs("events:write"),
        body=ResendEvent,
        body_optional=True,
        answer=ResendAnswer,
        forwarded=True,
        errors=("CONFLICT",),
    )
    profile = Route(
        "GET",
        f"{V1}/merchants/profile",
        handlers.profile,
        "The merchant and its webhook settings",
        reads,
        answer=ProfileAnswer,
    )
    return [*_log_routes(forwarded), resend, profile, *_settings_routes(forwarded)]


def _log_routes(forwarded: Forwarded) -> list[Route]:
    return [
        forwarded(
            "GET",
            f"{V1}/webhooks",
            "/internal/webhooks",
            "List webhook deliveries",
            ListAnswer[DeliveryAnswer],
            query=DeliveriesQuery,
        ),
        forwarded("GET", f"{V1}/webhooks/{{id}}", "/internal/webhooks/{id}", "Get a delivery", DeliveryDetailAnswer),
        forwarded(
            "POST",
            f"{V1}/webhooks/retry",
            "/internal/webhooks/retry",
            "Deliver many again, those that a filter names",
            RetryManyAnswer,
            body=RetryMany,
        ),
        forwarded(
            "POST",
            f"{V1}/webhooks/{{id}}/retry",
            "/internal/webhooks/{id}/retry",
            "Deliver again, attempts afresh",
            RetryAnswer,
        ),
    ]


def _settings_routes(forwarded: Forwarded) -> list[Route]:
    return [
        *(
            forwarded(
                "PUT",
                path,
                "/internal/settings",
                "Set or clear the webhook URL",
                WebhookSettingsAnswer,
                body=SaveWebhook,
            )
            for path in (f"{V1}/merchants/webhook", f"{V1}/webhooks/config")
        ),
        *(
            forwarded("POST", path, "/internal/settings/regenerate-secret", "A new webhook secret", WebhookSecretAnswer)
            for path in (
                f"{V1}/merchants/webhook/regenerate-secret",
                f"{V1}/webhooks/regenerate-secret",
                f"{V1}/webhooks/secret/regenerate",
            )
        ),
        *(
            forwarded("POST", path, "/internal/settings/test", "Send a test webhook", WebhookTestAnswer)
            for path in (f"{V1}/merchants/webhook/test", f"{V1}/webhooks/test")
        ),
    ]
