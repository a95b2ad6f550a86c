"""The only module of the acquirer that runs SQL: its books and its journal, in batches."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import asyncpg

from acquirer.fold import Call, Effect, Turn
from acquirer.port import Approved, ChallengeAnswer, Declined, Request
from acquirer.rules import APPROVED, Authorisation, IssuedChallenge
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
    await queries.add_authorisations.run(
        connection, payment_ids=payment_ids, merchant_ids=merchant_ids, currencies=currencies
    )
    locked = await queries.lock_authorisations.rows(connection, payment_ids=payment_ids)
    return {row["payment_id"]: Authorisation(**dict(row)) for row in locked}


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
    """All that a batch comes to. Raises when a row that must be there is not."""
    if turn.authorisations:
        await _update_authorisations(connection, list(turn.authorisations.values()))
    if turn.effects:
        await _add_effects(connection, turn.effects, at)
    if turn.challenges:
        await _add_challenges(connection, list(turn.challenges.values()))
    if turn.replays:
        keys, counts = columns(sorted(turn.replays.items()), 2)
        _expect(len(keys), await queries.count_replays.run(connection, keys=keys, counts=counts))
    await _add_calls(connection, turn.calls, at)


async def _update_authorisations(connection: Connection, changed: Sequence[Authorisation]) -> None:
    rows = [
        (
            held.payment_id,
            held.authorised_minor,
            held.captured_minor,
            held.reversed_minor,
            held.refunded_minor,
            held.captured,
            held.voided,
        )
        for held in changed
    ]
    payment_ids, authorised, captured_amounts, reversed_, refunded, captured, voided = columns(rows, 7)
    count = await queries.update_authorisations.run(
        connection,
        payment_ids=payment_ids,
        authorised=authorised,
        captured_amounts=captured_amounts,
        reversed=reversed_,
        refunded=refunded,
        captured=captured,
        voided=voided,
    )
    _expect(len(rows), count)


async def _add_effects(connection: Connection, effects: dict[str, Effect], at: datetime) -> None:
    rows = []
    for key, effect in effects.items():
        request, outcome = effect.request, effect.outcome
        code, text = (outcome.decline_code, outcome.description) if isinstance(outcome, Declined) else (None, None)
        rows.append(
            (
                key,
                effect.operation,
                request.payment_id,
                request.merchant_id,
                request.amount_minor,
                request.currency,
                outcome.result,
                code,
                text,
            )
        )
    keys, operations, payment_ids, merchant_ids, amounts, currencies, outcomes, codes, texts = columns(rows, 9)
    await queries.add_effects.run(
        connection,
        keys=keys,
        operations=operations,
        payment_ids=payment_ids,
        merchant_ids=merchant_ids,
        amounts=amounts,
        currencies=currencies,
        outcomes=outcomes,
        decline_codes=codes,
        descriptions=texts,
        created_at=at,
    )


async def _add_challenges(connection: Connection, challenges: Sequence[IssuedChallenge]) -> None:
    rows = [
        (
            c.id,
            c.key,
            c.payment_id,
            c.merchant_id,
            c.amount_minor,
            c.currency,
            c.network,
            c.last4,
            c.merchant_name,
            c.expires_at,
        )
        for c in challenges
    ]
    challenge_ids, keys, payment_ids, merchant_ids, amounts, currencies, networks, last4s, names, expire_ats = columns(
        rows, 10
    )
    await queries.add_challenges.run(
        connection,
        ids=challenge_ids,
        keys=keys,
        payment_ids=payment_ids,
        merchant_ids=merchant_ids,
        amounts=amounts,
        currencies=currencies,
        networks=networks,
        last4s=last4s,
        merchant_names=names,
        expire_ats=expire_ats,
    )


async def _add_calls(connection: Connection, calls: Sequence[Call], at: datetime) -> None:
    rows = [
        (
            ids.new_id(ids.ACQUIRER_CALL),
            call.request.key,
            call.operation,
            call.request.payment_id,
            call.request.amount_minor,
            call.outcome,
            call.replay,
        )
        for call in calls
    ]
    call_ids, keys, operations, payment_ids, amounts, outcomes, replays = columns(rows, 7)
    await queries.add_calls.run(
        connection,
        ids=call_ids,
        keys=keys,
        operations=operations,
        payment_ids=payment_ids,
        amounts=amounts,
        outcomes=outcomes,
        replays=replays,
        at=at,
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


def _expect(wanted: int, found: int) -> None:
    if wanted != found:
        raise RuntimeError(f"wrote {found} of {wanted} rows")
