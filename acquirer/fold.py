"""A batch of calls folded one by one, in their order, into what is to be written and answered. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from acquirer.port import Approved, Declined, Finding, Inquiry, KeyReused, Outcome, Request, Unknown
from acquirer.rules import Authorisation, Odds, decide

Answer = Outcome | Finding | KeyReused
UNKNOWN = Unknown()


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


@dataclass(slots=True)
class Turn:
    """What a batch comes to. `authorisations` are those that changed, each once."""

    authorisations: dict[str, Authorisation] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    replays: Counter[str] = field(default_factory=Counter)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def fold(requests: Sequence[Request], held: dict[str, Authorisation], known: dict[str, Effect], odds: Odds) -> Turn:
    """Decide each request on what the ones before it left; `known` are the effects that stand already."""
    turn = Turn()
    for request in requests:
        effect = turn.effects.get(request.key) or known.get(request.key)
        if isinstance(request, Inquiry):
            answer: Answer = effect.outcome if effect else UNKNOWN
        elif effect:
            answer = _replay(turn, effect, request)
        else:
            answer = _decide(turn, request, held, odds)
        turn.answers.append(answer)
        outcome = "key_reused" if isinstance(answer, KeyReused) else answer.result
        replayed = effect is not None and not isinstance(request, Inquiry)
        turn.calls.append(Call(request.OPERATION, request, outcome, replayed))
    return turn


def _replay(turn: Turn, effect: Effect, request: Request) -> Answer:
    turn.replays[request.key] += 1
    same = (effect.operation, effect.request.payment_id, effect.request.amount_minor, effect.request.currency)
    if same != (request.OPERATION, request.payment_id, request.amount_minor, request.currency):
        return KeyReused(f"the key {request.key} was used before, for another request")
    return effect.outcome


def _decide(turn: Turn, request: Request, held: dict[str, Authorisation], odds: Odds) -> Answer:
    before = turn.authorisations.get(request.payment_id) or held[request.payment_id]
    after, outcome = decide(before, request, odds)
    if after is not before:
        turn.authorisations[request.payment_id] = after
    if isinstance(outcome, Approved | Declined):
        turn.effects[request.key] = Effect(request.OPERATION, request, outcome)
    return outcome
