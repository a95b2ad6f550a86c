"""/api/v1/refunds and a payment's refunds"""

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import store
from services.api.auth import Authenticator
from services.api.orders import not_found
from services.api.origin import of_call
from services.api.refunds import create_refund
from services.api.routes.lists import id_in_path, list_answer
from services.api.schemas.lists import ListAnswer
from services.api.schemas.refunds import CreateRefund, RefundAnswer, RefundsQuery
from services.api.store import Window, refund_from
from services.api.views import refund_view
from services.api.writes import Write, Writer, claim_of


class RefundRoutes:
    """Create, read, list."""

    def __init__(self, pool: Pool, writer: Writer, fingerprint_key: bytes) -> None:
        self._pool = pool
        self._writer = writer
        self._key = fingerprint_key

    async def create(self, call: Call) -> Answer:
        """POST /payments/{id}/refunds"""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        return await self._writer.submit(
            Write(
                lambda work: create_refund(work, call.principal.merchant_id, payment_id, call.body, of_call(call)),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                payments=(payment_id,),
            )
        )

    async def get(self, call: Call) -> Answer:
        """GET /refunds/{id}"""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            refund = await store.get_refund(
                connection, call.principal.merchant_id, id_in_path(call, ids.REFUND, "Refund")
            )
        if refund is None:
            raise not_found("Refund")
        return json_answer(200, refund_view(refund))

    async def list(self, call: Call) -> Answer:
        """GET /refunds"""
        return await self._page(call, call.query.payment_id)

    async def list_of_payment(self, call: Call) -> Answer:
        """GET /payments/{id}/refunds"""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            known = await store.get_payment(connection, call.principal.merchant_id, payment_id)
        if known is None:
            raise not_found("Payment")
        return await self._page(call, payment_id)

    async def _page(self, call: Call, payment_id: str | None) -> Answer:
        query: RefundsQuery = call.query
        window = Window(query.status, query.limit, query.offset)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            if payment_id is not None:
                page = await store.list_refunds_of_payment(connection, call.principal.merchant_id, payment_id, window)
            else:
                page = await store.list_page(connection, "refunds", call.principal.merchant_id, window)
        return list_answer([refund_view(refund_from(row)) for row in page.rows], page, query)


def refund_routes(handlers: RefundRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    of_payment = "/api/v1/payments/{id}/refunds"
    base = "/api/v1/refunds"
    reads, writes = merchant.needs("refunds:read"), merchant.needs("refunds:write")
    return [
        Route(
            "POST",
            of_payment,
            handlers.create,
            "Refund all or a part",
            writes,
            CreateRefund,
            answer=RefundAnswer,
            status=201,
            body_optional=True,
        ),
        Route(
            "GET",
            of_payment,
            handlers.list_of_payment,
            "List a payment's refunds",
            reads,
            query=RefundsQuery,
            answer=ListAnswer[RefundAnswer],
        ),
        Route("GET", base, handlers.list, "List refunds", reads, query=RefundsQuery, answer=ListAnswer[RefundAnswer]),
        Route("GET", f"{base}/{{id}}", handlers.get, "Get a refund", reads, answer=RefundAnswer),
    ]
