"""Bad input in words, and the texts and objects that Postgres can keep."""

from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from chassis.errors import ApiError
from chassis.validation import DEPTH_MAX, Instant, JsonObject, Text, api_error, describe

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(JsonObject)


def refuse_inside(values: list[str]) -> list[str]:
    raise PydanticCustomError("unfit", "must not hold {name}", {"name": values[0]})


def refuse(value: str) -> str:
    raise api_error("INVALID_VPA", "VPA is not valid: {braces} and %s are text")


class Inner(BaseModel):
    flag: bool


class Outer(BaseModel):
    inner: Inner = Inner(flag=True)
    choice: Literal["a", "b"] = "a"
    text: Annotated[Text, Field(min_length=2, max_length=4)] = "ab"
    vpa: Annotated[str, AfterValidator(refuse)] | None = None
    several: list[Inner] = Field(default_factory=list, max_length=2)
    names: Annotated[list[str], AfterValidator(refuse_inside)] = []


def complaint(body: bytes) -> ApiError:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate_json(body)
    return describe(caught.value)


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        (b'{"inner": {}}', "inner.flag", "inner.flag is required"),
        (b'{"inner": {"flag": "maybe"}}', "inner.flag", "inner.flag must be true or false"),
        (b'{"inner": 5}', "inner", "inner must be an object"),
        (b'{"choice": "c"}', "choice", "choice must be 'a' or 'b'"),
        (b'{"text": "a"}', "text", "text must be at least 2 characters"),
        (b'{"text": "abcde"}', "text", "text must be at most 4 characters"),
        (b'{"several": [{"flag": true}, {}]}', "several.1.flag", "several.1.flag is required"),
        (
            b'{"several": [{"flag": true}, {"flag": true}, {"flag": true}]}',
            "several",
            "several must have at most 2 entries",
        ),
        (b'{"several": {}}', "several", "several must be a list"),
        (b'{"names": ["Host"]}', "names", "names must not hold Host"),
        (b"", None, "The request's body is not valid JSON"),
    ],
)
def test_the_first_complaint_is_a_sentence_that_names_the_field(body: bytes, field: str | None, sentence: str) -> None:
    error = complaint(body)
    assert (error.status, error.code, error.field, error.description) == (400, "BAD_REQUEST_ERROR", field, sentence)
    assert not error.storable


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1.7e9", 1_700_000_000), ("1e9", 1_000_000_000), ("2020-01-01T05:30:00 05:30", 1_577_836_800)],
)
def test_instants_are_read_as_they_were_meant(text: str, seconds: int) -> None:
    assert INSTANT.validate_python(text).timestamp() == seconds


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e", "e9", "1e9s"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


def test_a_validator_may_refuse_with_a_code_of_its_own() -> None:
    error = complaint(b'{"vpa": "x"}')
    assert (error.code, error.field) == ("INVALID_VPA", "vpa")
    assert error.description == "VPA is not valid: {braces} and %s are text"


def test_a_complaint_does_not_repeat_what_was_sent() -> None:
    assert "4242" not in complaint(b'{"choice": "4242424242424242"}').description


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": None, "b": True, "c": 1.5, "d": "é", "e": [1, [2]], "f": {"g": {"h": 1}}},
        {"max": 2**64 - 1, "min": -(2**63)},
    ],
)
def test_an_object_that_can_be_kept_is_kept_as_it_is(value: dict[str, Any]) -> None:
    assert OBJECT.validate_python(value) == value


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def test_an_object_may_be_a_few_levels_deep_and_no_more() -> None:
    OBJECT.validate_python(nested(DEPTH_MAX))
    with pytest.raises(ValidationError, match="nested"):
        OBJECT.validate_python(nested(DEPTH_MAX + 1))


@pytest.mark.parametrize(
    "value",
    [
        {"a": "\x00"},
        {"a\x00": 1},
        {"a": [{"b": "\x00"}]},
        {"a": 2**64},
        {"a": -(2**63) - 1},
        {"a": [10**30]},
        {"a": float("inf")},
        {"a": float("nan")},
    ],
    ids=repr,
)
def test_an_object_that_can_not_be_kept_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OBJECT.validate_python(value)
