"""The public events go on being what was released: what would break readers is refused, kind by kind, in a sentence."""

import copy
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.events.payment import PaymentStatus
from deploy.embedded.config import ROOT
from tools.compatibility import (
    CHECKSUMS,
    OPEN_ENUMS,
    RELEASED,
    WHAT_TO_DO,
    NotReleased,
    breaks,
    complaints,
    contract,
    release,
    released,
)

Json = dict[str, Any]
Change = Callable[[Json], None]


def test_readers_of_every_released_version_can_read_todays_events() -> None:
    assert released()
    assert complaints(contract()) == []


def test_no_released_version_was_ever_edited_or_removed() -> None:
    lines = (line.split(maxsplit=1) for line in (RELEASED / CHECKSUMS).read_text().splitlines())
    promised = {name: checksum for checksum, name in lines}
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in RELEASED.glob("*.json")} == promised


def payment(document: Json) -> Json:
    found: Json = document["schemas"]["Payment"]
    return found


def field(name: str, of: str = "Payment", **traits: Any) -> Change:
    """A field of a model gets other traits; None takes one away."""

    def change(document: Json) -> None:
        schema = document["schemas"][of]["properties"][name]
        for trait, value in traits.items():
            schema.pop(trait) if value is None else schema.__setitem__(trait, value)

    return change


def replaced(name: str, schema: Json, of: str = "Payment") -> Change:
    """A field of a model has another schema."""
    return lambda document: document["schemas"][of]["properties"].__setitem__(name, schema)


def renamed(name: str, new_name: str, of: str = "Payment") -> Change:
    def change(document: Json) -> None:
        properties = document["schemas"][of]["properties"]
        properties[new_name] = properties.pop(name)

    return change


def gone(name: str, of: str = "Payment") -> Change:
    return lambda document: document["schemas"][of]["properties"].pop(name)


def optional(name: str, of: str = "Payment") -> Change:
    return lambda document: document["schemas"][of]["required"].remove(name)


def topic(**traits: Any) -> Change:
    return lambda document: document["topics"]["payment.events.v1"].update(traits)


def header(headers: str, name: str) -> Change:
    return lambda document: document[headers]["properties"].pop(name)


def not_published(document: Json) -> None:
    document["topics"]["payment.events.v1"]["events"].remove("payment.expired")
    del document["events"]["payment.expired"]


STATUSES = list(PaymentStatus.__args__)  # type: ignore[attr-defined]
TEXT = {"type": "string"}
MONEY = {"type": "integer", "minimum": 0, "maximum": 10**12}

REFUSED: dict[str, tuple[Change, str]] = {
    "a required field is gone": (gone("order_id"), "order_id in .*: was there and is gone"),
    "an optional field is gone": (gone("decline_code"), "decline_code in .*: was there and is gone"),
    "a field has a new name": (
        renamed("fee", "fee_minor"),
        "fee in .*was there and is gone .*fee_minor .*add it beside",
    ),
    "an amount names another unit": (renamed("amount", "amount_major"), "is gone .*amount_major"),
    "a required field may be missing": (optional("status"), "status in .*: was always there and may be missing"),
    "a number is text": (replaced("amount", TEXT), "amount in .*: was of the type integer and is of the type string"),
    "a whole number may have a fraction": (field("amount", type="number"), "is of the type number"),
    "a value may be null": (replaced("amount", {"anyOf": [MONEY, {"type": "null"}]}), "never null and may be null"),
    "a value is always null": (replaced("vpa", {"type": "null"}), "vpa in .*: had a value and is always null"),
    "a value may be of another kind, too": (replaced("vpa", {"anyOf": [TEXT, MONEY]}), "kinds of values"),
    "anything may come": (replaced("captured", {}), "captured in .*: was of the type boolean and is of the type any"),
    "a status that nobody expects": (field("status", enum=[*STATUSES, "held"]), "status in .*: may be `held` now"),
    "a status never comes": (field("status", enum=STATUSES[:-1]), "is never `expired` any more: who waits"),
    "a way to pay never comes": (field("method", enum=["card"]), "method in .*: is never `upi` any more"),
    "a status is any text": (field("status", enum=None), "was one of `pending`.* and may be anything"),
    "an instant is any text": (field("created_at", format=None), "had the format date-time and has none"),
    "a currency is any text": (field("currency", pattern=None), "had the pattern .* and has none"),
    "an amount may be larger": (field("amount", maximum=10**15), "had the maximum 1000000000000 .*may not fit"),
    "an amount has no limit": (field("amount", maximum=None), "amount in .*: had the maximum .* and has none"),
    "an amount may be negative": (field("amount", minimum=-1), "had the minimum 0 and has -1"),
    "a time is told in another unit": (
        field("timestamp", of="WebhookPayload", description="Unix milliseconds"),
        "timestamp in the webhook body: was told in `seconds` and is told in `milliseconds`",
    ),
    "an inner object loses a field": (gone("url", of="NextAction"), "payment.next_action.url in"),
    "a refund loses a field": (
        gone("kind", of="Refund"),
        "refund.kind in refund.created, refund.processed, refund.fail",
    ),
    "the body loses its sequence": (gone("sequence", of="WebhookPayload"), "sequence in the webhook body: was there"),
    "the body loses an object": (gone("refund", of="WebhookData"), "refund in the webhook body: was there and is gone"),
    "a header of events is gone": (header("headers", "ce_id"), "ce_id in the headers of every event"),
    "a signature is gone": (header("webhook_headers", "X-Webhook-Signature"), "in the headers of every webhook"),
    "an event type is gone": (not_published, "payment.expired in payment.events.v1: the event type is not published"),
    "a topic is gone": (
        lambda document: document["topics"].pop("refund.events.v1"),
        "refund.events.v1: the topic is go",
    ),
    "a topic has another key": (topic(key="merchant id"), "key in payment.events.v1: was 'payment id'"),
    "a topic has more partitions": (topic(partitions=24), "partitions in payment.events.v1: was 12 and is 24"),
    "a topic forgets sooner": (topic(retention_h=24), "retention_h in payment.events.v1: was 168 h and is only 24 h"),
    "a topic keeps the latest alone": (topic(compacted=True), "compacted in payment.events.v1"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_breaks_readers_is_refused(kind: str, tmp_path: Path) -> None:
    change, sentence = REFUSED[kind]
    old = contract()
    release(old, tmp_path)
    new = copy.deepcopy(old)
    change(new)
    found = "\n".join(complaints(new, tmp_path))
    assert re.search(sentence, found), found
    assert len({(one.field.removeprefix("data."), one.what) for one in breaks(old, new)}) == 1, found
    assert found.endswith(WHAT_TO_DO)
    with pytest.raises(NotReleased, match="breaks readers of 1"):
        release({**new, "version": "9.0.0"}, tmp_path)


ACCEPTED: dict[str, Change] = {
    "a field is added": replaced("settled", {"type": "boolean"}),
    "an event type is added": lambda document: document["topics"]["payment.events.v1"]["events"].append("payment.held"),
    "a topic is added": lambda document: document["topics"].update({"payment.events.v2": {}}),
    "a header is added": lambda document: document["headers"]["properties"].update(ce_dataschema=TEXT),
    "a way to pay is added": field("method", enum=["upi", "card", "netbanking"]),
    "a type of webhook is added": lambda document: field(
        "event",
        of="WebhookPayload",
        enum=[*document["schemas"]["WebhookPayload"]["properties"]["event"]["enum"], "new"],
    )(document),
    "an optional field is always there": lambda document: payment(document)["required"].append("fee"),
    "a value is never null any more": replaced("vpa", TEXT),
    "an amount stays smaller": field("amount", maximum=10**9),
    "words are put better": field("fee", description="What the gateway keeps of a capture."),
    "a model has another name": lambda document: (
        document["schemas"].update(Paid=document["schemas"]["PaymentSuccess"]),
        document["events"].update({"payment.success": {"$ref": "#/$defs/Paid"}}),
    )[0],
    "a topic remembers longer": topic(retention_h=720),
    "the objects of a body are open": lambda document: document["schemas"]["WebhookData"].pop("additionalProperties"),
}


@pytest.mark.parametrize("kind", ACCEPTED)
def test_what_readers_need_not_know_of_is_accepted(kind: str, tmp_path: Path) -> None:
    old = contract()
    release(old, tmp_path)
    new = copy.deepcopy(old)
    ACCEPTED[kind](new)
    assert new != old
    assert complaints(new, tmp_path) == []


def test_every_released_version_counts_and_not_the_last_alone(tmp_path: Path) -> None:
    first = contract()
    second = copy.deepcopy(first) | {"version": "1.1.0"}
    replaced("settled", {"type": "boolean"})(second)
    for version in (first, second):
        release(version, tmp_path)
    assert "settled in payment.created" in (found := "\n".join(complaints(first, tmp_path)))
    assert "breaks readers of 1.1.0" in found
    assert "1.0.0" not in found


def test_a_version_is_written_down_once(tmp_path: Path) -> None:
    release(contract(), tmp_path)
    with pytest.raises(NotReleased, match=r"was released before: raise VERSION"):
        release(contract(), tmp_path)


def test_the_guide_names_the_fields_that_may_have_new_values() -> None:
    guide = (ROOT / "docs/integrations.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in guide for name in OPEN_ENUMS)
