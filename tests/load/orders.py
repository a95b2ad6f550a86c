"""Orders to pay, written as the api writes them but without asking it: a benchmark needs more than it has time for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

from contracts import ids
from services.api.seed import SEED_MERCHANT_ID

AMOUNT_MINOR: Final = 5000
CURRENCY: Final = "INR"
COLUMNS: Final = (
    *("id", "merchant_id", "amount_minor", "currency", "notes", "status", "amount_paid_minor", "attempts"),
    *("created_at", "updated_at"),
)


async def make_orders(connection: asyncpg.Connection, count: int) -> list[str]:
    """New orders of the test merchant and the count of them, in one transaction; their ids."""
    made = [ids.new_id(ids.ORDER) for _ in range(count)]
    now = datetime.now(UTC)
    rows = [(id_, SEED_MERCHANT_ID, AMOUNT_MINOR, CURRENCY, "{}", "created", 0, 0, now, now) for id_ in made]
    async with connection.transaction():
        await connection.copy_records_to_table("orders", schema_name="api", columns=COLUMNS, records=rows)
        await connection.execute(
            "INSERT INTO api.count_delta (tenant, kind, status, delta) VALUES ($1, 'orders', 'created', $2)",
            SEED_MERCHANT_ID,
            count,
        )
    return made


def listed(values: list[str], path: Path) -> str:
    """The file that a generator reads them from."""
    path.write_text("\n".join(values))
    return str(path)
