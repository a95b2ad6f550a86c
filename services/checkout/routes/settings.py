"""A merchant's settings: whose pages may embed its checkout."""

from chassis import pg
from chassis.errors import bad_request
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from services.checkout import store
from services.checkout.routes.merchants import merchant_of
from services.checkout.schemas import SaveSettings
from services.checkout.sessions import settings_view


class SettingsRoutes:
    """The handlers. A merchant may name `origins_max` origins."""

    def __init__(self, pool: Pool, *, origins_max: int, test_mode: bool) -> None:
        self._pool = pool
        self._origins_max = origins_max
        self._test_mode = test_mode

    async def get(self, call: Call) -> Answer:
        """GET /internal/checkout/settings"""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            merchant = await store.find_merchant(connection, merchant_of(call))
        return json_answer(200, settings_view(merchant, test_mode=self._test_mode))

    async def save(self, call: Call) -> Answer:
        """PUT /internal/checkout/settings"""
        asked: SaveSettings = call.body
        merchant_id = merchant_of(call)
        if len(asked.allowed_origins or ()) > self._origins_max:
            raise bad_request(f"allowed_origins must have at most {self._origins_max} entries", field="allowed_origins")
        async with pg.transaction(self._pool) as connection:
            await store.allow_origins(connection, merchant_id, asked.allowed_origins)
            merchant = await store.find_merchant(connection, merchant_id)
        return json_answer(200, settings_view(merchant, test_mode=self._test_mode))


def settings_routes(handlers: SettingsRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    path = "/internal/checkout/settings"
    return [
        Route("GET", path, handlers.get, "Whose pages may embed a merchant's checkout", internal),
        Route("PUT", path, handlers.save, "Say whose pages may", internal, body=SaveSettings),
    ]
