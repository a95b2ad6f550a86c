"""The simple settings: a merchant's one URL and its secret, kept in its default endpoint."""

from chassis import pg
from chassis.clock import Clock
from chassis.errors import bad_request
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.pg import Connection, Pool
from services.notifier.endpoints import Endpoints
from services.notifier.routes.endpoints import test_view
from services.notifier.routes.merchants import OncePerKey, merchant_of
from services.notifier.schemas import NoBody, SaveSettings


class SettingsRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, endpoints: Endpoints, once_per_key: OncePerKey) -> None:
        self._pool = pool
        self._clock = clock
        self._endpoints = endpoints
        self._once_per_key = once_per_key

    async def get_settings(self, call: Call) -> Answer:
        """GET /internal/settings"""
        async with pg.transaction(self._pool) as connection:
            return json_answer(200, await self._endpoints.settings(connection, merchant_of(call), self._clock.now()))

    async def save_settings(self, call: Call) -> Answer:
        """PUT /internal/settings"""
        body: SaveSettings = call.body
        merchant_id = merchant_of(call)
        url = (body.webhook_url or "").strip() or None
        refusal = await self._endpoints.url_refusal(url, "webhook_url") if url else None
        if refusal is not None:
            raise bad_request(refusal, field="webhook_url")
        now = self._clock.now()
        async with pg.transaction(self._pool) as connection:
            await self._endpoints.set_url(connection, merchant_id, url, now)
            return json_answer(200, await self._endpoints.settings(connection, merchant_id, now))

    async def renew_secret(self, call: Call) -> Answer:
        """POST /internal/settings/regenerate-secret"""
        merchant_id = merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            secret = await self._endpoints.renew_secret(connection, merchant_id, self._clock.now())
            return json_answer(200, {"webhook_secret": secret})

        return await self._once_per_key(call, decide)

    async def send_test(self, call: Call) -> Answer:
        """POST /internal/settings/test"""
        merchant_id = merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            delivery_id = await self._endpoints.test_default(connection, merchant_id, self._clock.now())
            return json_answer(200, test_view(delivery_id))

        return await self._once_per_key(call, decide)


def settings_routes(handlers: SettingsRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route("GET", "/internal/settings", handlers.get_settings, "A merchant's webhook URL and secret", internal),
        Route("PUT", "/internal/settings", handlers.save_settings, "Set or clear the URL", internal, body=SaveSettings),
        Route(
            "POST",
            "/internal/settings/regenerate-secret",
            handlers.renew_secret,
            "A new secret",
            internal,
            body=NoBody,
            body_optional=True,
        ),
        Route(
            "POST",
            "/internal/settings/test",
            handlers.send_test,
            "Send a test event",
            internal,
            body=NoBody,
            body_optional=True,
        ),
    ]
