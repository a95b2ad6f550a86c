"""Kafka in: results of the acquirer, by way of processor and refunder."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.clock import Clock
from chassis.consumer import Apply, Handler, Message
from chassis.pg import Connection
from contracts.events.base import Event
from contracts.events.payment_result import (
    AuthorisationAnswered,
    AuthorisationApproved,
    AuthorisationChallenged,
    AuthorisationDeclined,
    CaptureAccepted,
    DisputeOpened,
    VoidAccepted,
)
from contracts.events.refund_result import RefundExecutionFailed, RefundExecutionSucceeded
from services.api import payments, refunds
from services.api.answers import Answers
from services.api.state import Terms


def handlers(clock: Clock, terms: Terms, answers: Answers) -> Mapping[str, Handler]:
    """Event type to what is done with it. Types that share a function keep their order among each other."""

    async def payment_results(connection: Connection, messages: Sequence[Message[Any]]) -> None:
        now = clock.now()
        await payments.apply_results(connection, messages, now, terms)
        answers.note([message.data.attempt_id for message in messages], now)

    async def refund_results(connection: Connection, messages: Sequence[Message[Any]]) -> None:
        await refunds.apply_results(connection, messages, clock.now())

    table: dict[type[Event], Apply] = {
        AuthorisationChallenged: payment_results,
        AuthorisationAnswered: payment_results,
        AuthorisationApproved: payment_results,
        AuthorisationDeclined: payment_results,
        CaptureAccepted: payment_results,
        VoidAccepted: payment_results,
        DisputeOpened: payment_results,
        RefundExecutionSucceeded: refund_results,
        RefundExecutionFailed: refund_results,
    }
    return {model.TYPE: Handler(model, apply) for model, apply in table.items()}
