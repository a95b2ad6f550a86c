"""What integrations read from Kafka: the public topics of payments and refunds, as CloudEvents in binary mode."""

import re
from datetime import datetime
from typing import Any, Final

import orjson
import pytest

from contracts.topics import PAYMENT_EVENTS, REFUND_EVENTS
from tests import traces
from tests.backstage import Backstage
from tests.merchant import Merchant
from tests.traces import Record
from tests.waiting import eventually

pytestmark = pytest.mark.stack

PAYMENT_STORY: Final = ["payment.created", "payment.pending", "payment.success", "payment.captured"]
REFUND_STORY: Final = ["refund.created", "refund.processed"]
MODELS: Final = {event.TYPE: event for topic in (PAYMENT_EVENTS, REFUND_EVENTS) for event in topic.events}


async def test_a_payments_events_on_kafka(merchant: Merchant, backstage: Backstage) -> None:
    payment = await merchant.captured(50_000)
    refund = await merchant.post(f"/payments/{payment['id']}/refunds", {"amount": 100}, status=201)
    processed = await merchant.settled("refunds", refund["id"], "processed")

    async def look() -> list[Record] | None:
        found = [
            record
            async for record in traces.records(backstage.stack, [PAYMENT_EVENTS, REFUND_EVENTS])
            if record.key == payment["id"].encode()
        ]
        return found if len(found) == len(PAYMENT_STORY) + len(REFUND_STORY) else None

    records = await eventually(look, "all events are on Kafka")
    told = {type_: orjson.loads(record.value) for record in records for type_ in [record.headers["ce_type"].decode()]}
    assert [type_ for type_ in told if type_ in PAYMENT_STORY] == PAYMENT_STORY
    assert [type_ for type_ in told if type_ in REFUND_STORY] == REFUND_STORY
    for story in (PAYMENT_STORY, REFUND_STORY):
        assert [told[type_]["sequence"] for type_ in story] == list(range(1, len(story) + 1))
    for record in records:
        check_envelope(record, refund["id"] if record.topic == REFUND_EVENTS.name else payment["id"])
    assert told["refund.processed"]["refund"] == processed
    assert told["refund.processed"]["payment"] == await merchant.get(f"/payments/{payment['id']}")
    assert told["payment.captured"]["payment"] == payment


def check_envelope(record: Record, subject: str) -> None:
    """The headers of a CloudEvent, and data that the contract knows."""
    headers: dict[str, Any] = {name: value.decode() for name, value in record.headers.items()}
    assert re.fullmatch(r"evt_[0-9A-Za-z]{16}", headers["ce_id"])
    assert (headers["ce_specversion"], headers["ce_source"], headers["ce_subject"]) == ("1.0", "/paygate/api", subject)
    assert datetime.fromisoformat(headers["ce_time"]).tzinfo is not None
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", headers["traceparent"])
    MODELS[headers["ce_type"]].model_validate_json(record.value)
