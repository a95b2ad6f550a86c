"""CloudEvents in Kafka's binary content mode, there and back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from chassis.cloudevents import Attributes, Headers, decode, encode
from chassis.errors import Reject
from chassis.tests.samples import AT

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVENT: dict[str, Any] = {
    "event_id": "evt_1",
    "type_": "thing.happened",
    "source": "/paygate/tests",
    "subject": "thing_ü",
    "time": AT,
    "traceparent": TRACE,
}


def test_an_event_comes_back_as_it_went() -> None:
    told = decode(encode(**EVENT))
    assert told == Attributes("evt_1", "thing.happened", "/paygate/tests", "thing_ü", AT, TRACE)


def test_the_headers_are_those_of_the_specification() -> None:
    """https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md section 3.2.5"""
    assert dict(encode(**EVENT)) == {
        "ce_specversion": b"1.0",
        "ce_id": b"evt_1",
        "ce_type": b"thing.happened",
        "ce_source": b"/paygate/tests",
        "ce_subject": "thing_ü".encode(),
        "ce_time": b"2026-11-23T10:15:30.118204Z",
        "content-type": b"application/json",
        "traceparent": TRACE.encode(),
    }


def test_without_a_trace_there_is_no_header_of_it() -> None:
    headers = encode(**EVENT | {"traceparent": None})
    assert "traceparent" not in dict(headers)
    assert decode(headers).traceparent is None


def test_further_headers_are_told_as_text_or_json() -> None:
    headers = dict(encode(**EVENT, extra={"reason": "é", "count": 3, "list": [1, None]}))
    assert (headers["reason"], headers["count"], headers["list"]) == ("é".encode(), b"3", b"[1,null]")
    assert decode(headers.items()).id == "evt_1"


@pytest.mark.parametrize("time", [b"2026-11-23T10:15:30Z", b"2026-11-23T11:15:30+01:00", b"2026-11-23T10:15:30.000Z"])
def test_a_time_is_an_instant_whatever_its_offset(time: bytes) -> None:
    assert decode((dict(encode(**EVENT)) | {"ce_time": time}).items()).time == datetime(
        2026, 11, 23, 10, 15, 30, tzinfo=UTC
    )


def test_a_time_elsewhere_is_told_with_its_offset() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert decode(encode(**EVENT | {"time": elsewhere})).time == AT


@pytest.mark.parametrize("name", ["ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"])
@pytest.mark.parametrize("broken", ["missing", "null", "not UTF-8"])
def test_a_record_that_is_not_an_event_is_rejected(name: str, broken: str) -> None:
    headers: dict[str, bytes | None] = {**dict(encode(**EVENT)), name: None if broken == "null" else b"\xff\xfe"}
    if broken == "missing":
        del headers[name]
    with pytest.raises(Reject):
        decode(headers.items())


@pytest.mark.parametrize("time", [b"", b"yesterday", b"2026-11-23", b"2026-11-23T10:15:30", b"1795428931"])
def test_a_time_that_names_no_instant_is_rejected(time: bytes) -> None:
    with pytest.raises(Reject):
        decode((dict(encode(**EVENT)) | {"ce_time": time}).items())


def test_a_record_without_headers_is_rejected() -> None:
    no_headers: Headers = []
    with pytest.raises(Reject):
        decode(no_headers)
