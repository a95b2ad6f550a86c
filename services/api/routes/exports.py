"""/api/v1/orders/export, /api/v1/payments/export, /api/v1/refunds/export"""

from collections.abc import AsyncIterator, Iterable
from typing import Final

from aiohttp import web

from chassis.clock import Clock
from chassis.csv_files import MEDIA, send_file
from chassis.http import Call, Route
from chassis.pg import Pool
from chassis.places import Places
from services.api.auth import Authenticator
from services.api.lists import Lists
from services.api.schemas.lists import ExportQuery
from services.api.schemas.orders import OrdersExportQuery
from services.api.schemas.payments import PaymentsExportQuery
from services.api.schemas.refunds import RefundsExportQuery
from services.api.store import order_from, payment_from, refund_from
from services.api.views import View, order_view, payment_view, refund_view

DESCRIPTION: Final = """\
Every row that the list shows with the same filters, in the same order, as CSV (UTF-8, a line of names first). Amounts
are in minor units, instants in UTC, objects JSON. A text that a spreadsheet would take for a formula gets a `'` before
it.

A file that breaks off is not complete. One that would be too long is refused where that is known beforehand, else it
breaks off: ask for a shorter time then."""


class ExportRoutes:
    """What the lists show, as files."""

    def __init__(self, pool: Pool, lists: Lists, clock: Clock, places: Places, merchant: Authenticator) -> None:
        self._pool = pool
        self._lists = lists
        self._clock = clock
        self._places = places
        self._merchant = merchant

    async def orders(self, call: Call) -> web.StreamResponse:
        """GET /orders/export"""
        query: OrdersExportQuery = call.query
        rows = self._lists.all_orders(self._pool, call.principal.merchant_id, query)
        return await self._send(
            call, "orders", query, ([order_view(order_from(row)) for row in page] async for page in rows)
        )

    async def payments(self, call: Call) -> web.StreamResponse:
        """GET /payments/export"""
        query: PaymentsExportQuery = call.query
        rows = self._lists.all_payments(self._pool, call.principal.merchant_id, query)
        return await self._send(
            call, "payments", query, ([payment_view(payment_from(row)) for row in page] async for page in rows)
        )

    async def refunds(self, call: Call) -> web.StreamResponse:
        """GET /refunds/export"""
        query: RefundsExportQuery = call.query
        rows = self._lists.all_refunds(self._pool, call.principal.merchant_id, query)
        return await self._send(
            call, "refunds", query, ([refund_view(refund_from(row)) for row in page] async for page in rows)
        )

    async def _send(
        self, call: Call, noun: str, query: ExportQuery, pages: AsyncIterator[Iterable[View]]
    ) -> web.StreamResponse:
        name = f"{noun}-{self._clock.now():%Y-%m-%d}"
        with self._places.place(call.principal.merchant_id):
            return await send_file(call, name, query.chosen, pages, lambda: self._merchant.still_live(call.principal))


def export_routes(handlers: ExportRoutes, merchant: Authenticator) -> list[Route]:
    """The table. To be asked before the routes of one object, whose ids stand at the same place."""
    refusals = ("RATE_LIMIT_ERROR", "OVERLOADED")
    return [
        Route(
            "GET",
            "/api/v1/orders/export",
            handlers.orders,
            "Export orders",
            merchant.needs("orders:read"),
            query=OrdersExportQuery,
            media=MEDIA,
            description=DESCRIPTION,
            operation="exportOrders",
            errors=refusals,
        ),
        Route(
            "GET",
            "/api/v1/payments/export",
            handlers.payments,
            "Export payments",
            merchant.needs("payments:read"),
            query=PaymentsExportQuery,
            media=MEDIA,
            description=DESCRIPTION,
            operation="exportPayments",
            errors=refusals,
        ),
        Route(
            "GET",
            "/api/v1/refunds/export",
            handlers.refunds,
            "Export refunds",
            merchant.needs("refunds:read"),
            query=RefundsExportQuery,
            media=MEDIA,
            description=DESCRIPTION,
            operation="exportRefunds",
            errors=refusals,
        ),
    ]
