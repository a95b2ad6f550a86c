"""The golden examples: what was ever sent stays readable. Examples are added to, never edited (see checksums.txt)."""

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from contracts.events import EVENT_TYPES
from contracts.events.webhook import WebhookPayload, parse_webhook

FOLDER = Path(__file__).parents[1] / "examples"
WEBHOOK_BODIES = "webhook-body"
CHECKSUMS = FOLDER / "checksums.txt"
EXAMPLES = sorted(FOLDER.glob("*/*.json"))
EVENTS = [path for path in EXAMPLES if path.parent.name != WEBHOOK_BODIES]
BODIES = [path for path in EXAMPLES if path.parent.name == WEBHOOK_BODIES]


def name_of(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


@pytest.mark.parametrize("path", EVENTS, ids=name_of)
def test_an_example_of_an_event_is_read_whole_by_todays_model(path: Path) -> None:
    model = EVENT_TYPES[path.parent.name]
    event = TypeAdapter(model).validate_json(path.read_bytes())
    assert_tells_as_much(event.model_dump(mode="json"), json.loads(path.read_bytes()), model.TYPE)


@pytest.mark.parametrize("path", BODIES, ids=name_of)
def test_an_example_of_a_webhook_body_is_read_whole_by_todays_model(path: Path) -> None:
    body = path.read_bytes()
    assert_tells_as_much(parse_webhook(body).model_dump(mode="json"), json.loads(body), "body")


@pytest.mark.parametrize("path", BODIES, ids=name_of)
def test_an_example_of_a_webhook_body_is_compact_json_as_javascript_would_write_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))


def test_every_event_type_has_examples() -> None:
    assert {path.parent.name for path in EVENTS} == set(EVENT_TYPES)


def test_every_kind_of_object_of_a_webhook_has_an_example() -> None:
    told = {key for path in BODIES for key in json.loads(path.read_bytes())["data"]}
    assert told == set(WebhookPayload.model_fields["data"].annotation.model_fields)  # type: ignore[union-attr]


def test_no_example_was_ever_edited_or_removed() -> None:
    """A changed or missing example is a broken promise to whoever stored such a message: add another one instead."""
    lines = (line.split(maxsplit=1) for line in CHECKSUMS.read_text().splitlines())
    promised = {name: checksum for checksum, name in lines}
    found = {name_of(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in EXAMPLES}
    assert found == promised, "a new one needs its line: cd contracts/examples; sha256sum */*.json > checksums.txt"


def test_no_example_names_a_card_number() -> None:
    for path in EXAMPLES:
        digits = "".join(char if char.isdigit() else " " for char in path.read_text(encoding="utf-8")).split()
        # Thirteen digits in a row are a time in milliseconds or an amount; cards that we know have 15 or 16.
        assert not [run for run in digits if len(run) in (15, 16)], path


def assert_tells_as_much(read: Any, written: Any, where: str) -> None:
    """Everything written was read: a renamed or dropped field would be ignored in silence."""
    if isinstance(written, dict):
        assert isinstance(read, dict), where
        assert written.keys() <= read.keys(), f"{where}: not read any more: {written.keys() - read.keys()}"
        for key, value in written.items():
            assert_tells_as_much(read[key], value, f"{where}.{key}")
    elif isinstance(written, str) and isinstance(read, str) and written != read:
        assert datetime.fromisoformat(read) == datetime.fromisoformat(written), where
    else:
        assert read == written, where
