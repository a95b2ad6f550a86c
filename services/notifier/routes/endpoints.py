"""A merchant's webhook endpoints: made, shown, changed, deleted, tested; their secrets rolled."""

from datetime import timedelta
from typing import Any

from chassis import pg
from chassis.clock import Clock
from chassis.errors import bad_request
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from services.notifier import deliveries
from services.notifier.endpoints import Endpoints, not_found
from services.notifier.routes.merchants import OncePerKey, merchant_of
from services.notifier.schemas import ChangeEndpoint, CreateEndpoint, EndpointsQuery, NoBody, RollSecret


class EndpointRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, endpoints: Endpoints, once_per_key: OncePerKey) -> None:
        self._pool = pool
        self._clock = clock
        self._endpoints = endpoints
        self._once_per_key = once_per_key

    async def list(self, call: Call) -> Answer:
        """GET /internal/webhook_endpoints"""
        query: EndpointsQuery = call.query
        merchant_id, now = merchant_of(call), self._clock.now()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await self._endpoints.list(connection, merchant_id, query.limit, query.offset, now)
        return json_answer(200, page)

    async def get(self, call: Call) -> Answer:
        """GET /internal/webhook_endpoints/{id}"""
        endpoint_id, merchant_id, now = _id_in(call), merchant_of(call), self._clock.now()
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            return json_answer(200, await self._endpoints.get(connection, merchant_id, endpoint_id, now))

    async def create(self, call: Call) -> Answer:
        """POST /internal/webhook_endpoints"""
        asked: CreateEndpoint = call.body
        merchant_id = merchant_of(call)
        refusal = await self._endpoints.url_refusal(asked.url, "url")

        async def decide(connection: Connection) -> Answer:
            # Here, since a key that has its answer gets it again, wherever the name leads today.
            if refusal is not None:
                raise bad_request(refusal, field="url")
            return json_answer(201, await self._endpoints.create(connection, merchant_id, asked, self._clock.now()))

        return await self._once_per_key(call, decide)

    async def change(self, call: Call) -> Answer:
        """PATCH /internal/webhook_endpoints/{id}"""
        endpoint_id, merchant_id = _id_in(call), merchant_of(call)
        told = call.body.told
        refusal = await self._endpoints.url_refusal(told["url"], "url") if "url" in told else None
        if refusal is not None:
            raise bad_request(refusal, field="url")
        async with pg.transaction(self._pool) as connection:
            changed = await self._endpoints.change(connection, merchant_id, endpoint_id, told, self._clock.now())
        return json_answer(200, changed)

    async def delete(self, call: Call) -> Answer:
        """DELETE /internal/webhook_endpoints/{id}"""
        endpoint_id, merchant_id = _id_in(call), merchant_of(call)
        async with pg.transaction(self._pool) as connection:
            return json_answer(
                200, await self._endpoints.delete(connection, merchant_id, endpoint_id, self._clock.now())
            )

    async def roll_secret(self, call: Call) -> Answer:
        """POST /internal/webhook_endpoints/{id}/roll-secret"""
        endpoint_id, merchant_id = _id_in(call), merchant_of(call)
        overlap = timedelta(hours=call.body.overlap_h)

        async def decide(connection: Connection) -> Answer:
            now = self._clock.now()
            rolled = await self._endpoints.roll_secret(connection, merchant_id, endpoint_id, overlap, now)
            return json_answer(200, rolled)

        return await self._once_per_key(call, decide)

    async def test(self, call: Call) -> Answer:
        """POST /internal/webhook_endpoints/{id}/test"""
        endpoint_id, merchant_id = _id_in(call), merchant_of(call)

        async def decide(connection: Connection) -> Answer:
            delivery_id = await self._endpoints.test(connection, merchant_id, endpoint_id, self._clock.now())
            return json_answer(200, test_view(delivery_id))

        return await self._once_per_key(call, decide)


def endpoint_routes(handlers: EndpointRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    base = "/internal/webhook_endpoints"
    one = f"{base}/{{id}}"
    return [
        Route("GET", base, handlers.list, "A merchant's endpoints, newest first", internal, query=EndpointsQuery),
        Route("POST", base, handlers.create, "One more endpoint", internal, body=CreateEndpoint),
        Route("GET", one, handlers.get, "An endpoint", internal),
        Route("PATCH", one, handlers.change, "Change an endpoint", internal, body=ChangeEndpoint),
        Route("DELETE", one, handlers.delete, "Delete an endpoint", internal),
        Route(
            "POST",
            f"{one}/roll-secret",
            handlers.roll_secret,
            "A new secret, the former one working on for a while",
            internal,
            body=RollSecret,
            body_optional=True,
        ),
        Route("POST", f"{one}/test", handlers.test, "Send a test event", internal, body=NoBody, body_optional=True),
    ]


def test_view(delivery_id: str) -> dict[str, Any]:
    """The delivery of a test event that has just been scheduled."""
    return {
        "id": delivery_id,
        "event": deliveries.TEST_TYPE,
        "status": "pending",
        "message": "Test webhook scheduled",
    }


def _id_in(call: Call) -> str:
    """The path's id. Raises 404 for what can't be one."""
    endpoint_id = call.path["id"]
    if not ids.is_id(endpoint_id, ids.ENDPOINT):
        raise not_found()
    return endpoint_id
