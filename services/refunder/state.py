"""Pure decisions: from a command to an execution, from the acquirer's answer to what becomes of it.

A refund that comes before its capture is NotYet to the acquirer, and asked again: there is no order to keep here.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from acquirer.port import Approved, Declined, Outcome, Refund, Request, Reverse
from contracts.events.refund import RefundKind
from contracts.events.refund_command import ExecuteRefund
from contracts.events.refund_result import RefundExecutionFailed, RefundExecutionSucceeded, RefundResult
from contracts.test_cards import TestCard

Verdict = Literal["succeeded", "failed"]


@dataclass(frozen=True, slots=True)
class Execution:
    """One refund to ask for; its id, the refund's, is the key. `outcome` None: not answered yet."""

    id: str
    payment_id: str
    merchant_id: str
    kind: RefundKind
    amount_minor: int
    currency: str
    test_card: TestCard | None = None
    traceparent: str | None = None
    outcome: Verdict | None = None
    error_code: str | None = None
    description: str | None = None
    ended_at: datetime | None = None


def execution_of(command: ExecuteRefund, traceparent: str | None) -> Execution:
    """The execution that a command asks for."""
    return Execution(
        id=command.refund_id,
        payment_id=command.payment_id,
        merchant_id=command.merchant_id,
        kind=command.kind,
        amount_minor=command.amount_minor,
        currency=command.currency,
        test_card=command.test_card,
        traceparent=traceparent,
    )


def request_of(execution: Execution) -> Request:
    """What to ask the acquirer."""
    ask = Refund if execution.kind == "refund" else Reverse
    return ask(
        key=execution.id,
        payment_id=execution.payment_id,
        merchant_id=execution.merchant_id,
        amount_minor=execution.amount_minor,
        currency=execution.currency,
        test_card=execution.test_card,
    )


def ended(execution: Execution, outcome: Outcome, at: datetime) -> Execution | None:
    """The execution with its outcome; None while the acquirer has not decided."""
    if isinstance(outcome, Approved):
        return replace(execution, outcome="succeeded", ended_at=at)
    if isinstance(outcome, Declined):
        return replace(
            execution,
            outcome="failed",
            error_code=outcome.decline_code.upper(),
            description=outcome.description,
            ended_at=at,
        )
    return None


def result_of(execution: Execution) -> RefundResult | None:
    """What to tell the api; None while there is no outcome."""
    if execution.outcome is None or execution.ended_at is None:
        return None
    told = {"refund_id": execution.id, "payment_id": execution.payment_id, "occurred_at": execution.ended_at}
    if execution.outcome == "succeeded":
        return RefundExecutionSucceeded.model_validate(told)
    return RefundExecutionFailed.model_validate(
        {**told, "error_code": execution.error_code, "description": execution.description}
    )
