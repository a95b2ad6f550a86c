"""What a buyer sees of an order: the order, and how the newest tries to pay it go."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import asyncpg

from chassis.pg import Connection
from contracts.events.payment import PaymentMethod, PaymentStatus
from contracts.test_cards import DECLINES
from services.api.store import queries

PAYMENTS_MAX: Final = 10
"""How many of an order's payments a buyer is shown."""

WITHHELD: Final = frozenset({"lost_card", "stolen_card", "fraudulent"})
"""Why a card was declined, where who holds it may not be its owner: a thief is not told that the theft is known."""

PLAIN_DECLINE: Final = DECLINES["generic_decline"]


@dataclass(frozen=True, slots=True)
class SeenPayment:
    """As much of a payment as a buyer may see; see `services.api.state.Payment`."""

    id: str
    order_id: str
    amount_minor: int
    currency: str
    method: PaymentMethod
    status: PaymentStatus
    challenge_url: str | None
    error_code: str | None
    error_description: str | None
    decline_code: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """As much of an order as a buyer may see; two that are equal look the same. Payments newest first."""

    id: str
    merchant_id: str
    amount_minor: int
    currency: str
    status: Literal["created", "attempted", "paid"]
    expires_at: datetime | None
    payments: tuple[SeenPayment, ...]


async def see_order(connection: Connection, order_id: str) -> SeenOrder | None:
    """An order without its payments, as it is now."""
    row = await queries.see_order.row(connection, id=order_id)
    return None if row is None else _order_from(row, ())


async def see_orders(connection: Connection, order_ids: Collection[str]) -> dict[str, SeenOrder]:
    """Orders by id with their newest payments, as they are now; what does not exist is missing."""
    rows = await queries.see_orders.rows(connection, ids=list(order_ids), most=PAYMENTS_MAX)
    by_order: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        by_order.setdefault(row["order_id"], []).append(row)
    return {
        order_id: _order_from(of_one[0], tuple(_payment_from(row) for row in of_one if row["id"] is not None))
        for order_id, of_one in by_order.items()
    }


def _order_from(row: asyncpg.Record, payments: tuple[SeenPayment, ...]) -> SeenOrder:
    return SeenOrder(
        id=row["order_id"],
        merchant_id=row["merchant_id"],
        amount_minor=row["order_amount_minor"],
        currency=row["order_currency"],
        status=row["order_status"],
        expires_at=row["expires_at"],
        payments=payments,
    )


def _payment_from(row: asyncpg.Record) -> SeenPayment:
    return SeenPayment(
        id=row["id"],
        order_id=row["order_id"],
        amount_minor=row["amount_minor"],
        currency=row["currency"],
        method=row["method"],
        status=row["status"],
        challenge_url=row["challenge_url"],
        error_code=row["error_code"],
        error_description=row["error_description"],
        decline_code=row["decline_code"],
        created_at=row["created_at"],
    )


def decline_told(code: str | None, description: str | None) -> tuple[str | None, str | None]:
    """A decline's code and sentence as a buyer is told them."""
    return PLAIN_DECLINE if code in WITHHELD else (code, description)
