"""Bad input in words: pydantic's first complaint as one clear sentence, and the text types that Postgres can store."""

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from chassis.errors import ApiError, bad_request

DEPTH_MAX = 5
UNESCAPED_ZONE: Final = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")
EXPONENT: Final = re.compile(r"-?\d+(\.\d+)?[eE][+-]?\d+", re.ASCII)
UNIX_REACH: Final = {"minimum": -62_135_596_800_000, "maximum": 253_402_300_799_999}
"""The years 1 to 9999: numbers beyond 2·10^10 are taken for ms."""

INSTANT_MIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
INSTANT_MAX: Final = datetime(2080, 1, 1, tzinfo=UTC)
"""Time-ordered ids, which instants are compared with, end in 2081. Nothing lies beyond these two."""


def api_error(code: str, message: str) -> PydanticCustomError:
    """For a validator: a refusal with its own code of the API, such as INVALID_VPA."""
    return PydanticCustomError("api_error", "{message}", {"code": code, "message": message})


def _storable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("nul", "must not contain a NUL character")
    return text


def _storable_json(value: Any, depth: int = 0) -> Any:
    if depth > DEPTH_MAX:
        raise PydanticCustomError("deep", "must not be nested more than {depth} levels", {"depth": DEPTH_MAX})
    if isinstance(value, str):
        _storable(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _storable(key)
            _storable_json(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _storable_json(inner, depth + 1)
    elif isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise PydanticCustomError("huge", "must not hold an integer beyond 64 bits")
    elif isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("huge", "must not hold a number beyond 64 bits")
    return value


def _as_meant(given: object) -> object:
    """`+05:30` in a URL that was not escaped: the plus arrives as a space. Unix seconds may be written as `1.7e9`."""
    if not isinstance(given, str):
        return given
    return float(given) if EXPONENT.fullmatch(given) else UNESCAPED_ZONE.sub(r"\1+\2", given)


def _within_reach(at: datetime) -> datetime:
    try:
        aware = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise PydanticCustomError("instant", "must lie within the calendar") from None
    return min(max(aware, INSTANT_MIN), INSTANT_MAX)


Text = Annotated[str, AfterValidator(_storable)]
"""A string without NUL, which Postgres can't store. (Lone surrogates are refused as broken JSON.)"""

JsonObject = Annotated[dict[str, Any], AfterValidator(_storable_json)]
"""A free object of the caller's (notes, metadata), a few levels deep at most."""

Instant = Annotated[
    datetime,
    BeforeValidator(_as_meant),
    AfterValidator(_within_reach),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "format": "date-time"},
                {"type": "string", "format": "date"},
                {"type": "number", **UNIX_REACH},
            ]
        }
    ),
]
"""ISO 8601 (in UTC where it names no offset), or Unix seconds."""


_SENTENCES: Final = {
    "json_invalid": "The request's body is not valid JSON",
    "missing": "{name} is required",
    "string_type": "{name} must be a string",
    "greater_than_equal": "{name} must be at least {ge}",
    "greater_than": "{name} must be more than {gt}",
    "less_than_equal": "{name} must be at most {le}",
    "string_too_long": "{name} must be at most {max_length} {unit}",
    "too_long": "{name} must {verb} at most {max_length} {unit}",
    "string_too_short": "{name} must be at least {min_length} {unit}",
    "too_short": "{name} must {verb} at least {min_length} {unit}",
    "literal_error": "{name} must be {expected}",
    "extra_forbidden": "{name} is not a field of this request",
    "value_error": "{error}",
    "nul": "{name} {msg}",
    "deep": "{name} {msg}",
    "huge": "{name} {msg}",
    "instant": "{name} {msg}",
    "unfit": "{name} {msg}",
    **dict.fromkeys(
        ("int_type", "int_from_float", "int_parsing", "int_parsing_size", "int_from_float_range"),
        "{name} must be an integer",
    ),
    **dict.fromkeys(
        ("datetime_parsing", "datetime_from_date_parsing", "datetime_type", "datetime_object_invalid"),
        "{name} must be an instant such as 2026-01-31T12:00:00Z",
    ),
    "list_type": "{name} must be a list",
    **dict.fromkeys(("bool_type", "bool_parsing"), "{name} must be true or false"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "{name} must be an object"),
}
"""Pydantic's error types to sentences."""


def describe(error: ValidationError) -> ApiError:
    """The first complaint as an ApiError with a sentence that names the field."""
    first = error.errors(include_input=False, include_url=False)[0]
    context = first.get("ctx", {})
    field = ".".join(str(part) for part in first["loc"]) or None
    if first["type"] == "api_error":
        return bad_request(context["message"], code=context["code"], field=field)
    # A length that is checked after another rule: pydantic calls a text "Value" then.
    text = first["type"].startswith("string_") or context.get("field_type") == "Value"
    one = context.get("min_length", context.get("max_length")) == 1
    context["verb"] = "be" if text else "have"
    context["unit"] = ("character" if text else "entry") if one else ("characters" if text else "entries")
    sentence = _SENTENCES.get(first["type"], "{name}: {msg}")
    # Last what is ours: a rule may have words of these names, too.
    named = {**context, "name": field or "The request's body", "msg": first["msg"]}
    return bad_request(sentence.format(**named), field=field)
