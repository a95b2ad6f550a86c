"""/api/v1/merchants: the operator's."""

from collections.abc import Callable
from typing import Any, Final

from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.once import Once
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from services.api.auth import ADMIN
from services.api.merchants import Merchants
from services.api.orders import not_found
from services.api.schemas.merchants import (
    ID_MAX_CHARS,
    CreateMerchant,
    MerchantAnswer,
    MerchantsAnswer,
    MerchantsQuery,
    NewMerchantAnswer,
)
from services.api.store import queries

BEYOND_EVERY_ID: Final = "~"


class MerchantRoutes:
    """Create, list, read. `published` wakes the relay after a commit that wrote to the outbox."""

    def __init__(self, pool: Pool, once: Once, merchants: Merchants, *, published: Callable[[], None]) -> None:
        self._pool = pool
        self._once = once
        self._merchants = merchants
        self._published = published

    async def create(self, call: Call) -> Answer:
        """POST /merchants: with its first keys; the secret is shown this once."""

        async def decide(connection: Connection) -> Answer:
            return json_answer(201, await self._merchants.create(connection, call.body))

        answer = await self._once.answer(call, ADMIN, decide)
        self._published()
        return answer

    async def list(self, call: Call) -> Answer:
        """GET /merchants: newest first."""
        query: MerchantsQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await queries.list_merchants.rows(
                connection, before=query.starting_after or BEYOND_EVERY_ID, limit=query.limit + 1
            )
        data = [dict(row) for row in rows[: query.limit]]
        more = len(rows) > query.limit
        body: dict[str, Any] = {"data": data, "limit": query.limit, "has_more": more}
        if more:
            body["next_cursor"] = data[-1]["id"]
        return json_answer(200, body)

    async def get(self, call: Call) -> Answer:
        """GET /merchants/{id}: without its keys, which are its own affair."""
        merchant_id = call.path["id"]
        if not (merchant_id.isascii() and merchant_id.isprintable() and len(merchant_id) <= ID_MAX_CHARS):
            raise not_found("Merchant")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            row = await queries.find_merchant.row(connection, id=merchant_id)
        if row is None:
            raise not_found("Merchant")
        return json_answer(200, dict(row))


def merchant_routes(handlers: MerchantRoutes, operator: Authenticator) -> list[Route]:
    """The table. It comes after /merchants/profile, which is no merchant's id."""
    base = "/api/v1/merchants"
    return [
        Route(
            "POST",
            base,
            handlers.create,
            "Create a merchant, as the operator",
            operator,
            CreateMerchant,
            answer=NewMerchantAnswer,
            status=201,
        ),
        Route(
            "GET",
            base,
            handlers.list,
            "List merchants, as the operator",
            operator,
            query=MerchantsQuery,
            answer=MerchantsAnswer,
        ),
        Route("GET", f"{base}/{{id}}", handlers.get, "Get a merchant", operator, answer=MerchantAnswer),
    ]
