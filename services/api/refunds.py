"""Refunds: room taken under the payment's lock, and what the acquirer's results do."""

from collections.abc import Sequence
from datetime import datetime

from chassis.consumer import Message
from chassis.errors import Reject
from chassis.http import Answer, json_answer
from chassis.pg import Connection
from contracts import ids
from contracts.events.refund_result import RefundExecutionFailed, RefundResult
from services.api import state, store
from services.api.origin import Origin, of_result
from services.api.payments import owned
from services.api.schemas.refunds import CreateRefund
from services.api.state import Refund
from services.api.views import refund_view
from services.api.workspace import Workspace


def create_refund(work: Workspace, merchant_id: str, payment_id: str, request: CreateRefund, origin: Origin) -> Answer:
    """201 with the pending refund. Its kind and amount are settled by the decision, under the payment's lock."""
    payment = owned(work, merchant_id, payment_id)
    asked = Refund(
        id=ids.new_id(ids.REFUND),
        payment_id=payment.id,
        merchant_id=merchant_id,
        amount_minor=0,
        currency=payment.currency,
        kind="refund",
        reason=request.reason,
        status="pending",
        metadata=request.metadata or {},
        created_at=work.now,
        updated_at=work.now,
    )
    work.apply(state.start_refund(payment, asked, request.amount), origin)
    return json_answer(201, refund_view(work.refunds[asked.id]))


async def apply_results(connection: Connection, messages: Sequence[Message[RefundResult]], now: datetime) -> None:
    """What the acquirer said, folded in order; a result that came before changes nothing."""
    work = await Workspace.load(connection, now, refunds={m.data.refund_id for m in messages})
    for message in messages:
        result = message.data
        refund = work.refunds.get(result.refund_id)
        if refund is None:
            raise Reject(f"no refund {result.refund_id}")
        payment = work.payments[refund.payment_id]
        if isinstance(result, RefundExecutionFailed):
            decision = state.fail_refund(payment, refund, result.error_code, result.description, now)
        else:
            decision = state.finish_refund(payment, refund, now)
        work.apply(decision, of_result(result.TYPE, message.attributes.traceparent))
    await work.flush(connection, also=store.close_commands([m.data.refund_id for m in messages]))
