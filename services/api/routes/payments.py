"""/api/v1/payments"""

from chassis.clock import Clock
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Pool
from contracts import ids
from services.api import store
from services.api.auth import Authenticator
from services.api.orders import not_found
from services.api.origin import of_call
from services.api.payments import cancel_payment, capture_payment, card_of, create_payment
from services.api.routes.lists import id_in_path, list_answer
from services.api.schemas.fields import NoBody
from services.api.schemas.lists import ListAnswer
from services.api.schemas.payments import CapturePayment, CreatePayment, PaymentAnswer, PaymentsQuery
from services.api.settings import Settings
from services.api.store import Window, payment_from
from services.api.views import payment_view
from services.api.writes import Write, Writer, claim_of


class PaymentRoutes:
    """Create, capture, cancel, read, list."""

    def __init__(self, pool: Pool, writer: Writer, clock: Clock, settings: Settings) -> None:
        self._pool = pool
        self._writer = writer
        self._clock = clock
        self._settings = settings
        self._terms = settings.terms
        self._key = bytes.fromhex(settings.fingerprint_key.get_secret_value())

    async def create(self, call: Call) -> Answer:
        """POST /payments. The card number's way ends here: only its reference goes on."""
        request: CreatePayment = call.body
        if not ids.is_id(request.order_id, ids.ORDER):
            raise not_found("Order")
        card = card_of(
            request,
            as_of=self._settings.card_expiry_as_of(self._clock.now().date()),
            fingerprint_key=self._key,
        )
        return await self._writer.submit(
            Write(
                lambda work: create_payment(
                    work, call.principal.merchant_id, request, card, self._terms, of_call(call)
                ),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                orders=(request.order_id,),
            )
        )

    async def capture(self, call: Call) -> Answer:
        """POST /payments/{id}/capture"""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        return await self._writer.submit(
            Write(
                lambda work: capture_payment(
                    work, call.principal.merchant_id, payment_id, call.body, self._terms, of_call(call)
                ),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                payments=(payment_id,),
            )
        )

    async def cancel(self, call: Call) -> Answer:
        """POST /payments/{id}/cancel"""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        return await self._writer.submit(
            Write(
                lambda work: cancel_payment(work, call.principal.merchant_id, payment_id, of_call(call)),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                payments=(payment_id,),
            )
        )

    async def get(self, call: Call) -> Answer:
        """GET /payments/{id}"""
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            payment = await store.get_payment(
                connection, call.principal.merchant_id, id_in_path(call, ids.PAYMENT, "Payment")
            )
        if payment is None:
            raise not_found("Payment")
        return json_answer(200, payment_view(payment))

    async def list(self, call: Call) -> Answer:
        """GET /payments"""
        query: PaymentsQuery = call.query
        window = Window(query.status, query.limit, query.offset)
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            if query.order_id is not None:
                page = await store.list_payments_of_order(
                    connection, call.principal.merchant_id, query.order_id, window
                )
            else:
                page = await store.list_page(connection, "payments", call.principal.merchant_id, window)
        return list_answer([payment_view(payment_from(row)) for row in page.rows], page, query)


def payment_routes(handlers: PaymentRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/payments"
    one = f"{base}/{{id}}"
    reads, writes = merchant.needs("payments:read"), merchant.needs("payments:write")
    return [
        Route(
            "POST", base, handlers.create, "Create a payment", writes, CreatePayment, answer=PaymentAnswer, status=201
        ),
        Route(
            "GET", base, handlers.list, "List payments", reads, query=PaymentsQuery, answer=ListAnswer[PaymentAnswer]
        ),
        Route("GET", one, handlers.get, "Get a payment", reads, answer=PaymentAnswer),
        Route(
            "POST",
            f"{one}/capture",
            handlers.capture,
            "Capture all or a part",
            writes,
            CapturePayment,
            answer=PaymentAnswer,
            body_optional=True,
        ),
        Route(
            "POST",
            f"{one}/cancel",
            handlers.cancel,
            "Void an uncaptured payment",
            writes,
            NoBody,
            answer=PaymentAnswer,
            body_optional=True,
        ),
    ]
