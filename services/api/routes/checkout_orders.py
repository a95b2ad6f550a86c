"""The checkout's side door: what it must know of an order before it shows it. Merchants have no part in this."""

from typing import Any, Final

import asyncpg

from chassis.errors import bad_request
from chassis.http import Answer, Authenticator, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api.auth import Authenticator as Merchants
from services.api.auth import may_see
from services.api.schemas.checkout import ORDERS_MAX, CheckoutOrdersQuery
from services.api.store import queries

DESCRIPTION_MAX_CHARS: Final = 500


class CheckoutOrderRoutes:
    """Orders with their merchants."""

    def __init__(self, pool: Pool, merchants: Merchants) -> None:
        self._pool = pool
        self._merchants = merchants

    async def orders(self, call: Call) -> Answer:
        """GET /internal/checkout/orders: those of `ids` that exist and belong to `merchant_id` and to the merchant of
        `key`. A key that is none, or is one no more, is 401."""
        query: CheckoutOrdersQuery = call.query
        asked = query.ids.split(",")
        if len(asked) > ORDERS_MAX:
            raise bad_request(f"ids takes at most {ORDERS_MAX} ids", field="ids")
        buyer = None if query.key is None else await self._merchants.of_key(query.key)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            rows = await queries.checkout_orders.rows(
                connection, ids=[one for one in asked if ids.is_id(one, ids.ORDER)], merchant_id=query.merchant_id
            )
        return json_answer(200, {"data": [_shown(row) for row in rows if may_see(buyer, row["merchant_id"])]})


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    order = dict(row)
    order["amount"] = order.pop("amount_minor")
    # Of the notes what is meant for buyers: a page of orders must stay small.
    told = order["notes"].get("description")
    order["notes"] = {"description": told[:DESCRIPTION_MAX_CHARS]} if isinstance(told, str) else {}
    merchant = {"id": row["merchant_id"], "name": order.pop("merchant_name")}
    return {"order": order, "merchant": merchant}


def checkout_order_routes(handlers: CheckoutOrderRoutes, internal: Authenticator) -> list[Route]:
    """The table."""
    return [
        Route(
            "GET",
            "/internal/checkout/orders",
            handlers.orders,
            "Orders with their merchants",
            internal,
            query=CheckoutOrdersQuery,
            documented=False,
        ),
    ]
