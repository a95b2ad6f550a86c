"""Many payments out of few: a settled gateway's rows again and again, in every schema, with ids of their own."""

from typing import Final

import asyncpg

COPIES_MAX: Final = 99_999
COPIED: Final = {
    "acquirer.authorisation": ("payment_id",),
    "acquirer.effect": ("key", "payment_id"),
    "api.orders": ("id",),
    "api.payments": ("id", "order_id", "attempt_id"),
    "api.refunds": ("id", "payment_id"),
    "api.ledger_entries": ("id", "event_id", "payment_id", "refund_id"),
    "api.open_commands": ("attempt_id", "payment_id"),
    "api.event_log": ("key", "event_id", "subject"),
    "processor.attempt": ("id", "payment_id"),
    "refunder.execution": ("id", "payment_id"),
    "notifier.message": ("id", "subject", "payment_id"),
    "notifier.delivery": ("id", "message_id"),
    "notifier.attempt": ("delivery_id",),
}
"""Table to the columns that hold ids of what is copied."""

_COLUMNS: Final = (
    "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
)


async def multiply(admin: "asyncpg.Connection[asyncpg.Record]", copies: int) -> None:
    """So many more of everything. An id's body begins with 7 characters of time: the copy's number stands there."""
    if copies > COPIES_MAX:
        raise ValueError(f"at most {COPIES_MAX} copies")
    events = await admin.fetchval("SELECT count(*) FROM api.event_log")
    for table, ids in COPIED.items():
        columns = [row["attname"] for row in await admin.fetch(_COLUMNS, table)]
        values = [_copied(column, ids, events) for column in columns]
        await admin.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM generate_series(1, {copies}) AS k CROSS JOIN (SELECT * FROM {table} OFFSET 0) AS t ORDER BY k"
        )
    await admin.execute("UPDATE api.relay_state SET position = (SELECT max(position) FROM api.event_log)")
    await admin.execute(
        "WITH tail AS (DELETE FROM api.count_delta RETURNING tenant, kind, status, delta) "
        "INSERT INTO api.count_total AS c SELECT tenant, kind, status, sum(delta) FROM tail GROUP BY 1, 2, 3 "
        "ON CONFLICT (tenant, kind, status) DO UPDATE SET total = c.total + EXCLUDED.total"
    )
    await admin.execute(f"UPDATE api.count_total SET total = total * {copies + 1}")
    await admin.execute("ANALYZE")


def _copied(column: str, ids: tuple[str, ...], events: int) -> str:
    if column in ids:
        return f"regexp_replace(t.{column}, '_.{{7}}', '_Vd' || lpad(k::text, 5, '0'))"
    return f"t.position + k * {events}" if column == "position" else f"t.{column}"
