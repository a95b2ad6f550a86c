"""A month of two merchants: random rows as the api would have written them, in the database and in memory."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis import pg
from contracts import ids
from services.api.seed import SEED_MERCHANT_ID
from services.api.tests.conftest import OTHER_MERCHANT

SEED = 20260101
ROWS = 300
DAYS = 30
NOW = datetime.now(UTC).replace(microsecond=250_000)
STATUSES = ("pending", "success", "failed", "canceled", "expired")
CURRENCIES = ("INR", "USD")
VPAS = ("a@bank", "b@bank")
LAST4 = ("4242", "1111")
Row = dict[str, Any]
ORDER_COLUMNS = (
    *("id", "merchant_id", "amount_minor", "currency", "receipt", "notes", "status", "amount_paid_minor", "attempts"),
    *("created_at", "updated_at"),
)
PAYMENT_COLUMNS = (
    *("id", "merchant_id", "order_id", "attempt_id", "amount_minor", "currency", "method", "vpa", "card", "status"),
    *("capture_mode", "captured", "amount_captured_minor", "amount_refunded_minor", "refund_pending_minor"),
    *(
        "amount_reversed_minor",
        "reversal_pending_minor",
        "metadata",
        "sequence",
        "timeline",
        "created_at",
        "updated_at",
    ),
)
REFUND_COLUMNS = (
    *("id", "payment_id", "merchant_id", "amount_minor", "currency", "kind", "status", "metadata", "sequence"),
    *("created_at", "updated_at"),
)


def id_at(prefix: str, at: datetime, chance: random.Random) -> str:
    """An id as it would have been made a moment after `at`."""
    floor = ids.id_floor(prefix, at + timedelta(milliseconds=chance.randrange(50)))
    return floor[: -ids.RANDOM_CHARS] + "".join(chance.choice(ids.ALPHABET) for _ in range(ids.RANDOM_CHARS))


def make_order(merchant_id: str, at: datetime, chance: random.Random) -> Row:
    return {
        "id": id_at(ids.ORDER, at, chance),
        "merchant_id": merchant_id,
        "amount_minor": chance.randrange(100, 1000),
        "currency": chance.choice(CURRENCIES),
        "receipt": chance.choice([None, "r-1", "r-2", "r-3"]),
        "notes": {},
        "status": chance.choice(["created", "attempted", "paid"]),
        "amount_paid_minor": 0,
        "attempts": 1,
        "created_at": at,
        "updated_at": at,
    }


def make_payment(order: Row, at: datetime, chance: random.Random) -> Row:
    upi = chance.random() < 0.5
    amount, status = order["amount_minor"], chance.choice(STATUSES)
    captured = status == "success" and chance.random() < 0.6
    given, pending = chance.choice([(0, 0), (amount // 2, 0), (amount, 0), (0, 10)]) if status == "success" else (0, 0)
    refund = {"amount_refunded_minor": given, "refund_pending_minor": pending}
    reversal = {"amount_reversed_minor": given, "reversal_pending_minor": pending}
    none = dict.fromkeys((*refund, *reversal), 0)
    return {
        "id": id_at(ids.PAYMENT, at, chance),
        "merchant_id": order["merchant_id"],
        "order_id": order["id"],
        "attempt_id": "att",
        "amount_minor": amount,
        "currency": order["currency"],
        "method": "upi" if upi else "card",
        "vpa": chance.choice(VPAS) if upi else None,
        "card": None if upi else {"network": "visa", "last4": chance.choice(LAST4)},
        "status": status,
        "capture_mode": "manual",
        "captured": captured,
        "amount_captured_minor": amount if captured else 0,
        **none,
        **(refund if captured else reversal),
        "metadata": {},
        "sequence": 2,
        "timeline": [],
        "created_at": at,
        "updated_at": at,
    }


def make_refund(payment: Row, at: datetime, chance: random.Random) -> Row:
    return {
        "id": id_at(ids.REFUND, at, chance),
        "payment_id": payment["id"],
        "merchant_id": payment["merchant_id"],
        "amount_minor": chance.randrange(100, 1000),
        "currency": payment["currency"],
        "kind": "refund",
        "status": chance.choice(["pending", "processed", "failed"]),
        "metadata": {},
        "sequence": 1,
        "created_at": at,
        "updated_at": at,
    }


class History:
    """Random rows of two merchants, in the database and here."""

    def __init__(self) -> None:
        chance = random.Random(SEED)
        instants = sorted(NOW - timedelta(seconds=chance.randrange(DAYS * 86_400)) for _ in range(ROWS))
        self.orders = [make_order(_owner(chance), at, chance) for at in instants]
        self.payments = [
            make_payment(chance.choice(self.orders[max(0, number - 5) : number + 1]), at, chance)
            for number, at in enumerate(instants)
        ]
        self.refunds = [
            make_refund(chance.choice(self.payments[: number + 1]), at, chance) for number, at in enumerate(instants)
        ]

    async def write(self, db: pg.Connection) -> None:
        for table, columns, rows in (
            ("orders", ORDER_COLUMNS, self.orders),
            ("payments", PAYMENT_COLUMNS, self.payments),
            ("refunds", REFUND_COLUMNS, self.refunds),
        ):
            await write_rows(db, table, columns, rows)

    def of(self, kind: str, merchant_id: str = SEED_MERCHANT_ID) -> list[Row]:
        """A merchant's, newest first."""
        rows: list[Row] = getattr(self, kind)
        return sorted(
            (row for row in rows if row["merchant_id"] == merchant_id), key=lambda row: row["id"], reverse=True
        )


def _owner(chance: random.Random) -> str:
    return SEED_MERCHANT_ID if chance.random() < 0.8 else OTHER_MERCHANT


async def write_rows(db: pg.Connection, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await db.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
        [[row[column] for column in columns] for row in rows],
    )
    await db.executemany(
        "INSERT INTO count_delta (tenant, kind, status, delta) VALUES ($1, $2, $3, 1)",
        [(row["merchant_id"], table, row["status"]) for row in rows],
    )
