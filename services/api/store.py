"""The only module of the api that runs SQL: rows in, rows out, in batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import orjson

from chassis import changes, idempotency
from chassis.changes import Change
from chassis.idempotency import Claim
from chassis.pg import Connection, columns
from chassis.sql import Queries
from contracts.events.payment_command import CardReference
from services.api.state import Order, Payment, Refund

SQL = Path(__file__).with_name("sql")
FILES = ("queries", "buyers", "ledger", "lists", "events", "merchants", "requests", "audit")
queries = Queries(*(SQL / f"{name}.sql" for name in FILES))

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One side of a posting; debits positive."""

    id: str
    event_id: str
    event_type: str | None
    merchant_id: str
    account: str
    amount_minor: int
    currency: str
    payment_id: str
    refund_id: str | None
    created_at: datetime


Receipt = tuple[str, str]
"""A merchant's id and the receipt that it wants on one order only."""


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """A command that waits for its result."""

    attempt_id: str
    payment_id: str
    topic: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class NewKey:
    """An API key to be written. The secret is kept as a hash, to recognise it, and sealed, to sign with it."""

    merchant_id: str
    kind: str
    name: str
    key: str
    secret_hash: bytes | None = None
    secret_sealed: bytes | None = None
    scopes: list[str] | None = None
    rate_limit_per_s: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderWanted:
    """An order to be locked if who wants it is to be decided: its idempotency key is taken now, its API key is live."""

    order_id: str
    claim: Claim | None
    api_key: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """What a batch of writes holds: idempotency keys by scope and key, API keys, orders by id."""

    taken: set[tuple[str, str]]
    live: set[str]
    orders: dict[str, Order]


def order_from(row: asyncpg.Record) -> Order:
    """The order of a row."""
    return Order(
        id=row["id"],
        merchant_id=row["merchant_id"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        receipt=row["receipt"],
        notes=row["notes"],
        status=row["status"],
        amount_paid_minor=row["amount_paid_minor"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        expires_at=row["expires_at"],
    )


def payment_from(row: asyncpg.Record) -> Payment:
    """The payment of a row."""
    values = dict(row)
    card, timeline = values.pop("card"), tuple(values.pop("timeline"))
    return Payment(**values, timeline=timeline, card=CardReference.model_construct(**card) if card else None)


def refund_from(row: asyncpg.Record) -> Refund:
    """The refund of a row."""
    return Refund(**dict(row))


async def begin_writes(
    connection: Connection,
    claims: Sequence[Claim],
    api_keys: Iterable[str],
    orders: Iterable[OrderWanted],
    now: datetime,
) -> Begun:
    """Claim the idempotency keys, hold those API keys that may write (none of them can be revoked before the
    transaction ends), lock the orders of whom both let through: the first statement of a batch of writes."""
    wanted = [(one.order_id, *(one.claim.id if one.claim else (None, None)), one.api_key) for one in orders]
    order_ids, order_scopes, order_keys, order_api_keys = columns(wanted, 4)
    rows = await queries.begin_writes.rows(
        connection,
        **idempotency.asked_of(claims),
        expire_at=now + idempotency.KEY_TTL,
        at=now,
        api_keys=sorted(api_keys),
        order_ids=order_ids,
        order_scopes=order_scopes,
        order_keys=order_keys,
        order_api_keys=order_api_keys,
    )
    first = rows[0]
    taken = zip(first["taken_scopes"] or (), first["taken_keys"] or (), strict=True)
    held = {row["id"]: order_from(row) for row in rows if row["id"] is not None}
    return Begun(set(taken), set(first["live_keys"] or ()), held)


async def hold_live_keys(connection: Connection, keys: Iterable[str], now: datetime) -> set[str]:
    """Which of these API keys may write now; none of them can be revoked before the transaction ends."""
    rows = await queries.hold_live_keys.rows(connection, keys=sorted(keys), now=now)
    return {row["key"] for row in rows}


async def insert_api_keys(connection: Connection, keys: Iterable[NewKey], now: datetime) -> None:
    """New keys; one that is there already (the seeded ones) stays as it is."""
    rows = [
        (
            k.key,
            k.merchant_id,
            k.kind,
            k.name,
            k.secret_hash,
            k.secret_sealed,
            None if k.scopes is None else _json(k.scopes),
            k.rate_limit_per_s,
            k.expires_at,
        )
        for k in keys
    ]
    query = queries.insert_api_keys
    arguments = dict(zip(query.params, columns(rows, len(rows[0])), strict=False))
    await query.run(connection, **arguments, created_at=now)


async def get_merchant(connection: Connection, merchant_id: str, now: datetime) -> asyncpg.Record | None:
    """A merchant with the keys it goes by."""
    return await queries.get_merchant.row(connection, merchant_id=merchant_id, now=now)


async def get_order(connection: Connection, merchant_id: str, order_id: str) -> Order | None:
    """A merchant's order."""
    row = await queries.get_order.row(connection, merchant_id=merchant_id, id=order_id)
    return None if row is None else order_from(row)


async def get_payment_public(connection: Connection, payment_id: str) -> Payment | None:
    """The payment of a buyer who knows its id."""
    row = await queries.get_payment_public.row(connection, id=payment_id)
    return None if row is None else payment_from(row)


async def get_payment(connection: Connection, merchant_id: str, payment_id: str) -> Payment | None:
    """A merchant's payment."""
    row = await queries.get_payment.row(connection, merchant_id=merchant_id, id=payment_id)
    return None if row is None else payment_from(row)


async def get_refund(connection: Connection, merchant_id: str, refund_id: str) -> Refund | None:
    """A merchant's refund."""
    row = await queries.get_refund.row(connection, merchant_id=merchant_id, id=refund_id)
    return None if row is None else refund_from(row)


async def claim_receipts(connection: Connection, receipts: Sequence[Receipt]) -> set[Receipt]:
    """Those that no order has, and that are this transaction's from now on; sorted, so that batches do not deadlock."""
    merchant_ids, texts = columns(list(receipts), 2)
    rows = await queries.claim_receipts.rows(connection, merchant_ids=merchant_ids, receipts=texts)
    claimed = {(row["merchant_id"], row["receipt"]) for row in rows}
    if not claimed:
        return claimed
    merchant_ids, texts = columns(sorted(claimed), 2)
    used = await queries.used_receipts.rows(connection, merchant_ids=merchant_ids, receipts=texts)
    return claimed - {(row["merchant_id"], row["receipt"]) for row in used}


async def get_orders(connection: Connection, merchant_id: str, order_ids: Iterable[str]) -> dict[str, Order]:
    """A merchant's orders by id, read without a lock."""
    rows = await queries.orders_by_ids.rows(connection, merchant_id=merchant_id, ids=list(order_ids))
    return {row["id"]: order_from(row) for row in rows}


async def lock_orders_of_payments(connection: Connection, payment_ids: Iterable[str]) -> dict[str, Order]:
    """The orders of some payments by id, locked in id order."""
    rows = await queries.lock_orders_of_payments.rows(connection, payment_ids=list(payment_ids))
    return {row["id"]: order_from(row) for row in rows}


async def lock_payments(connection: Connection, ids: Iterable[str]) -> dict[str, Payment]:
    """Payments by id, locked in id order."""
    rows = await queries.lock_payments.rows(connection, ids=sorted(ids))
    return {row["id"]: payment_from(row) for row in rows}


async def lock_refunds(connection: Connection, ids: Iterable[str]) -> dict[str, Refund]:
    """Refunds by id, locked in id order."""
    rows = await queries.lock_refunds.rows(connection, ids=sorted(ids))
    return {row["id"]: refund_from(row) for row in rows}


async def payment_ids_of_refunds(connection: Connection, refund_ids: Iterable[str]) -> set[str]:
    """The payments of refunds, read without a lock: they never change."""
    rows = await queries.payment_ids_of_refunds.rows(connection, refund_ids=list(refund_ids))
    return {row["payment_id"] for row in rows}


def _json(value: Any) -> str:
    """For a jsonb[] parameter of lists: asyncpg would take a list in a list for another dimension of the array."""
    return orjson.dumps(value).decode()


def insert_orders(orders: Iterable[Order]) -> list[Change]:
    """New orders."""
    rows = [
        (
            o.id,
            o.merchant_id,
            o.amount_minor,
            o.currency,
            o.receipt,
            o.notes,
            o.status,
            o.amount_paid_minor,
            o.attempts,
            o.created_at,
            o.updated_at,
            o.expires_at,
        )
        for o in orders
    ]
    return changes.of_rows(queries.insert_orders, rows)


def update_orders(orders: Iterable[Order]) -> list[Change]:
    """Changed orders."""
    rows = [(o.id, o.status, o.amount_paid_minor, o.attempts, o.updated_at) for o in orders]
    return changes.of_rows(queries.update_orders, rows)


def insert_payments(payments: Iterable[Payment]) -> list[Change]:
    """New payments."""
    rows = [
        (
            p.id,
            p.merchant_id,
            p.order_id,
            p.attempt_id,
            p.amount_minor,
            p.currency,
            p.method,
            p.vpa,
            p.card.model_dump() if p.card else None,
            p.status,
            p.capture_mode,
            p.capture_before,
            p.deadline_at,
            p.metadata,
            p.sequence,
            _json(p.timeline),
            p.created_at,
            p.updated_at,
        )
        for p in payments
    ]
    return changes.of_rows(queries.insert_payments, rows)


def update_payments(payments: Iterable[Payment]) -> list[Change]:
    """Changed payments."""
    rows = [
        (
            p.id,
            p.status,
            p.captured,
            p.amount_captured_minor,
            p.amount_refunded_minor,
            p.refund_pending_minor,
            p.amount_reversed_minor,
            p.reversal_pending_minor,
            p.fee_minor,
            p.capture_before,
            p.deadline_at,
            p.error_code,
            p.error_description,
            p.decline_code,
            p.sequence,
            _json(p.timeline),
            p.updated_at,
            p.challenge_url,
            p.dispute,
        )
        for p in payments
    ]
    return changes.of_rows(queries.update_payments, rows)


def insert_refunds(refunds: Iterable[Refund]) -> list[Change]:
    """New refunds."""
    rows = [
        (
            r.id,
            r.payment_id,
            r.merchant_id,
            r.amount_minor,
            r.currency,
            r.kind,
            r.reason,
            r.status,
            r.metadata,
            r.sequence,
            r.created_at,
            r.updated_at,
        )
        for r in refunds
    ]
    return changes.of_rows(queries.insert_refunds, rows)


def update_refunds(refunds: Iterable[Refund]) -> list[Change]:
    """Changed refunds."""
    rows = [
        (r.id, r.status, r.error_code, r.error_description, r.sequence, r.updated_at, r.processed_at) for r in refunds
    ]
    return changes.of_rows(queries.update_refunds, rows)


def insert_ledger_entries(entries: Iterable[LedgerEntry]) -> list[Change]:
    """Postings."""
    rows = [
        (
            e.id,
            e.event_id,
            e.event_type,
            e.merchant_id,
            e.account,
            e.amount_minor,
            e.currency,
            e.payment_id,
            e.refund_id,
            e.created_at,
        )
        for e in entries
    ]
    return changes.of_rows(queries.insert_ledger_entries, rows)


def insert_open_commands(commands: Iterable[OpenCommand], resend_at: datetime) -> list[Change]:
    """Commands that wait for a result from now on."""
    rows = [(c.attempt_id, c.payment_id, c.topic, c.type, c.data, resend_at) for c in commands]
    return changes.of_rows(queries.insert_open_commands, rows)


def close_commands(attempt_ids: Sequence[str]) -> list[Change]:
    """Their results are here, again perhaps."""
    return [Change(queries.close_commands, [list(attempt_ids)])] if attempt_ids else []
