"""The outbox: messages for Kafka, written in the transaction of what they tell; `chassis.relay` publishes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chassis.pg import Connection, columns
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


async def append(connection: Connection, messages: Sequence[OutboxMessage]) -> None:
    """Add messages in this order: one statement for the whole batch. Hold the lock of what they tell of already."""
    if not messages:
        return
    rows = [
        (m.topic, m.key, m.event_id, m.type, m.subject, m.tenant, m.occurred_at, m.traceparent, m.headers, m.data)
        for m in messages
    ]
    topics, keys, event_ids, types, subjects, tenants, occurred_ats, traceparents, headers, datas = columns(rows, 10)
    count = await queries.append_outbox.run(
        connection,
        topics=topics,
        keys=keys,
        event_ids=event_ids,
        types=types,
        subjects=subjects,
        tenants=tenants,
        occurred_ats=occurred_ats,
        traceparents=traceparents,
        headers=headers,
        datas=datas,
    )
    if count != len(messages):
        raise RuntimeError(f"wrote {count} of {len(messages)} outbox rows")
