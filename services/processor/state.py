"""Pure decisions: from a command to an attempt, from the acquirer's answer to what becomes of it.

There is no queue per payment. The acquirer locks the payment and decides by what it holds: a capture or a refund that
comes too early is NotYet and asked again, and a void wins whether it comes before the authorisation or after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from acquirer.port import Approved, Authorise, Capture, Challenged, Declined, Outcome, Request, Void
from contracts.events.payment import PaymentMethod
from contracts.events.payment_command import (
    AuthorisePayment,
    CapturePayment,
    CardReference,
    PaymentCommand,
    VoidPayment,
)
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


DISPUTE_REASON: Final = "fraudulent"


@dataclass(frozen=True, slots=True)
class Disputed:
    """The cardholder disputes what was captured: what comes of a disputed card's capture after a while."""

    result: str = "disputed"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One thing to ask of the acquirer; its id is the key. `outcome` None: not answered yet.

    `challenged_at`: since when the buyer is asked to authenticate; `answered_at`: when that happened. `unanswered`
    counts the questions that the acquirer left without an answer.
    """

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
    challenge_url: str | None = None
    challenge_expires_at: datetime | None = None
    challenged_at: datetime | None = None
    answered_at: datetime | None = None
    unanswered: int = 0
    merchant_name: str | None = None

    @property
    def will_be_disputed(self) -> bool:
        """Captured, and its cardholder is going to dispute it: its job stays until then."""
        disputes = self.card is not None and self.card.test_card == "disputed"
        return disputes and self.action == "capture" and self.outcome == "approved"


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
        return replace(
            attempt,
            method=command.method,
            vpa=command.vpa,
            card=command.card,
            merchant_name=command.merchant_name,
        )
    if isinstance(command, CapturePayment):
        return replace(attempt, card=command.card)
    return attempt


def request_of(attempt: Attempt) -> Request:
    """What to ask the acquirer."""
    told: dict[str, object] = {
        "key": attempt.id,
        "payment_id": attempt.payment_id,
        "merchant_id": attempt.merchant_id,
        "amount_minor": attempt.amount_minor,
        "currency": attempt.currency,
    }
    match attempt.action:
        case "authorise":
            card = attempt.card.model_dump(include={"test_card", "network", "last4"}) if attempt.card else {}
            told |= {"method": attempt.method, "vpa": attempt.vpa, "merchant_name": attempt.merchant_name}
            return Authorise.model_validate({**told, **card})
        case "capture":
            return Capture.model_validate(told)
        case "void":
            return Void.model_validate(told)


def ended(attempt: Attempt, outcome: Outcome | Disputed, at: datetime) -> Attempt | None:
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


def challenged(attempt: Attempt, outcome: Challenged, at: datetime) -> Attempt:
    """The attempt, waiting for its buyer."""
    return replace(attempt, challenge_url=outcome.url, challenge_expires_at=outcome.expires_at, challenged_at=at)


def ask_again_after(outcome: Challenged, now: datetime, poll: timedelta) -> datetime:
    """When to ask again although nobody said that the buyer has answered."""
    return max(now, min(now + poll, outcome.expires_at))


def result_of(attempt: Attempt) -> PaymentResult | None:
    """What to tell the api. None while there is nothing to tell, and for a capture or void that was refused: the api
    decided those itself, so a refusal is a fault for people to look at, not an answer."""
    if attempt.outcome is None or attempt.ended_at is None:
        return _challenge_of(attempt)
    told = _told(attempt, attempt.ended_at)
    if attempt.outcome == "approved":
        return ACCEPTED[attempt.action].model_validate(told)
    if attempt.action == "authorise":
        return AuthorisationDeclined.model_validate(
            {**told, "decline_code": attempt.decline_code, "description": attempt.description}
        )
    return None


def answer_of(attempt: Attempt, at: datetime) -> PaymentResult:
    """To tell the api that the buyer has answered the challenge."""
    return AuthorisationAnswered.model_validate(_told(attempt, at))


def dispute_of(attempt: Attempt, at: datetime) -> PaymentResult:
    """To tell the api that the cardholder disputes what this capture took."""
    return DisputeOpened.model_validate({**_told(attempt, at), "reason": DISPUTE_REASON})


def _challenge_of(attempt: Attempt) -> PaymentResult | None:
    if attempt.challenged_at is None:
        return None
    told = _told(attempt, attempt.challenged_at)
    return AuthorisationChallenged.model_validate(
        {**told, "challenge_url": attempt.challenge_url, "expires_at": attempt.challenge_expires_at}
    )


def _told(attempt: Attempt, at: datetime) -> dict[str, object]:
    return {
        "payment_id": attempt.payment_id,
        "attempt_id": attempt.id,
        "occurred_at": at,
        "unanswered": attempt.unanswered,
    }
