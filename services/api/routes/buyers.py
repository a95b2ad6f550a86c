"""/api/v1/orders/{id}/public/…: an order with its payments, for the page on which its buyer pays."""

import orjson
from aiohttp import web

from chassis import sse
from chassis.http import JSON_OPTIONS, Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api.auth import Authenticator, Principal, may_see
from services.api.buyers import SeenOrder, see_orders
from services.api.order_watch import OrderWatch
from services.api.orders import not_found
from services.api.routes.lists import id_in_path
from services.api.schemas.payments import PublicOrderPayments, PublicStreamQuery
from services.api.signatures import Signatures
from services.api.views import View, public_order_view, public_payment_view


class BuyerRoutes:
    """Look, once or for a while."""

    def __init__(self, pool: Pool, signatures: Signatures, watch: OrderWatch, streams: sse.Streams) -> None:
        self._pool = pool
        self._signatures = signatures
        self._watch = watch
        self._streams = streams

    async def payments(self, call: Call) -> Answer:
        """GET /orders/{id}/public/payments: the order and the newest tries to pay it, for anybody who knows its id. A
        page that was loaded anew sees here what had begun before."""
        order_id = id_in_path(call, ids.ORDER, "Order")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            order = (await see_orders(connection, [order_id])).get(order_id)
        if order is None or not may_see(call.principal, order.merchant_id):
            raise not_found("Order")
        return json_answer(200, await self._view(order, call.principal))

    async def stream(self, call: Call) -> web.StreamResponse:
        """GET /orders/{id}/public/stream: Server-Sent Events. Each `event: order` holds what `/public/payments` would
        answer: one comes at once, and one each time that it changed. It is the state and no history: who comes back
        has missed nothing and needs no position. It ends after a time; the browser's EventSource comes back by itself.
        """
        order_id = id_in_path(call, ids.ORDER, "Order")

        async def shown(order: SeenOrder) -> bytes:
            return sse.frame("order", orjson.dumps(await self._view(order, call.principal), option=JSON_OPTIONS))

        address = call.request.remote or ""
        with self._streams.place(order_id, address), self._watch.watcher(order_id, shown) as watcher:
            order = await watcher.first()
            if order is None or not may_see(call.principal, order.merchant_id):
                raise not_found("Order")
            return await self._streams.tell(call, watcher)

    async def _view(self, order: SeenOrder, buyer: Principal | None) -> View:
        """See services.api.schemas.payments.PublicOrderPayments."""
        payments = [
            public_payment_view(payment, await self._signatures.of(payment, order.merchant_id, buyer))
            for payment in order.payments
        ]
        return {"order": public_order_view(order), "payments": payments}


def buyer_order_routes(handlers: BuyerRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/orders/{id}/public"
    return [
        Route(
            "GET",
            f"{base}/payments",
            handlers.payments,
            "An order and its payments, as its buyer",
            merchant.buyers,
            answer=PublicOrderPayments,
            cross_origin=True,
        ),
        Route(
            "GET",
            f"{base}/stream",
            handlers.stream,
            "Follow an order and its payments, as its buyer",
            merchant.watching_buyers,
            query=PublicStreamQuery,
            answer=PublicOrderPayments,
            media=sse.MEDIA,
            errors=("RATE_LIMIT_ERROR", "OVERLOADED", "SERVICE_UNAVAILABLE"),
            cross_origin=True,
            operation="streamOrderPublic",
        ),
    ]
