"""The outbox: messages for Kafka, written in the transaction of what they tell; `chassis.relay` publishes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis import changes
from chassis.changes import Change
from chassis.pg import Connection
from chassis.sql import Queries

queries = Queries(Path(__file__).with_name("sql") / "outbox.sql")


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A CloudEvent on its way. `tenant` set: it is public, and enters the event log with a gapless position."""

    topic: str
    key: str
    event_id: str
    type: str
    subject: str
    occurred_at: datetime
    data: bytes
    tenant: str | None = None
    traceparent: str | None = None
    headers: Mapping[str, Any] | None = None


def appended(messages: Sequence[OutboxMessage]) -> list[Change]:
    """Messages in this order, to be written in the transaction of what they tell. Hold its lock already."""
    rows = [
        (m.topic, m.key, m.event_id, m.type, m.subject, m.tenant, m.occurred_at, m.traceparent, m.headers, m.data)
        for m in messages
    ]
    return changes.of_rows(queries.append_outbox, rows)


async def append(connection: Connection, messages: Sequence[OutboxMessage]) -> None:
    """The same, written at once."""
    await changes.write(connection, appended(messages))
