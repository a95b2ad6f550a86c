"""The only module of the processor that runs SQL: attempts, in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from chassis.pg import Connection, columns
from chassis.sql import Queries
from contracts.events.payment_command import CardReference
from services.processor.state import Action, Attempt, Verdict

queries = Queries(Path(__file__).with_name("sql") / "queries.sql")


@dataclass(frozen=True, slots=True)
class LockedAttempt:
    """What is asked of a payment's other attempts."""

    id: str
    payment_id: str
    action: Action
    outcome: Verdict | None


async def add_attempts(connection: Connection, attempts: Sequence[Attempt], at: datetime) -> set[str]:
    """Insert those that are not there yet; their ids."""
    rows = [
        (
            a.id,
            a.payment_id,
            a.merchant_id,
            a.action,
            a.amount_minor,
            a.currency,
            a.method,
            a.vpa,
            a.card.model_dump() if a.card else None,
            a.traceparent,
            a.merchant_name,
        )
        for a in attempts
    ]
    ids, payment_ids, merchant_ids, actions, amounts, currencies, methods, vpas, cards, traces, names = columns(
        rows, 11
    )
    added = await queries.add_attempts.rows(
        connection,
        ids=ids,
        payment_ids=payment_ids,
        merchant_ids=merchant_ids,
        actions=actions,
        amounts=amounts,
        currencies=currencies,
        methods=methods,
        vpas=vpas,
        cards=cards,
        traceparents=traces,
        merchant_names=names,
        created_at=at,
    )
    return {row["id"] for row in added}


async def load_attempts(connection: Connection, ids: Sequence[str]) -> list[Attempt]:
    """Attempts by id, in no order."""
    return [_attempt_from(row) for row in await queries.load_attempts.rows(connection, ids=list(ids))]


async def lock_attempts_of(connection: Connection, payment_ids: Sequence[str]) -> list[LockedAttempt]:
    """All attempts of these payments, locked until the transaction ends."""
    rows = await queries.lock_attempts_of_payments.rows(connection, payment_ids=list(payment_ids))
    return [LockedAttempt(**dict(row)) for row in rows]


async def payments_to_void(connection: Connection, payment_ids: Sequence[str]) -> set[str]:
    """Which of these payments have a void, done or not."""
    rows = await queries.voids_of_payments.rows(connection, payment_ids=list(payment_ids))
    return {row["payment_id"] for row in rows}


async def end_attempts(connection: Connection, ended: Sequence[Attempt], at: datetime) -> set[str]:
    """Write outcomes; the ids of those that had none before."""
    rows = [(a.id, a.outcome, a.decline_code, a.description) for a in ended]
    ids, outcomes, codes, texts = columns(rows, 4)
    written = await queries.end_attempts.rows(
        connection, ids=ids, outcomes=outcomes, decline_codes=codes, descriptions=texts, ended_at=at
    )
    return {row["id"] for row in written}


async def challenge_attempts(connection: Connection, challenged: Sequence[Attempt], at: datetime) -> set[str]:
    """Write where their buyers are to authenticate; the ids of those that were not challenged before."""
    rows = [(a.id, a.challenge_url, a.challenge_expires_at) for a in challenged]
    ids, urls, expire_ats = columns(rows, 3)
    written = await queries.challenge_attempts.rows(
        connection, ids=ids, urls=urls, expire_ats=expire_ats, challenged_at=at
    )
    return {row["id"] for row in written}


async def answer_attempt(connection: Connection, id_: str, at: datetime) -> bool:
    """Note that the buyer has answered; whether that is news."""
    return await queries.answer_attempt.value(connection, id=id_, answered_at=at) is not None


async def count_unanswered(connection: Connection, counted: Sequence[tuple[str, int]]) -> None:
    """Note the questions that the acquirer left without an answer, by attempt."""
    ids, counts = columns(sorted(counted), 2)
    await queries.count_unanswered.run(connection, ids=ids, counts=counts)


def _attempt_from(row: asyncpg.Record) -> Attempt:
    values = dict(row)
    card = values.pop("card")
    return Attempt(**values, card=CardReference.model_validate(card) if card else None)
