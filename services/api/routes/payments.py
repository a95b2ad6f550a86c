"""/api/v1/payments"""

from collections.abc import Sequence
from dataclasses import replace

from chassis.clock import Clock
from chassis.http import Answer, Call, Route, json_answer
from chassis.pg import ACQUIRE_TIMEOUT_S, Connection, Pool
from contracts import ids
from contracts.events.payment_command import CardReference
from contracts.test_cards import CHALLENGES
from services.api import store
from services.api.auth import Authenticator, Principal, may_see
from services.api.buyers import see_order
from services.api.lists import EXPANDED_MAX, Lists, Page
from services.api.orders import not_found
from services.api.origin import Origin, of_call
from services.api.payments import cancel_payment, capture_payment, card_of, create_payment, pay_order
from services.api.routes.lists import expanded, id_in_path, list_answer
from services.api.schemas.fields import NoBody
from services.api.schemas.lists import ListAnswer
from services.api.schemas.payments import (
    CapturePayment,
    CreatePayment,
    PaymentAnswer,
    PaymentQuery,
    PaymentsAnswer,
    PaymentsQuery,
    PayOrder,
    PublicPayment,
)
from services.api.schemas.refunds import RefundsQuery
from services.api.settings import Settings
from services.api.signatures import Signatures
from services.api.state import Payment
from services.api.store import payment_from, refund_from
from services.api.views import View, order_view, payment_view, public_payment_view, refund_view, timeline_view
from services.api.writes import Write, Writer, claim_of

Views = list[View]


REFUSALS = ("NOT_FOUND_ERROR", "INVALID_VPA", "INVALID_CARD", "EXPIRED_CARD")


class PaymentRoutes:
    """Create, capture, cancel, read, list."""

    def __init__(
        self, pool: Pool, writer: Writer, lists: Lists, clock: Clock, settings: Settings, signatures: Signatures
    ) -> None:
        self._pool = pool
        self._writer = writer
        self._lists = lists
        self._clock = clock
        self._settings = settings
        self._signatures = signatures
        self._terms = settings.terms
        self._key = bytes.fromhex(settings.fingerprint_key.get_secret_value())

    async def create(self, call: Call) -> Answer:
        """POST /payments: pay an order by UPI or card. The answer is `pending`; what became of it is told by webhook,
        or by asking again. `capture: automatic` takes the money as soon as the payment succeeds, else capture it
        yourself before `capture_before`. Of a card only the network and the last four digits are kept."""
        request: CreatePayment = call.body
        card = self._card_of(request)
        merchant_id = call.principal.merchant_id
        origin = await self._origin(of_call(call), merchant_id, card)
        return await self._writer.submit(
            Write(
                lambda work: create_payment(work, merchant_id, request, card, self._terms, origin),
                call.request_id,
                call.principal.key,
                claim=claim_of(call, self._key),
                orders=(request.order_id,),
            )
        )

    async def create_public(self, call: Call) -> Answer:
        """POST /payments/public: the same by the buyer, in the name of the order's merchant. Nobody can guess the id of
        an order, so no credentials are needed; a key that is sent must be one of the order's merchant."""
        request: PayOrder = call.body
        card = self._card_of(request)
        buyer: Principal | None = call.principal
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            order = await see_order(connection, request.order_id)
        if order is None or not may_see(buyer, order.merchant_id):
            raise not_found("Order")
        merchant_id = order.merchant_id
        origin = await self._origin(of_call(call, "buyer"), merchant_id, card)
        return await self._writer.submit(
            Write(
                lambda work: pay_order(
                    work,
                    merchant_id,
                    request,
                    card,
                    self._terms,
                    origin,
                    attempts_max=self._settings.buyer_attempts_max,
                ),
                call.request_id,
                None if buyer is None else buyer.key,
                claim=claim_of(call, self._key, merchant_id),
                orders=(request.order_id,),
            )
        )

    def _card_of(self, request: PayOrder) -> CardReference | None:
        """The card number's way ends here: only its reference goes on."""
        if not ids.is_id(request.order_id, ids.ORDER):
            raise not_found("Order")
        as_of = self._settings.card_expiry_as_of(self._clock.now().date())
        return card_of(request, as_of=as_of, fingerprint_key=self._key)

    async def _origin(self, origin: Origin, merchant_id: str, card: CardReference | None) -> Origin:
        """With the merchant's name, when the buyer is going to be asked to authenticate: whom they pay."""
        if card is None or card.test_card not in CHALLENGES:
            return origin
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            merchant = await store.queries.find_merchant.row(connection, id=merchant_id)
        return origin if merchant is None else replace(origin, merchant_name=merchant["name"])

    async def capture(self, call: Call) -> Answer:
        """POST /payments/{id}/capture: take the money of a success payment, once. Without an `amount` all of it; the
        rest of the authorisation is released."""
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
        """POST /payments/{id}/cancel: release the whole authorisation of a success payment that is not captured."""
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
        """GET /payments/{id}: as it is now. `expand` shows more in full."""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        shown = expanded(call, timeline=None, order="orders:read", refunds="refunds:read")
        merchant_id = call.principal.merchant_id
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            payment = await store.get_payment(connection, merchant_id, payment_id)
            if payment is None:
                raise not_found("Payment")
            [view] = await self._views(connection, merchant_id, [payment], shown)
            if "refunds" in shown:
                newest = RefundsQuery(payment_id=payment_id, limit=EXPANDED_MAX)
                page = await self._lists.refunds(connection, merchant_id, newest)
                view["refunds"] = [refund_view(refund_from(row)) for row in page.rows]
        return json_answer(200, view)

    async def get_public(self, call: Call) -> Answer:
        """GET /payments/{id}/public: how a payment goes, without credentials, since nobody can guess its id. A key that
        is sent (publishable, or the public part of another) must be one of the payment's merchant."""
        payment_id = id_in_path(call, ids.PAYMENT, "Payment")
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            payment = await store.get_payment_public(connection, payment_id)
        if payment is None or not may_see(call.principal, payment.merchant_id):
            raise not_found("Payment")
        signature = await self._signatures.of(payment, payment.merchant_id, call.principal)
        return json_answer(200, public_payment_view(payment, signature))

    async def list(self, call: Call) -> Answer:
        """GET /payments: newest first. Filters may be combined."""
        data, page = await self._page(call)
        return list_answer(data, page, call.query)

    async def list_bare(self, call: Call) -> Answer:
        """GET /payments/list: the same page, as an array alone."""
        data, _ = await self._page(call)
        return json_answer(200, data)

    async def _page(self, call: Call) -> tuple[Views, Page]:
        shown = expanded(call, timeline=None, order="orders:read")
        merchant_id = call.principal.merchant_id
        async with self._pool.acquire(timeout=ACQUIRE_TIMEOUT_S) as connection:
            page = await self._lists.payments(connection, merchant_id, call.query)
            payments = [payment_from(row) for row in page.rows]
            return await self._views(connection, merchant_id, payments, shown), page

    async def _views(
        self, connection: Connection, merchant_id: str, payments: Sequence[Payment], shown: set[str]
    ) -> Views:
        """Payments as they are shown, with their timelines and orders if these are to be expanded."""
        views = [payment_view(payment) for payment in payments]
        if "timeline" in shown:
            for view, payment in zip(views, payments, strict=True):
                view["timeline"] = timeline_view(payment)
        if "order" in shown:
            orders = await store.get_orders(connection, merchant_id, {payment.order_id for payment in payments})
            for view, payment in zip(views, payments, strict=True):
                view["order"] = order_view(orders[payment.order_id])
        return views


def payment_routes(handlers: PaymentRoutes, merchant: Authenticator) -> list[Route]:
    """The table."""
    base = "/api/v1/payments"
    one = f"{base}/{{id}}"
    reads, writes = merchant.needs("payments:read"), merchant.needs("payments:write")
    return [
        Route(
            "POST",
            base,
            handlers.create,
            "Create a payment",
            writes,
            CreatePayment,
            answer=PaymentAnswer,
            status=201,
            errors=REFUSALS,
        ),
        Route(
            "GET", base, handlers.list, "List payments", reads, query=PaymentsQuery, answer=ListAnswer[PaymentAnswer]
        ),
        Route(
            "GET",
            f"{base}/list",
            handlers.list_bare,
            "List payments, as a bare array",
            reads,
            query=PaymentsQuery,
            answer=PaymentsAnswer,
            operation="listPaymentsBare",
        ),
        Route("GET", one, handlers.get, "Get a payment", reads, query=PaymentQuery, answer=PaymentAnswer),
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


def buyer_routes(handlers: PaymentRoutes, merchant: Authenticator) -> list[Route]:
    """What a buyer's browser may call."""
    base = "/api/v1/payments"
    return [
        Route(
            "POST",
            f"{base}/public",
            handlers.create_public,
            "Pay an order, as its buyer",
            merchant.buyers,
            PayOrder,
            answer=PublicPayment,
            status=201,
            errors=REFUSALS,
            cross_origin=True,
            operation="createPaymentPublic",
        ),
        Route(
            "GET",
            f"{base}/{{id}}/public",
            handlers.get_public,
            "What a buyer may see",
            merchant.buyers,
            answer=PublicPayment,
            cross_origin=True,
        ),
    ]
