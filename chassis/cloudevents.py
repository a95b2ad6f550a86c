"""CloudEvents 1.0 in Kafka's binary content mode: attributes as `ce_` headers, the data as the record's value.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md, section 3.2
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from chassis.errors import Reject

SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/json"
Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the headers of one event say."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    traceparent: str | None


def encode(
    *,
    event_id: str,
    type_: str,
    source: str,
    subject: str,
    time: datetime,
    traceparent: str | None,
    extra: Mapping[str, Any] | None = None,
) -> Headers:
    """The headers of one event; `extra` are further headers, told as text or as JSON."""
    headers: Headers = [
        ("ce_specversion", SPEC_VERSION),
        ("ce_id", event_id.encode()),
        ("ce_type", type_.encode()),
        ("ce_source", source.encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", time.isoformat().replace("+00:00", "Z").encode()),
        ("content-type", CONTENT_TYPE),
    ]
    if traceparent:
        headers.append(("traceparent", traceparent.encode()))
    for name, value in (extra or {}).items():
        headers.append((name, value.encode() if isinstance(value, str) else orjson.dumps(value)))
    return headers


def decode(headers: Iterable[tuple[str, bytes | None]]) -> Attributes:
    """The attributes of a record. Raises Reject when a required one is missing or broken."""
    found = {name: value for name, value in headers if value is not None}  # a Kafka header may hold null
    try:
        trace = found.get("traceparent")
        time = datetime.fromisoformat(found["ce_time"].decode())
        if time.tzinfo is None:
            raise ValueError("ce_time has no offset from UTC")
        return Attributes(
            id=found["ce_id"].decode(),
            type=found["ce_type"].decode(),
            source=found["ce_source"].decode(),
            subject=found["ce_subject"].decode(),
            time=time,
            traceparent=trace.decode() if trace else None,
        )
    except (KeyError, ValueError) as error:
        raise Reject(f"not a CloudEvent in binary mode: {error!r}") from error
