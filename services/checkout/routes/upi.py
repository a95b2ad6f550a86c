"""The simulated UPI app: the code that leads there, its page, and what its two buttons do. In test mode alone."""

from typing import Any, Final

from chassis import pg
from chassis.clock import Clock
from chassis.errors import ApiError
from chassis.http import Answer, Call, Route
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.checkout import store
from services.checkout.orders import ApiAway, Orders, Refused
from services.checkout.page import PLAIN
from services.checkout.schemas import UpiChoice, UpiQuery
from services.checkout.state import Order, why_not_pay
from services.checkout.upi import PAYERS, UpiApp, problem_page

NOT_FOUND: Final = problem_page(
    404, "Nothing to pay", "There is no such order that UPI could pay. Scan the code again."
)
AWAY: Final = problem_page(503, "Not now", "The gateway does not answer. Nothing was taken; try again in a moment.")
UNKNOWN: Final = problem_page(
    503,
    "Not known yet",
    "The gateway did not answer in time. Load this page again: it is the same payment, so you can't pay twice.",
)
FOREIGN: Final = problem_page(403, "Not from here", "Another site sent you here. Scan the code again to pay.")


class UpiRoutes:
    """The handlers."""

    def __init__(self, pool: Pool, clock: Clock, orders: Orders, app: UpiApp) -> None:
        self._pool = pool
        self._clock = clock
        self._orders = orders
        self._app = app

    async def code(self, call: Call) -> Answer:
        """GET /qr/{order}.svg"""
        try:
            found = await self._find(call.path["order"])
        except Exception as error:
            _check_away(error)
            raise ApiError(503, "SERVICE_UNAVAILABLE", "The code can't be drawn now; try again") from error
        if found is None:
            raise ApiError(404, "NOT_FOUND_ERROR", "There is no such order that UPI could pay")
        headers = {
            **PLAIN,
            "Cache-Control": "private, max-age=300",
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
        }
        return Answer(200, self._app.code(*found), headers, "image/svg+xml")

    async def show(self, call: Call) -> Answer:
        """GET /upi/{order}: asks, or says what became of the payment that `payment` names."""
        asked: UpiQuery = call.query
        try:
            found = await self._find(call.path["order"])
            if found is None:
                return NOT_FOUND
            order, merchant = found
            if asked.payment is not None and ids.is_id(asked.payment, ids.PAYMENT):
                payment = await self._orders.payment(asked.payment, order.id)
                if payment is not None:
                    return self._app.told(order, merchant, payment)
        except Exception as error:
            return _check_away(error)
        return self._app.offer(order, merchant, why_not_pay(order, self._clock.now()))

    async def choose(self, call: Call) -> Answer:
        """POST /upi/{order}: pays, or declines, by the test address that does so; on to the page that says how it
        goes. The attempt's name is the payment's Idempotency-Key."""
        asked: UpiChoice = call.query
        if call.request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return FOREIGN
        try:
            found = await self._find(call.path["order"])
            if found is None:
                return NOT_FOUND
            order, merchant = found
        except Exception as error:
            return _check_away(error)
        try:
            key = f"upi-{asked.attempt}-{asked.choice}"
            payment = await self._orders.pay(order.id, PAYERS[asked.choice], idempotency_key=key)
        except ApiAway:
            return UNKNOWN
        if isinstance(payment, Refused):
            return self._app.told(order, merchant, payment)
        return Answer(303, b"", {**PLAIN, "Location": f"/upi/{order.id}?payment={payment.id}"})

    async def _find(self, order_id: str) -> tuple[Order, str] | None:
        """The order with its merchant's name; None when there is none that the app could pay."""
        if not ids.is_id(order_id, ids.ORDER):
            return None
        order = (await self._orders.find([order_id])).get(order_id)
        if order is None or not self._app.takes(order):
            return None
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            merchant = await store.find_merchant(connection, order.merchant_id)
        return order, merchant.name or order.merchant_name


def upi_routes(handlers: UpiRoutes) -> list[Route]:
    """The table."""
    one = "/upi/{order}"
    asked: dict[str, Any] = {"query": UpiChoice}
    return [
        Route("GET", "/qr/{order}.svg", handlers.code, "The code that leads to the simulated UPI app"),
        Route("GET", one, handlers.show, "The simulated UPI app", query=UpiQuery),
        Route("POST", one, handlers.choose, "Pay or decline in the simulated UPI app", **asked),
    ]


def _check_away(error: Exception) -> Answer:
    """The page for a gateway that does not answer. Raises whatever else it is."""
    if isinstance(error, ApiAway) or pg.fate_of(error) is pg.Fate.LOST:
        return AWAY
    raise error
