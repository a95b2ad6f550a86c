"""How the simulated acquirer decides: pure functions of the request, of what it holds for the payment, and of the odds.

Nothing here is random: a draw is a hash of the request's key, so that a replay gives the same answer.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from acquirer.port import (
    Approved,
    Authorise,
    Capture,
    ChallengeAnswer,
    Declined,
    NotYet,
    Outcome,
    Pending,
    Refund,
    Request,
    Reverse,
    Void,
)
from contracts.test_cards import DECLINES

APPROVED: Final = Approved()
PENDING: Final = Pending()
VOIDED: Final = Declined(decline_code="voided", description="The payment was voided before")
CURRENCY_MISMATCH: Final = Declined(decline_code="currency_mismatch", description="The payment has another currency")
ALREADY_CAPTURED: Final = Declined(decline_code="already_captured", description="The payment is captured already")
EXCEEDS_AUTHORISED: Final = Declined(
    decline_code="exceeds_authorised", description="The amount exceeds what is still authorised"
)
EXCEEDS_CAPTURED: Final = Declined(
    decline_code="exceeds_captured", description="The amount exceeds what was captured and not yet refunded"
)
REFUND_REFUSED: Final = Declined(decline_code="refund_refused", description="The card's issuer refused the refund")
UPI_DECLINED: Final = Declined(decline_code="upi_declined", description="The payer's bank declined the UPI payment")
AUTHENTICATION_FAILED: Final = Declined(
    decline_code="authentication_failed", description="The cardholder failed authentication"
)
AUTHENTICATION_TIMEOUT: Final = Declined(
    decline_code="authentication_timeout", description="The cardholder did not authenticate in time"
)
NOT_AUTHORISED: Final = NotYet(reason="the payment is not authorised")
NOT_CAPTURED: Final = NotYet(reason="the payment is not captured")


@dataclass(frozen=True, slots=True)
class Odds:
    """How payments and refunds end that no test value decides: by their rates (0 to 1), unless `fixed` decides all
    payments."""

    upi_success_rate: float
    card_success_rate: float
    fixed: bool | None
    refund_success_rate: float = 1.0


@dataclass(frozen=True, slots=True)
class IssuedChallenge:
    """A challenge as the acquirer keeps it, by its authorisation's key."""

    id: str
    key: str
    payment_id: str
    merchant_id: str
    amount_minor: int
    currency: str
    network: str | None
    last4: str | None
    merchant_name: str | None
    expires_at: datetime
    answer: ChallengeAnswer | None = None

    def decide(self, now: datetime) -> Declined | None:
        """What the challenge alone decides; None when the payer passed it, or when it is still open."""
        if self.answer == "failed":
            return AUTHENTICATION_FAILED
        return AUTHENTICATION_TIMEOUT if self.answer is None and self.expires_at <= now else None


@dataclass(frozen=True, slots=True)
class Authorisation:
    """What the acquirer holds for a payment, all its authorise effects together. Amounts in minor units."""

    payment_id: str
    merchant_id: str
    currency: str
    authorised_minor: int = 0
    captured_minor: int = 0
    reversed_minor: int = 0
    refunded_minor: int = 0
    captured: bool = False
    voided: bool = False


def decide(held: Authorisation, request: Request, odds: Odds) -> tuple[Authorisation, Outcome]:
    """The authorisation as it becomes, and the answer. It changes only when the answer is Approved."""
    if request.currency != held.currency:
        return held, CURRENCY_MISMATCH
    match request:
        case Authorise():
            return _authorise(held, request, odds)
        case Capture():
            return _capture(held, request)
        case Void():
            return _void(held)
        case Refund():
            return _refund(held, request, odds)
        case Reverse():
            return _reverse(held, request, odds)
        case _:
            raise TypeError(f"no rule for {type(request).__name__}")


def _authorise(held: Authorisation, request: Authorise, odds: Odds) -> tuple[Authorisation, Outcome]:
    if held.voided:
        return held, VOIDED  # the void came first: it wins
    outcome = _answer_of_payer(request, odds)
    if outcome is not APPROVED:
        return held, outcome
    # A second key authorises a second time, as a real acquirer would: the audit is to see it.
    return replace(held, authorised_minor=held.authorised_minor + request.amount_minor), APPROVED


def _capture(held: Authorisation, request: Capture) -> tuple[Authorisation, Outcome]:
    if held.voided:
        return held, VOIDED
    if held.captured:
        return held, ALREADY_CAPTURED
    if not held.authorised_minor:
        return held, NOT_AUTHORISED
    if request.amount_minor + held.reversed_minor > held.authorised_minor:
        return held, EXCEEDS_AUTHORISED
    return replace(held, captured=True, captured_minor=request.amount_minor), APPROVED


def _void(held: Authorisation) -> tuple[Authorisation, Outcome]:
    if held.captured:
        return held, ALREADY_CAPTURED
    return replace(held, voided=True), APPROVED


def _refund(held: Authorisation, request: Refund, odds: Odds) -> tuple[Authorisation, Outcome]:
    if held.voided:
        return held, VOIDED
    if not held.captured:
        return held, NOT_CAPTURED
    if _is_refused(request, odds):
        return held, REFUND_REFUSED
    if held.refunded_minor + request.amount_minor > held.captured_minor:
        return held, EXCEEDS_CAPTURED
    return replace(held, refunded_minor=held.refunded_minor + request.amount_minor), APPROVED


def _reverse(held: Authorisation, request: Reverse, odds: Odds) -> tuple[Authorisation, Outcome]:
    """Also after the final capture or the void: what it lowers was released then, and is accounted for here."""
    if not held.authorised_minor:
        return held, VOIDED if held.voided else NOT_AUTHORISED
    if _is_refused(request, odds):
        return held, REFUND_REFUSED
    if held.captured_minor + held.reversed_minor + request.amount_minor > held.authorised_minor:
        return held, EXCEEDS_AUTHORISED
    return replace(held, reversed_minor=held.reversed_minor + request.amount_minor), APPROVED


def _answer_of_payer(request: Authorise, odds: Odds) -> Outcome:
    if request.method == "upi":
        match _address(request):
            case "success" | "timeout":
                return APPROVED
            case "failure":
                return UPI_DECLINED
            case "pending":
                return PENDING
        return APPROVED if _is_lucky(request.key, odds.upi_success_rate, odds.fixed) else UPI_DECLINED
    if request.test_card is None:
        lucky = _is_lucky(request.key, odds.card_success_rate, odds.fixed)
        return APPROVED if lucky else _decline("generic_decline", "The card was declined")
    if request.test_card in DECLINES:
        return _decline(*DECLINES[request.test_card])
    return APPROVED


def _is_refused(request: Refund | Reverse, odds: Odds) -> bool:
    return request.test_card == "refund_fails" or not _is_lucky(request.key, odds.refund_success_rate, None)


def loses_its_answer(request: Request) -> bool:
    """Whether the first answer is lost after the decision, so that the gateway has to inquire."""
    return isinstance(request, Authorise) and request.method == "upi" and _address(request) == "timeout"


def _address(request: Authorise) -> str:
    """The part of a VPA before the @."""
    return (request.vpa or "").partition("@")[0].lower()


def _is_lucky(key: str, rate: float, fixed: bool | None) -> bool:
    if fixed is not None:
        return fixed
    draw = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
    return draw < rate


def _decline(code: str, description: str) -> Declined:
    return Declined(decline_code=code, description=description)
