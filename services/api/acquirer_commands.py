"""What to ask of the acquirer, as the commands that processor and refunder consume."""

from contracts import ids
from contracts.events.payment_command import AuthorisePayment, CapturePayment, PaymentCommand, VoidPayment
from contracts.events.refund_command import ExecuteRefund
from contracts.topics import PAYMENT_COMMANDS, REFUND_COMMANDS, Topic
from services.api.state import CommandKind, Payment, Refund
from services.api.store import OpenCommand


def make_command(
    kind: CommandKind, payment: Payment, refund: Refund | None, merchant_name: str | None = None
) -> OpenCommand:
    """The command of a decision. Authorise and refund have their natural keys; capture and void get fresh ones."""
    if kind == "authorise":
        return _open(PAYMENT_COMMANDS, payment.attempt_id, _authorise(payment, merchant_name))
    if kind == "refund":
        if refund is None:
            raise RuntimeError("a refund command needs its refund")
        return _open(REFUND_COMMANDS, refund.id, _execute(refund, payment))
    attempt_id = ids.new_id(ids.ATTEMPT)
    if kind == "capture":
        return _open(PAYMENT_COMMANDS, attempt_id, _capture(payment, attempt_id))
    return _open(PAYMENT_COMMANDS, attempt_id, _void(payment, attempt_id))


def _open(topic: Topic, attempt_id: str, event: PaymentCommand | ExecuteRefund) -> OpenCommand:
    return OpenCommand(attempt_id, event.payment_id, topic.name, event.TYPE, event.model_dump_json().encode())


def _capture(payment: Payment, attempt_id: str) -> CapturePayment:
    return CapturePayment.model_construct(
        payment_id=payment.id,
        attempt_id=attempt_id,
        merchant_id=payment.merchant_id,
        amount_minor=payment.amount_captured_minor,
        currency=payment.currency,
        card=payment.card,
    )


def _void(payment: Payment, attempt_id: str) -> VoidPayment:
    return VoidPayment.model_construct(
        payment_id=payment.id,
        attempt_id=attempt_id,
        merchant_id=payment.merchant_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )


def _authorise(payment: Payment, merchant_name: str | None) -> AuthorisePayment:
    return AuthorisePayment.model_construct(
        payment_id=payment.id,
        attempt_id=payment.attempt_id,
        merchant_id=payment.merchant_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        method=payment.method,
        vpa=payment.vpa,
        card=payment.card,
        merchant_name=merchant_name,
        created_at=payment.created_at,
    )


def _execute(refund: Refund, payment: Payment) -> ExecuteRefund:
    return ExecuteRefund.model_construct(
        refund_id=refund.id,
        payment_id=payment.id,
        merchant_id=payment.merchant_id,
        kind=refund.kind,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        test_card=payment.card.test_card if payment.card else None,
    )
