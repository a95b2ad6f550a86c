"""Payments: create, capture, cancel, and what the acquirer's results and the gateway's own deadlines do to them."""

from collections.abc import Sequence
from datetime import date, datetime

from chassis.consumer import Message
from chassis.errors import Reject, bad_request
from chassis.http import Answer, json_answer
from chassis.pg import Connection
from contracts import ids
from contracts.events.payment_command import CardReference
from contracts.events.payment_result import (
    AuthorisationAnswered,
    AuthorisationApproved,
    AuthorisationChallenged,
    AuthorisationDeclined,
    CaptureAccepted,
    DisputeOpened,
    PaymentResult,
    VoidAccepted,
)
from services.api import cards, state, store
from services.api.orders import not_found
from services.api.origin import DEADLINE, Origin, of_result
from services.api.schemas.payments import CapturePayment, CardInput, CreatePayment, PayOrder
from services.api.state import NOTHING, Order, Payment, Terms
from services.api.views import dispute_view, payment_view, public_payment_view
from services.api.workspace import Workspace

CHALLENGE_RESULTS = (AuthorisationChallenged, AuthorisationAnswered)


def card_of(request: PayOrder, *, as_of: date, fingerprint_key: bytes) -> CardReference | None:
    """What may be kept of the request's card, nested or flat; None for UPI. Raises 400 for a bad card or VPA."""
    if request.method == "upi":
        cards.check_vpa(request.vpa or "")
        return None
    card = request.card or _flat_card(request)
    return cards.check_card(
        card.number,
        _number(card.expiry_month, "expiry_month"),
        _number(card.expiry_year, "expiry_year"),
        card.cvv,
        as_of=as_of,
        fingerprint_key=fingerprint_key,
    )


def _flat_card(request: PayOrder) -> CardInput:
    month, _, year = (request.card_expiry or "").partition("/")
    return CardInput(number=request.card_number or "", expiry_month=month, expiry_year=year, cvv=request.card_cvv or "")


def _number(value: int | str, field: str) -> int:
    if isinstance(value, int):
        return value
    text = value.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise bad_request("Card expiry is not valid", code="INVALID_CARD", field=f"card.{field}")
    return int(text)


def create_payment(
    work: Workspace,
    merchant_id: str,
    request: CreatePayment,
    card: CardReference | None,
    terms: Terms,
    origin: Origin,
) -> Answer:
    """201 with the pending payment, on its way to the acquirer."""
    order = work.orders.get(request.order_id)
    if order is None or order.merchant_id != merchant_id:
        raise not_found("Order")
    begun = _begun(work, order, request, card, terms)
    payment = begun._replace(capture_mode=request.capture, metadata=request.metadata or {})
    work.apply(state.start_payment(order, payment), origin)
    return json_answer(201, payment_view(payment))


def pay_order(
    work: Workspace,
    merchant_id: str,
    request: PayOrder,
    card: CardReference | None,
    terms: Terms,
    origin: Origin,
    *,
    attempts_max: int,
) -> Answer:
    """The same by the order's buyer, who is shown less."""
    order = work.orders.get(request.order_id)
    if order is None or order.merchant_id != merchant_id:
        raise not_found("Order")
    payment = _begun(work, order, request, card, terms)
    work.apply(state.start_buyers_payment(order, payment, attempts_max), origin)
    return json_answer(201, public_payment_view(payment))


def _begun(work: Workspace, order: Order, request: PayOrder, card: CardReference | None, terms: Terms) -> Payment:
    return Payment(
        id=ids.new_id(ids.PAYMENT),
        merchant_id=order.merchant_id,
        order_id=order.id,
        attempt_id=ids.new_id(ids.ATTEMPT),
        amount_minor=order.amount_minor,
        currency=order.currency,
        method=request.method,
        vpa=request.vpa if request.method == "upi" else None,
        card=card,
        status="pending",
        capture_mode="manual",
        metadata={},
        created_at=work.now,
        updated_at=work.now,
        deadline_at=work.now + terms.pending_timeout,
    )


def capture_payment(
    work: Workspace, merchant_id: str, payment_id: str, request: CapturePayment, terms: Terms, origin: Origin
) -> Answer:
    """200 with the captured payment."""
    payment = owned(work, merchant_id, payment_id)
    work.apply(state.capture(payment, request.amount, work.now, terms.fee), origin)
    return json_answer(200, payment_view(work.payments[payment_id]))


def cancel_payment(work: Workspace, merchant_id: str, payment_id: str, origin: Origin) -> Answer:
    """200 with the canceled payment."""
    payment = owned(work, merchant_id, payment_id)
    work.apply(state.cancel(payment, work.now), origin)
    return json_answer(200, payment_view(work.payments[payment_id]))


def owned(work: Workspace, merchant_id: str, payment_id: str) -> Payment:
    """The merchant's payment, locked. Raises 404."""
    payment = work.payments.get(payment_id)
    if payment is None or payment.merchant_id != merchant_id:
        raise not_found("Payment")
    return payment


async def apply_results(
    connection: Connection, messages: Sequence[Message[PaymentResult]], now: datetime, terms: Terms
) -> None:
    """What the acquirer said, folded in order; a result that came before changes nothing."""
    changing = [m for m in messages if not isinstance(m.data, CaptureAccepted | VoidAccepted)]
    payment_ids = {m.data.payment_id for m in changing}
    work = await Workspace.load(connection, now, payments=payment_ids, orders_of_payments=True)
    for message in changing:
        result = message.data
        payment = work.payments.get(result.payment_id)
        if payment is None or not (payment.attempt_id == result.attempt_id or isinstance(result, DisputeOpened)):
            raise Reject(f"no payment {result.payment_id} with attempt {result.attempt_id}")
        _apply_result(work, payment, result, terms, message.attributes.traceparent)
    # A challenge is no end: should its outcome be lost on the way, the command that is sent again brings it.
    ended = [m.data.attempt_id for m in messages if not isinstance(m.data, CHALLENGE_RESULTS)]
    await work.flush(connection, also=store.close_commands(ended))


def _apply_result(
    work: Workspace, payment: Payment, result: PaymentResult, terms: Terms, traceparent: str | None
) -> None:
    origin = of_result(result.TYPE, traceparent, unanswered=result.unanswered)
    match result:
        case AuthorisationChallenged():
            work.apply(state.challenge(payment, result.challenge_url, work.now), origin)
        case AuthorisationAnswered():
            work.apply(state.resume(payment, work.now), of_result(result.TYPE, traceparent, actor="buyer"))
        case AuthorisationDeclined():
            work.apply(state.decline(payment, result.decline_code, result.description, work.now), origin)
        case AuthorisationApproved():
            work.apply(state.resume(payment, work.now), origin)
            order, resumed = work.orders[payment.order_id], work.payments[payment.id]
            work.apply(state.approve(order, resumed, work.now, terms), origin)
            _capture_if_automatic(work, payment, terms, traceparent)
        case DisputeOpened():
            dispute = dispute_view(ids.new_id(ids.DISPUTE), payment, result.reason, work.now)
            work.apply(state.open_dispute(payment, dispute, work.now), origin)


def _capture_if_automatic(work: Workspace, before: Payment, terms: Terms, traceparent: str | None) -> None:
    payment = work.payments[before.id]
    if payment.capture_mode == "automatic" and payment.status == "success" and before.status != "success":
        decision = state.capture(payment, None, work.now, terms.fee)
        work.apply(decision, Origin("gateway", "automatic capture", traceparent=traceparent))


async def pass_deadlines(connection: Connection, payment_ids: Sequence[str], now: datetime) -> int:
    """The gateway's own timers; how many payments they ended."""
    work = await Workspace.load(connection, now, payments=payment_ids)
    passed = 0
    for payment in list(work.payments.values()):
        decision = state.pass_deadline(payment, now)
        if decision is not NOTHING:
            work.apply(decision, DEADLINE)
            passed += 1
    await work.flush(connection)
    return passed
