"""A batch of calls folded one by one, in their order, into what is to be written and answered. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from acquirer.port import (
    Approved,
    Authorise,
    Challenged,
    Declined,
    Finding,
    Inquiry,
    KeyReused,
    Outcome,
    Request,
    Unknown,
)
from acquirer.rules import Authorisation, IssuedChallenge, Odds, decide, loses_its_answer
from contracts.test_cards import CHALLENGES


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """The request was decided, and its caller never hears of it."""

    result: str = "answer_lost"


Answer = Outcome | Finding | KeyReused | AnswerLost
UNKNOWN = Unknown()
ANSWER_LOST = AnswerLost()


@dataclass(frozen=True, slots=True)
class Effect:
    """A decision, once and for all: what the same key gets again."""

    operation: str
    request: Request
    outcome: Approved | Declined


@dataclass(frozen=True, slots=True)
class Call:
    """A row of the journal."""

    operation: str
    request: Request
    outcome: str
    replay: bool


@dataclass(frozen=True, slots=True)
class Books:
    """What stands already: what is held by payment; effects and challenges by key."""

    held: Mapping[str, Authorisation]
    effects: Mapping[str, Effect]
    challenges: Mapping[str, IssuedChallenge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class World:
    """What the simulator draws from beside its books: its odds, the time, and how a challenge is made."""

    odds: Odds
    now: datetime
    challenge_ttl: timedelta
    challenge_base_url: str
    new_token: Callable[[], str]


@dataclass(slots=True)
class Turn:
    """What a batch comes to. `authorisations` are those that changed, each once."""

    authorisations: dict[str, Authorisation] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    challenges: dict[str, IssuedChallenge] = field(default_factory=dict)
    replays: Counter[str] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def fold(requests: Sequence[Request], books: Books, world: World) -> Turn:
    """Decide each request on what the ones before it left."""
    turn = Turn()
    for request in requests:
        effect = turn.effects.get(request.key) or books.effects.get(request.key)
        if isinstance(request, Inquiry):
            answer: Answer = effect.outcome if effect else UNKNOWN
        elif effect:
            answer = _replay(turn, effect, request)
        else:
            answer = _decide(turn, request, books, world)
        turn.answers.append(answer)
        outcome = "key_reused" if isinstance(answer, KeyReused) else answer.result
        replayed = effect is not None and not isinstance(request, Inquiry)
        turn.calls.append(Call(request.OPERATION, request, outcome, replayed))
    return turn


def needs_challenge(request: Request) -> bool:
    """Whether the payer has to authenticate before the request can be decided."""
    return isinstance(request, Authorise) and request.test_card in CHALLENGES


def _replay(turn: Turn, effect: Effect, request: Request) -> Answer:
    turn.replays[request.key] += 1
    same = (effect.operation, effect.request.payment_id, effect.request.amount_minor, effect.request.currency)
    if same != (request.OPERATION, request.payment_id, request.amount_minor, request.currency):
        return KeyReused(f"the key {request.key} was used before, for another request")
    return effect.outcome


def _decide(turn: Turn, request: Request, books: Books, world: World) -> Answer:
    before = turn.authorisations.get(request.payment_id) or books.held[request.payment_id]
    challenged = _challenge(turn, request, books, world) if needs_challenge(request) and not before.voided else None
    after, outcome = (before, challenged) if challenged else decide(before, request, world.odds)
    if after is not before:
        turn.authorisations[request.payment_id] = after
    if isinstance(outcome, Approved | Declined):
        turn.effects[request.key] = Effect(request.OPERATION, request, outcome)
        if loses_its_answer(request):
            return ANSWER_LOST
    return outcome


def _challenge(turn: Turn, request: Request, books: Books, world: World) -> Challenged | Declined | None:
    """The challenge of an authorisation, made at the first call. None once its payer has passed it."""
    challenge = turn.challenges.get(request.key) or books.challenges.get(request.key)
    if challenge is None:
        challenge = _issue(request, world)
        turn.challenges[request.key] = challenge
    elif challenge.answer == "completed":
        return None
    url = f"{world.challenge_base_url}/challenge/{challenge.id}"
    return challenge.decide(world.now) or Challenged(url=url, expires_at=challenge.expires_at)


def _issue(request: Request, world: World) -> IssuedChallenge:
    if not isinstance(request, Authorise):
        raise TypeError("only an authorisation is challenged")
    return IssuedChallenge(
        id=f"{request.key}.{world.new_token()}",
        key=request.key,
        payment_id=request.payment_id,
        merchant_id=request.merchant_id,
        amount_minor=request.amount_minor,
        currency=request.currency,
        network=request.network,
        last4=request.last4,
        merchant_name=request.merchant_name,
        expires_at=world.now + world.challenge_ttl,
    )
