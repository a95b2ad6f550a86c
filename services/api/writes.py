"""Every write that a merchant asks for, by group commit: keys claimed, rows locked, decided, written, answered.

A `Write` says what it touches and decides in memory; this module runs many of them in one transaction
(the batch rule, see `workspace.py`) and keeps the answers of those that came with an Idempotency-Key.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chassis import idempotency, pg
from chassis.batcher import Batcher
from chassis.clock import Clock
from chassis.errors import ApiError, Retry
from chassis.http import Answer, Call, busy
from chassis.idempotency import Claim, StoredAnswer
from chassis.pg import Connection, Pool
from chassis.refusals import error_body
from services.api import store
from services.api.auth import refused
from services.api.state import Order, Refused
from services.api.store import OrderWanted, Receipt
from services.api.workspace import Workspace

REPLAYED = {"Idempotent-Replayed": "true"}

Named = TypeVar("Named", str, Receipt)
"""What a write touches: an id, or a receipt that is to be one order's alone."""


@dataclass(frozen=True, slots=True)
class Write:
    """One request to change something. `decide` works on the loaded objects only, and answers or refuses."""

    decide: Callable[[Workspace], Answer]
    request_id: str
    key: str | None
    """The API key that asks; None for who needs none: a buyer, who is signed in. A revoked one writes nothing."""
    claim: Claim | None = None
    orders: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    """Receipts of which the merchant wants at most one order each."""


Outcome = Answer | ApiError


class Writer:
    """`submit` a write; it shares a transaction with whatever arrived with it."""

    def __init__(self, pool: Pool, clock: Clock, *, docs_url: str, published: Callable[[], None]) -> None:
        self._pool = pool
        self._clock = clock
        self._docs_url = docs_url
        self._published = published
        self.batcher: Batcher[Write, Outcome]

    async def submit(self, write: Write) -> Answer:
        """The answer once it is committed. Raises ApiError."""
        outcome = await self.batcher.submit(write)
        if isinstance(outcome, ApiError):
            raise outcome
        return outcome

    async def execute(self, writes: Sequence[Write]) -> list[Outcome]:
        """One transaction for all; handed to the batcher."""
        leaders, followers = _coalesce(writes)
        now = self._clock.now()
        claims = [write.claim for write in leaders if write.claim]
        keys = {write.key for write in writes if write.key is not None}
        async with pg.transaction(self._pool) as connection:
            # The order of locks: idempotency keys, API keys, orders; then receipts, payments, refunds.
            wanted = [OrderWanted(order_id, w.claim, w.key) for w in leaders for order_id in w.orders]
            begun = await store.begin_writes(connection, claims, keys, wanted, now)
            stored = await idempotency.answers_of_others(connection, claims, begun.taken, now)
            if len(begun.taken) + len(stored) < len(claims):
                raise Retry("a key was let go between two statements: its order is not locked")
            live = {None, *begun.live}
            outcomes, to_publish = await self._decide(connection, leaders, stored, live, begun.orders, now)
        if to_publish:
            self._published()
        by_claim = {w.claim.id: (w, outcomes[id(w)]) for w in leaders if w.claim}
        for write in followers:
            outcomes[id(write)] = _follow(write, by_claim) if write.key in live else refused()
        return [outcomes[id(write)] for write in writes]

    async def _decide(
        self,
        connection: Connection,
        writes: Sequence[Write],
        stored: dict[tuple[str, str], StoredAnswer],
        live: Container[str | None],
        orders: Mapping[str, Order],
        now: datetime,
    ) -> tuple[dict[int, Outcome], bool]:
        outcomes: dict[int, Outcome] = {}
        fresh = []
        for write in writes:
            if write.key not in live:
                outcomes[id(write)] = refused()
            elif write.claim is not None and write.claim.id in stored:
                outcomes[id(write)] = _replay(write.claim, stored[write.claim.id])
            else:
                fresh.append(write)
        work = await Workspace.load(
            connection,
            now,
            held=orders,
            payments=_union(write.payments for write in fresh),
            receipts=_union(write.receipts for write in fresh),
        )
        for write in fresh:
            outcomes[id(write)] = self._outcome(write, work)
        answers = {
            write.claim.id: _kept(outcomes[id(write)])
            for write in writes
            if write.claim is not None and write.claim.id not in stored
        }
        to_publish = await work.flush(connection, also=idempotency.stored(answers))
        return outcomes, to_publish

    def _outcome(self, write: Write, work: Workspace) -> Outcome:
        """A business refusal is an answer like any other: rendered here, so that a replay gives the same bytes."""
        try:
            return write.decide(work)
        except Refused as refusal:
            error = ApiError(400, "BAD_REQUEST_ERROR", str(refusal), reason=refusal.reason, storable=True)
        except ApiError as refusal:
            if not refusal.storable:
                return refusal
            error = refusal
        return Answer(error.status, error_body(error, write.request_id, self._docs_url))


def _coalesce(writes: Sequence[Write]) -> tuple[list[Write], list[Write]]:
    """The first write of each key leads; the others follow its answer without touching the database."""
    seen: set[tuple[str, str]] = set()
    leaders, followers = [], []
    for write in writes:
        if write.claim is None:
            leaders.append(write)
        elif write.claim.id in seen:
            followers.append(write)
        else:
            seen.add(write.claim.id)
            leaders.append(write)
    return leaders, followers


def _union(groups: Iterable[tuple[Named, ...]]) -> set[Named]:
    return {one for group in groups for one in group}


def _kept(outcome: Outcome) -> tuple[int, bytes] | None:
    return None if isinstance(outcome, ApiError) else (outcome.status, outcome.body)


def _replay(claim: Claim, stored: StoredAnswer) -> Outcome:
    if stored.fingerprint != claim.fingerprint:
        return idempotency.reused()
    return Answer(stored.status, stored.body, REPLAYED)


def _follow(write: Write, by_claim: Mapping[tuple[str, str], tuple[Write, Outcome]]) -> Outcome:
    if write.claim is None:
        raise RuntimeError("only a write with a key follows another")
    leader, outcome = by_claim[write.claim.id]
    if leader.claim is not None and leader.claim.fingerprint != write.claim.fingerprint:
        return idempotency.reused()
    if isinstance(outcome, ApiError):
        # What the leader's own API key brought upon it is none of ours.
        return outcome if leader.key == write.key else busy()
    return Answer(outcome.status, outcome.body, {**outcome.headers, **REPLAYED})


def claim_of(call: Call, secret: bytes, merchant_id: str | None = None) -> Claim | None:
    """The call's idempotency claim: merchant, method and path, and what the validated request says.

    `merchant_id`: whose it is when the caller's credentials do not say so.
    """
    key = call.idempotency_key
    if key is None:
        return None
    scope = f"{merchant_id or call.principal} {call.request.method} {call.request.path}"
    body = call.body.model_dump(mode="json") if call.body is not None else {}
    return Claim(scope, key, idempotency.fingerprint(secret, body))
