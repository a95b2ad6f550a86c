"""What the requests of all nouns are made of: their base class, and fields with their limits."""

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chassis.validation import JsonObject, Text
from contracts.money import AMOUNT_MAX_MINOR

METADATA_KEYS_MAX = 50
METADATA_KEY_MAX_CHARS = 100
METADATA_MAX_BYTES = 16 * 1024


def _fits(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(metadata) > METADATA_KEYS_MAX:
        raise PydanticCustomError("unfit", f"must have at most {METADATA_KEYS_MAX} keys")
    if any(len(key) > METADATA_KEY_MAX_CHARS for key in metadata):
        raise PydanticCustomError("unfit", f"must have keys of at most {METADATA_KEY_MAX_CHARS} characters")
    if len(orjson.dumps(metadata)) > METADATA_MAX_BYTES:
        raise PydanticCustomError("unfit", f"must be at most {METADATA_MAX_BYTES // 1024} KiB as JSON")
    return metadata


def told(pattern: str) -> Any:
    """For the reference alone: the form of a text that a validator checks, which says in words what is wrong."""
    return Field(json_schema_extra={"pattern": pattern})


def told_id(prefix: str) -> Any:
    """The same of an id."""
    return told(f"^{prefix}_[0-9A-Za-z]{{16}}$")


def told_names(*names: str, gaps: bool = False) -> Any:
    """The same of some of these names, separated by commas; `gaps`: there may be nothing between two commas."""
    return told(names_pattern(*names, gaps=gaps))


def names_pattern(*names: str, gaps: bool = False) -> str:
    """The pattern itself."""
    one = f" *({'|'.join(name.replace('.', '[.]').replace('*', '[*]') for name in names)}){'?' if gaps else ''} *"
    return f"^{one}(,{one})*$"


ShortText = Annotated[Text, Field(max_length=255)]
Metadata = Annotated[JsonObject, AfterValidator(_fits), Field(json_schema_extra={"maxProperties": METADATA_KEYS_MAX})]
Amount = Annotated[int, Field(strict=True, gt=0, le=AMOUNT_MAX_MINOR)]


class Request(BaseModel):
    """A body of the family's routes. It shows no values: one of them may be a card number."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class OwnRequest(Request):
    """A body or query of a route that is ours alone: a field that nobody knows is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Shown(BaseModel):
    """What is answered."""

    model_config = ConfigDict(use_attribute_docstrings=True, defer_build=True)


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""
