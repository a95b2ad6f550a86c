"""/api/v1/orders"""

from chassis.clock import Clock
from chassis.errors import bad_request
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import store
from services.api.auth import Authenticator, may_see
from services.api.buyers import see_order
from services.api.lists import EXPANDED_MAX, Lists
from services.api.orders import create_order, not_found
from services.api.routes.lists import expanded, id_in_path, list_answer
from services.api.schemas.lists import ListAnswer
from services.api.schemas.orders import CreateOrder, OrderAnswer, OrderQuery, OrdersQuery, PublicOrder
from services.api.schemas.payments import PaymentsQuery
from services.api.store import order_from, payment_from
from services.api.views import order_view, payment_view, public_order_view
from services.api.writes import Write, Writer, claim_of


class OrderRoutes:
    """Create, read, list."""

    def __init__(self, pool: Pool, writer: Writer, lists: Lists, clock: Clock, fingerprint_key: bytes) -> None:
        self._pool = pool
        self._writer = writer
        self._lists = lists
        self._clock = clock
        self._key = fingerprint_key

    async def create(self, call: Call) -> Answer:
        """POST /orders: what is to be paid. Payments refer to it; the first one that succeeds pays it."""
        request: CreateOrder = call.body
        merchant_id = call.principal.merchant_id
        if request.expires_at is not None and request.expires_at <= self._clock.now():
            raise bad_request("expires_at must be in the future", field="expires_at")
        return await self._writer.submit(
            Write(
                lambda work: create_order(work, merchant_id, request),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                receipts=((merchant_id, request.receipt),) if request.unique_receipt and request.receipt else (),
            )
        )

    async def get(self, call: Call) -> Answer:
        """GET /orders/{id}: with what was paid, what is due, and how many payments tried."""
        order_id = id_in_path(call, ids.ORDER, "Order")
        shown = expanded(call, payments="payments:read")
        merchant_id = call.principal.merchant_id
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            order = await store.get_order(connection, merchant_id, order_id)
            if order is None:
                raise not_found("Order")
            view = order_view(order)
            if shown:
                newest = PaymentsQuery(order_id=order_id, limit=EXPANDED_MAX)
                page = await self._lists.payments(connection, merchant_id, newest)
                view["payments"] = [payment_view(payment_from(row)) for row in page.rows]
        return json_answer(200, view)

    async def get_public(self, call: Call) -> Answer:
        """GET /orders/{id}/public: for anybody who knows the id; a page of any origin may ask."""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            order = await see_order(connection, id_in_path(call, ids.ORDER, "Order"))
        if order is None or not may_see(call.principal, order.merchant_id):
            raise not_found("Order")
        return json_answer(200, public_order_view(order))

    async def list(self, call: Call) -> Answer:
        """GET /orders: newest first. Filters may be combined."""
        query: OrdersQuery = call.query
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await self._lists.orders(connection, call.principal.merchant_id, query)
        return list_answer([order_view(order_from(row)) for row in page.rows], page, query)


def order_routes(handlers: OrderRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/orders"
    reads, writes = merchant.needs("orders:read"), merchant.needs("orders:write")
    return [
        Route("POST", base, handlers.create, "Create an order", writes, CreateOrder, answer=OrderAnswer, status=201),
        Route("GET", base, handlers.list, "List orders", reads, query=OrdersQuery, answer=ListAnswer[OrderAnswer]),
        Route("GET", f"{base}/{{id}}", handlers.get, "Get an order", reads, query=OrderQuery, answer=OrderAnswer),
        Route(
            "GET",
            f"{base}/{{id}}/public",
            handlers.get_public,
            "What a buyer may see",
            merchant.buyers,
            answer=PublicOrder,
            cross_origin=True,
        ),
    ]
