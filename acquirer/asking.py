"""How a gateway asks: one question, and when its answer is lost an inquiry with the same key, never a second charge.

Used by processor and refunder for every call.
"""

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from acquirer.client import HttpAcquirer
from acquirer.port import (
    Acquirer,
    AcquirerUnavailable,
    Approved,
    Authorise,
    Capture,
    Declined,
    Inquiry,
    NotYet,
    Outcome,
    Refund,
    Request,
    Reverse,
    Void,
)
from acquirer.settings import AcquirerClientSettings
from acquirer.simulator import Simulator
from chassis.clock import Clock
from chassis.metrics import Metrics
from chassis.pg import Pool

NO_ANSWER: Final = NotYet(reason="the acquirer did not answer")


def open_acquirer(
    settings: AcquirerClientSettings, pool: Pool, *, token: SecretStr, clock: Clock, metrics: Metrics
) -> Acquirer:
    """The acquirer that the settings name: in-process over `pool`, or at its URL."""
    if settings.acquirer_url is None:
        return Simulator(pool, clock=clock, metrics=metrics, odds=settings.odds, challenges=settings.challenge_terms)
    return HttpAcquirer(
        settings.acquirer_url,
        token=token,
        timeout_s=settings.acquirer_timeout_s,
        calls_max=settings.acquirer_calls_max,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What the acquirer said, and how many questions it left without an answer before."""

    outcome: Outcome
    unanswered: int = 0


async def ask(acquirer: Acquirer, request: Request) -> Told:
    """The acquirer's answer. NotYet when there is none, and asking again with the same key is right."""
    try:
        return Told(await _call(acquirer, request))
    except AcquirerUnavailable:
        return await _inquire(acquirer, request)


async def _call(acquirer: Acquirer, request: Request) -> Outcome:
    match request:
        case Authorise():
            return await acquirer.authorise(request)
        case Capture():
            return await acquirer.capture(request)
        case Void():
            return await acquirer.void(request)
        case Refund():
            return await acquirer.refund(request)
        case Reverse():
            return await acquirer.reverse(request)
        case _:
            raise TypeError(f"{type(request).__name__} is not a question to the acquirer")


async def _inquire(acquirer: Acquirer, request: Request) -> Told:
    inquiry = Inquiry(
        key=request.key,
        payment_id=request.payment_id,
        merchant_id=request.merchant_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
    )
    try:
        finding = await acquirer.inquire(inquiry)
    except AcquirerUnavailable:
        return Told(NO_ANSWER, 2)
    return Told(finding if isinstance(finding, Approved | Declined) else NO_ANSWER, 1)
