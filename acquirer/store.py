"""The only module of the acquirer that runs SQL: its books and its journal, in batches."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import asyncpg

from acquirer.fold import Call, Effect, Turn
from acquirer.port import Approved, ChallengeAnswer, Declined, Request
from acquirer.rules import APPROVED, Authorisation, IssuedChallenge
from chassis import changes
from chassis.pg import Connection, columns
from chassis.sql import Queries
from contracts import ids

SQL = Path(__file__).with_name("sql")
queries = Queries(SQL / "queries.sql", SQL / "challenges.sql")


async def lock_authorisations(connection: Connection, requests: Sequence[Request]) -> dict[str, Authorisation]:
    """What is held for the requests' payments, under lock until the transaction ends."""
    first = {request.payment_id: request for request in reversed(requests)}
    rows = sorted((r.payment_id, r.merchant_id, r.currency) for r in first.values())
    payment_ids, merchant_ids, currencies = columns(rows, 3)
    added = await queries.add_authorisations.rows(
        connection, payment_ids=payment_ids, merchant_ids=merchant_ids, currencies=currencies
    )
    new = {row["payment_id"] for row in added}
    held = {row[0]: Authorisation(*row) for row in rows if row[0] in new}
    known = [payment_id for payment_id in payment_ids if payment_id not in new]
    if known:
        locked = await queries.lock_authorisations.rows(connection, payment_ids=known)
        held |= {row["payment_id"]: Authorisation(**dict(row)) for row in locked}
    return held


async def lock_authorisation(connection: Connection, challenge: IssuedChallenge) -> Authorisation:
    """What is held for a challenge's payment, under lock."""
    (row,) = await queries.lock_authorisations.rows(connection, payment_ids=[challenge.payment_id])
    return Authorisation(**dict(row))


async def load_effects(connection: Connection, keys: Sequence[str]) -> dict[str, Effect]:
    """What was decided before for these keys."""
    rows = await queries.load_effects.rows(connection, keys=sorted(set(keys)))
    return {row["key"]: _effect_from(row) for row in rows}


async def load_challenges(connection: Connection, keys: Sequence[str]) -> dict[str, IssuedChallenge]:
    """The challenges of these authorisations; those without one are missing."""
    rows = await queries.load_challenges.rows(connection, keys=sorted(set(keys)))
    return {row["key"]: IssuedChallenge(**dict(row)) for row in rows}


async def answer_challenge(connection: Connection, key: str, answer: ChallengeAnswer, at: datetime) -> None:
    """Record an answer unless there is one. Hold the payment's lock."""
    await queries.answer_challenge.run(connection, key=key, answer=answer, answered_at=at)


async def write(connection: Connection, turn: Turn, at: datetime) -> None:
    """All that a batch comes to. Raises RuntimeError when a row that must be there is not."""
    again = {key: count for key, count in turn.replays.items() if key not in turn.effects}
    everything = [
        *changes.of_rows(queries.update_authorisations, [_amounts(one) for one in turn.authorisations.values()]),
        *changes.of_rows(
            queries.add_effects,
            [_effect_row(key, effect, 1 + turn.replays[key]) for key, effect in turn.effects.items()],
            created_at=at,
        ),
        *changes.of_rows(queries.add_challenges, [_challenge_row(one) for one in turn.challenges.values()]),
        *changes.of_rows(queries.count_replays, sorted(again.items())),
        *changes.of_rows(queries.add_calls, [_call_row(call) for call in turn.calls], at=at),
    ]
    await changes.write(connection, everything)


def _amounts(held: Authorisation) -> tuple[object, ...]:
    return (
        held.payment_id,
        held.authorised_minor,
        held.captured_minor,
        held.reversed_minor,
        held.refunded_minor,
        held.captured,
        held.voided,
    )


def _effect_row(key: str, effect: Effect, calls: int) -> tuple[object, ...]:
    request, outcome = effect.request, effect.outcome
    code, text = (outcome.decline_code, outcome.description) if isinstance(outcome, Declined) else (None, None)
    return (
        key,
        effect.operation,
        request.payment_id,
        request.merchant_id,
        request.amount_minor,
        request.currency,
        outcome.result,
        code,
        text,
        calls,
    )


def _challenge_row(challenge: IssuedChallenge) -> tuple[object, ...]:
    return (
        challenge.id,
        challenge.key,
        challenge.payment_id,
        challenge.merchant_id,
        challenge.amount_minor,
        challenge.currency,
        challenge.network,
        challenge.last4,
        challenge.merchant_name,
        challenge.expires_at,
    )


def _call_row(call: Call) -> tuple[object, ...]:
    return (
        ids.new_id(ids.ACQUIRER_CALL),
        call.request.key,
        call.operation,
        call.request.payment_id,
        call.request.amount_minor,
        call.outcome,
        call.replay,
    )


def _effect_from(row: asyncpg.Record) -> Effect:
    request = Request(
        key=row["key"],
        payment_id=row["payment_id"],
        merchant_id=row["merchant_id"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
    )
    outcome: Approved | Declined = (
        APPROVED
        if row["outcome"] == APPROVED.result
        else Declined(decline_code=row["decline_code"], description=row["description"])
    )
    return Effect(row["operation"], request, outcome)
