"""Messages for the tests' topics."""

import secrets
from datetime import UTC, datetime
from itertools import count

import orjson

from chassis.outbox import OutboxMessage

AT = datetime(2026, 11, 23, 10, 15, 30, 118204, tzinfo=UTC)
TYPE = "thing.happened"

_numbers = count(1)


def message(
    topic: str = "things", key: str = "k", number: int | None = None, *, tenant: str | None = None, type_: str = TYPE
) -> OutboxMessage:
    """The `number`-th message about `key`."""
    number = next(_numbers) if number is None else number
    return OutboxMessage(
        topic=topic,
        key=key,
        event_id=f"{key}-{number}",
        type=type_,
        subject=key,
        occurred_at=AT,
        data=orjson.dumps({"key": key, "number": number}),
        tenant=tenant,
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )


def fresh_name(prefix: str) -> str:
    """A name that no other test has."""
    return f"{prefix}-{secrets.token_hex(4)}"
