"""`make compatibility`: holds the public events as they are against every released version of them.

What readers of a released version rely on may not go: docs/integrations.md says in words what may change, this module
in code. `release` writes the present contract down as a version, once; what is written stays.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chassis.openapi import PlainSchemas, pretty
from contracts.events.webhook import WebhookPayload
from contracts.topics import TOPICS
from deploy.embedded.config import ROOT
from services.api.reference import webhooks
from services.api.reference.asyncapi import HEADERS, VERSION
from tools.screen import complain

RELEASED: Final = ROOT / "contracts/released"
CHECKSUMS: Final = "checksums.txt"
WEBHOOK: Final = "the webhook body"
WEBHOOK_HEADERS: Final = "the headers of every webhook"
EVENT_HEADERS: Final = "the headers of every event"

OPEN_ENUMS: Final = ("payment.method", "next_action.type", "dispute.status", "event")
"""Fields that readers must expect new values of. By any other, such as a status, readers decide about money: they would
have to know of a new value."""

UNIT: Final = re.compile(r"\b(minor units?|major units?|milliseconds|seconds|minutes|basis points|percent)\b")
"""What a description may say of a number that its schema can't."""

LOOSER_ABOVE: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
LOOSER_BELOW: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems")
NAMES_SHOWN: Final = 3

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that readers of a released version rely on, and that is not so any more."""

    place: str
    """Where it is sent: an event type, or one of the names above."""
    field: str
    what: str


# ── The contract as it is ──


def contract() -> Json:
    """The public events of today: topics, the data of each type, headers, and the body of a webhook."""
    public = [topic for topic in TOPICS if topic.public]
    events = [event for topic in public for event in topic.events]
    models: list[type[BaseModel]] = [*events, WebhookPayload]
    refs, found = models_json_schema([(model, "validation") for model in models], schema_generator=PlainSchemas)
    return {
        "version": VERSION,
        "topics": {
            topic.name: {
                "key": topic.key,
                "partitions": topic.partitions,
                "retention_h": topic.retention_h,
                "compacted": topic.compacted,
                "events": [event.TYPE for event in topic.events],
            }
            for topic in public
        },
        "events": {event.TYPE: refs[event, "validation"] for event in events},
        "headers": HEADERS,
        "webhook_headers": {
            "type": "object",
            "required": list(webhooks.HEADERS),
            "properties": {
                name: {**schema, "description": words} for name, (words, schema) in webhooks.HEADERS.items()
            },
        },
        "webhook": refs[WebhookPayload, "validation"],
        "schemas": found["$defs"],
    }


def released(folder: Path = RELEASED) -> list[Json]:
    """Every version that was ever released, oldest first."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


# ── Two contracts ──


def breaks(old: Json, new: Json) -> list[Break]:
    """What readers of `old` would miss in `new`."""
    found = [*_topics(old["topics"], new["topics"])]
    for type_, schema in old["events"].items():
        if type_ in new["events"]:
            found += _places(type_, _inlined(schema, old), _inlined(new["events"][type_], new))
    found += _places(EVENT_HEADERS, old["headers"], new["headers"])
    found += _places(WEBHOOK_HEADERS, old["webhook_headers"], new["webhook_headers"])
    found += _places(WEBHOOK, _inlined(old["webhook"], old), _inlined(new["webhook"], new))
    return found


def _topics(old: Json, new: Json) -> Iterator[Break]:
    for name, was in old.items():
        now = new.get(name)
        if now is None:
            yield Break(name, "", "the topic is gone")
            continue
        for trait in ("key", "partitions", "compacted"):
            if now[trait] != was[trait]:
                yield Break(name, trait, f"was {was[trait]!r} and is {now[trait]!r}")
        if now["retention_h"] < was["retention_h"]:
            yield Break(name, "retention_h", f"was {was['retention_h']} h and is only {now['retention_h']} h")
        for type_ in was["events"]:
            if type_ not in now["events"]:
                yield Break(name, type_, "the event type is not published there any more")


def _places(place: str, old: Json, new: Json) -> Iterator[Break]:
    for field, what in _compared(old, new, ""):
        yield Break(place, field, what)


Found = Iterator[tuple[str, str]]
"""Field and what is wrong with it."""


def _compared(old: Json, new: Json, field: str) -> Found:
    """A reader of `old` meets `new`: whatever comes must be something that it could have met before."""
    if (units := _units(old)) and units != _units(new):
        yield field, f"was told in {_quoted(units)} and is told in {_quoted(_units(new)) or 'nothing said'}"
    was, now = _alternatives(old), _alternatives(new)
    if "null" in now and "null" not in was:
        yield field, "was never null and may be null now"
    was.pop("null", None)
    now.pop("null", None)
    if not was:
        return
    if not now:
        yield field, "had a value and is always null now"
    elif len(was) == len(now) == 1:
        yield from _same_kind(next(iter(was.values())), next(iter(now.values())), field)
    elif was != now:
        yield field, f"was one of {len(was)} kinds of values, and those have changed"


def _units(schema: Json) -> list[str]:
    return sorted(set(UNIT.findall(schema.get("description", ""))))


def _alternatives(schema: Json) -> dict[str, Json]:
    """What a value may be, by its type; several of a kind count as kinds of their own."""
    options: list[Json] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    found: dict[str, Json] = {}
    for option in options:
        kinds = option.get("type", "any")
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            found[kind if kind not in found else f"{kind} {len(found)}"] = {**option, "type": kind}
    return found


def _same_kind(old: Json, new: Json, field: str) -> Found:
    if old["type"] != new["type"] and (old["type"], new["type"]) != ("number", "integer"):
        yield field, f"was of the type {old['type']} and is of the type {new['type']}"
        return
    yield from _values(old, new, field)
    for trait in ("format", "pattern"):
        if trait in old and old[trait] != new.get(trait):
            yield field, f"had the {trait} {old[trait]} and has {new.get(trait, 'none')}"
    for trait in LOOSER_ABOVE:
        if trait in old and new.get(trait, float("inf")) > old[trait]:
            yield field, f"had the {trait} {old[trait]} and has {new.get(trait, 'none')}: it may not fit any more"
    for trait in LOOSER_BELOW:
        if trait in old and new.get(trait, float("-inf")) < old[trait]:
            yield field, f"had the {trait} {old[trait]} and has {new.get(trait, 'none')}"
    if old["type"] == "object":
        yield from _objects(old, new, field)
    if old["type"] == "array" and "items" in old:
        yield from _compared(old["items"], new.get("items", {}), f"{field}[]")


def _values(old: Json, new: Json, field: str) -> Found:
    was, now = _listed(old), _listed(new)
    if was is None:
        return
    if now is None:
        yield field, f"was one of {_quoted(was)} and may be anything now"
        return
    if gone := [value for value in was if value not in now]:
        yield field, f"is never {_quoted(gone)} any more: who waits for it waits for ever"
    if (added := [value for value in now if value not in was]) and not _is_open(field):
        yield field, f"may be {_quoted(added)} now, which nobody was told to expect"


def _listed(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _is_open(field: str) -> bool:
    return any(f".{field}".endswith(f".{name}") for name in OPEN_ENUMS)


def _objects(old: Json, new: Json, field: str) -> Found:
    was, now = old.get("properties", {}), new.get("properties", {})
    added = [name for name in now if name not in was]
    for name, schema in was.items():
        inner = f"{field}.{name}".lstrip(".")
        if name not in now:
            yield inner, f"was there and is gone{_renamed(schema, {one: now[one] for one in added})}"
            continue
        if name in old.get("required", ()) and name not in new.get("required", ()):
            yield inner, "was always there and may be missing now"
        yield from _compared(schema, now[name], inner)
    free, freer = old.get("additionalProperties"), new.get("additionalProperties", True)
    if isinstance(free, dict) and freer is not False:
        yield from _compared(free, freer if isinstance(freer, dict) else {}, f"{field}.*".lstrip("."))


def _renamed(gone: Json, added: Mapping[str, Json]) -> str:
    """A new name, perhaps with another unit at its end, is a new field: nobody reads it yet."""
    alike = [name for name, schema in added.items() if _alternatives(schema).keys() & _alternatives(gone).keys()]
    return f" (if {' or '.join(alike)} stands for it now: add it beside the old one)" if alike else ""


def _quoted(values: list[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _inlined(schema: Any, document: Json) -> Json:
    """The schema without references."""
    return cast(Json, _inline(schema, document["schemas"]))


def _inline(schema: Any, schemas: Json) -> Any:
    if isinstance(schema, list):
        return [_inline(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    return {name: _inline(value, schemas) for name, value in schema.items()}


# ── In words ──


def sentences(version: str, found: list[Break]) -> list[str]:
    """One for each thing that broke, however many events carry it."""
    by_thing: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        by_thing[one.field.removeprefix("data."), one.what].append(one.place)
    return [
        f"{field or 'the whole'} in {_some(places)}: {what}, which breaks readers of {version}."
        for (field, what), places in by_thing.items()
    ]


def _some(names: list[str]) -> str:
    shown = names[:NAMES_SHOWN]
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


WHAT_TO_DO: Final = (
    "Keep what was released as it was and add beside it; or publish the new shape on a new version of the topic "
    "(payment.events.v2 beside payment.events.v1), or as a new version of the webhook body, and keep the old one until "
    "its readers have moved (docs/integrations.md, What may change)."
)


def complaints(new: Json, folder: Path = RELEASED) -> list[str]:
    """Everything that is wrong with a contract, as sentences; none when every reader goes on reading."""
    found = [sentence for old in released(folder) for sentence in sentences(old["version"], breaks(old, new))]
    return [*found, WHAT_TO_DO] if found else []


# ── Commands ──


class NotReleased(Exception):
    """Why a version can't be written down, and what to do."""


def release(new: Json, folder: Path = RELEASED) -> Path:
    """Write a contract down as its version. Raises NotReleased."""
    if found := complaints(new, folder):
        raise NotReleased("\n".join(found))
    path = folder / f"{new['version']}.json"
    if path.exists():
        raise NotReleased(
            f"{path.name} was released before: raise VERSION in services/api/reference/asyncapi.py first."
        )
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(pretty(new), encoding="utf-8")
    with (folder / CHECKSUMS).open("a", encoding="utf-8") as checksums:
        checksums.write(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    return path


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.compatibility", description=__doc__)
    parser.add_argument("command", nargs="?", choices=("check", "release"), default="check")
    new = contract()
    if parser.parse_args().command == "release":
        try:
            print(f"Wrote {release(new).relative_to(ROOT)}: what it says is promised from now on.")
        except NotReleased as reason:
            return complain(str(reason))
        return 0
    if found := complaints(new):
        return complain("\n".join(found))
    print(f"Readers of {', '.join(old['version'] for old in released())} can read today's events.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
