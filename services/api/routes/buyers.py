"""/api/v1/orders/{id}/public/…: an order with its payments, for the page on which its buyer pays."""

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api.auth import Authenticator, Principal, may_see
from services.api.buyers import SeenOrder, see_orders
from services.api.orders import not_found
from services.api.routes.lists import id_in_path
from services.api.schemas.payments import PublicOrderPayments
from services.api.signatures import Signatures
from services.api.views import View, public_order_view, public_payment_view


class BuyerRoutes:
    """Look."""

    def __init__(self, pool: Pool, signatures: Signatures) -> None:
        self._pool = pool
        self._signatures = signatures

    async def payments(self, call: Call) -> Answer:
        """GET /orders/{id}/public/payments: the order and the newest tries to pay it, for anybody who knows its id. A
        page that was loaded anew sees here what had begun before."""
        order_id = id_in_path(call, ids.ORDER, "Order")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            order = (await see_orders(connection, [order_id])).get(order_id)
        if order is None or not may_see(call.principal, order.merchant_id):
            raise not_found("Order")
        return json_answer(200, await self._view(order, call.principal))

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
    ]
