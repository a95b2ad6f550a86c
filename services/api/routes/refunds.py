"""/api/v1/refunds and a payment's refunds"""

from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import store
from services.api.auth import Authenticator
from services.api.lists import Lists
from services.api.orders import not_found
from services.api.origin import of_call
from services.api.refunds import create_refund
from services.api.routes.lists import expanded, id_in_path, list_answer
from services.api.schemas.lists import ListAnswer
from services.api.schemas.refunds import CreateRefund, RefundAnswer, RefundQuery, RefundsQuery
from services.api.store import refund_from
from services.api.views import payment_view, refund_view
from services.api.writes import Write, Writer, claim_of


class RefundRoutes:
    """Create, read, list."""

    def __init__(self, pool: Pool, writer: Writer, lists: Lists, fingerprint_key: bytes) -> None:
        self._pool = pool
        self._writer = writer
        self._lists = lists
        self._key = fingerprint_key

    async def create(self, call: Call) -> Answer:
        """POST /payments/{id}/refunds: give money back, as often as there is some left. Without an `amount` all of it.
        Before capture it is a reversal: it lowers what can be captured, and no money moves."""
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
        """GET /refunds/{id}: as it is now. A failed refund gave its amount back to what can be refunded."""
        refund_id = id_in_path(call, ids.REFUND, "Refund")
        shown = expanded(call, payment="payments:read")
        merchant_id = call.principal.merchant_id
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            refund = await store.get_refund(connection, merchant_id, refund_id)
            if refund is None:
                raise not_found("Refund")
            view = refund_view(refund)
            if shown:
                payment = await store.get_payment(connection, merchant_id, refund.payment_id)
                view["payment"] = None if payment is None else payment_view(payment)
        return json_answer(200, view)

    async def list(self, call: Call) -> Answer:
        """GET /refunds: newest first. Filters may be combined."""
        return await self._page(call, call.query)

    async def list_of_payment(self, call: Call) -> Answer:
        """GET /payments/{id}/refunds: newest first. Filters may be combined."""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            known = await store.get_payment(connection, call.principal.merchant_id, payment_id)
        if known is None:
            raise not_found("Payment")
        return await self._page(call, call.query.model_copy(update={"payment_id": payment_id}))

    async def _page(self, call: Call, query: RefundsQuery) -> Answer:
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await self._lists.refunds(connection, call.principal.merchant_id, query)
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
        Route("GET", f"{base}/{{id}}", handlers.get, "Get a refund", reads, query=RefundQuery, answer=RefundAnswer),
    ]
