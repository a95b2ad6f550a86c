"""Pure decisions: from a command to an attempt, from the acquirer's answer to what becomes of it.

There is no queue per payment. The acquirer locks the payment and decides by what it holds: a capture or a refund that
comes too early is NotYet and asked again, and a void wins whether it comes before the authorisation or after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from acquirer.port import Approved, Authorise, Capture, Declined, Outcome, Request, Void
from contracts.events.payment import PaymentMethod
from contracts.events.payment_command import (
    AuthorisePayment,
    CapturePayment,
    CardReference,
    PaymentCommand,
    VoidPayment,
)
from contracts.events.payment_result import (
    AuthorisationApproved,
    AuthorisationDeclined,
    CaptureAccepted,
    PaymentResult,
    VoidAccepted,
)

Action = Literal["authorise", "capture", "void"]
Verdict = Literal["approved", "declined"]

ACTIONS: Final[Mapping[type[PaymentCommand], Action]] = {
    AuthorisePayment: "authorise",
    CapturePayment: "capture",
    VoidPayment: "void",
}
ACCEPTED: Final[Mapping[Action, type[PaymentResult]]] = {
    "authorise": AuthorisationApproved,
    "capture": CaptureAccepted,
    "void": VoidAccepted,
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing to ask of the acquirer; its id is the key. `outcome` None: not answered yet."""

    id: str
    payment_id: str
    merchant_id: str
    action: Action
    amount_minor: int
    currency: str
    method: PaymentMethod | None = None
    vpa: str | None = None
    card: CardReference | None = None
    traceparent: str | None = None
    outcome: Verdict | None = None
    decline_code: str | None = None
    description: str | None = None
    ended_at: datetime | None = None


def attempt_of(command: PaymentCommand, traceparent: str | None) -> Attempt:
    """The attempt that a command asks for."""
    attempt = Attempt(
        id=command.attempt_id,
        payment_id=command.payment_id,
        merchant_id=command.merchant_id,
        action=ACTIONS[type(command)],
        amount_minor=command.amount_minor,
        currency=command.currency,
        traceparent=traceparent,
    )
    if isinstance(command, AuthorisePayment):
        return replace(attempt, method=command.method, vpa=command.vpa, card=command.card)
    return attempt


def request_of(attempt: Attempt) -> Request:
    """What to ask the acquirer."""
    told = {
        "key": attempt.id,
        "payment_id": attempt.payment_id,
        "merchant_id": attempt.merchant_id,
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
    }
    match attempt.action:
        case "authorise":
            test_card = attempt.card.test_card if attempt.card else None
            return Authorise.model_validate(
                {**told, "method": attempt.method, "vpa": attempt.vpa, "test_card": test_card}
            )
        case "capture":
            return Capture.model_validate(told)
        case "void":
            return Void.model_validate(told)


def ended(attempt: Attempt, outcome: Outcome, at: datetime) -> Attempt | None:
    """The attempt with its outcome; None while the acquirer has not decided."""
    if isinstance(outcome, Approved):
        return replace(attempt, outcome="approved", ended_at=at)
    if isinstance(outcome, Declined):
        return replace(
            attempt,
            outcome="declined",
            decline_code=outcome.decline_code,
            description=outcome.description,
            ended_at=at,
        )
    return None


def result_of(attempt: Attempt) -> PaymentResult | None:
    """What to tell the api. None while there is no outcome, and for a capture or void that was refused: the api
    decided those itself, so a refusal is a fault for people to look at, not an answer."""
    if attempt.outcome is None or attempt.ended_at is None:
        return None
    told = {"payment_id": attempt.payment_id, "attempt_id": attempt.id, "occurred_at": attempt.ended_at}
    if attempt.outcome == "approved":
        return ACCEPTED[attempt.action].model_validate(told)
    if attempt.action == "authorise":
        return AuthorisationDeclined.model_validate(
            {**told, "decline_code": attempt.decline_code, "description": attempt.description}
        )
    return None
