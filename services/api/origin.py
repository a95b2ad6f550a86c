"""Who caused a change, and by what: kept with the change, told by a payment's timeline."""

from dataclasses import dataclass
from typing import Final, Literal

from chassis.http import Call
from services.api.auth import Principal

Actor = Literal["merchant", "buyer", "acquirer", "gateway"]


@dataclass(frozen=True, slots=True)
class Origin:
    """`cause` in a few words: the route that was called, what the acquirer said, which deadline passed."""

    actor: Actor
    cause: str
    request_id: str | None = None
    api_key: str | None = None
    user: str | None = None
    """The email of who was signed in at the dashboard."""

    traceparent: str | None = None
    merchant_name: str | None = None
    """For a buyer who may be asked to authenticate: whom they pay."""


DEADLINE: Final = Origin("gateway", "deadline passed")


def of_call(call: Call, actor: Actor = "merchant") -> Origin:
    """The request that asked for a change; a buyer needs no key."""
    cause = f"{call.request.method} {call.request.path}"
    who: Principal | None = call.principal
    key = None if who is None else who.key
    user = None if who is None or who.user is None else who.user.email
    return Origin(actor, cause, call.request_id, key, user, call.traceparent)


def of_result(type_: str, traceparent: str | None, *, actor: Actor = "acquirer", unanswered: int = 0) -> Origin:
    """What the acquirer said, by way of the processor or the refunder; `unanswered`: questions that had no answer."""
    cause = type_
    if unanswered:
        questions = "question" if unanswered == 1 else "questions"
        cause += f" (found with the same key after {unanswered} {questions} without an answer)"
    return Origin(actor, cause, traceparent=traceparent)
