"""Every public event of the golden examples is one line; what an integration would not understand is refused."""

from pathlib import Path

import pytest

from contracts.events import EVENT_TYPES
from contracts.topics import TOPICS
from tools.screen import Paint
from tools.tail import read

EXAMPLES = Path(__file__).resolve().parents[2] / "contracts/examples"
PUBLIC_TYPES = [event.TYPE for topic in TOPICS if topic.public for event in topic.events]
HEADERS = {"ce_type": b"payment.success", "ce_time": b"2026-01-02T03:04:05.678901Z"}


@pytest.mark.parametrize("type_", PUBLIC_TYPES)
def test_every_public_event_is_a_line(type_: str) -> None:
    for example in (EXAMPLES / type_).glob("*.json"):
        event = EVENT_TYPES[type_].model_validate_json(example.read_bytes())
        line = read({**HEADERS, "ce_type": type_.encode()}, example.read_bytes())
        text = line.text(Paint(False))
        assert text.startswith("03:04:05.678  " + type_)
        assert line.object.startswith(("pay_", "rfnd_"))
        assert f" {event.model_dump()['sequence']} " in text
        assert line.amount_minor > 0


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        ({}, "without the header 'ce_type'"),
        ({**HEADERS, "ce_type": b"payment.exploded"}, "unknown type"),
        ({**HEADERS, "ce_type": b"payment.capture"}, "does not belong here"),
        (HEADERS, "validation error"),
    ],
)
def test_what_is_not_understood_is_refused(headers: dict[str, bytes], complaint: str) -> None:
    value = next((EXAMPLES / "payment.capture").glob("*.json")).read_bytes()
    with pytest.raises(ValueError, match=complaint):
        read(headers, value)
