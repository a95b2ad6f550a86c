"""What the requests of all nouns are made of: their base class, and fields with their limits."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.validation import JsonObject, Text
from contracts.money import AMOUNT_MAX_MINOR

METADATA_KEYS_MAX = 50


def _in_utc(at: datetime) -> datetime:
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the calendar") from None


Instant = Annotated[datetime, AfterValidator(_in_utc)]
"""ISO 8601; without a zone it is UTC."""

ShortText = Annotated[Text, Field(max_length=255)]
Metadata = Annotated[JsonObject, Field(max_length=METADATA_KEYS_MAX)]
Amount = Annotated[int, Field(strict=True, gt=0, le=AMOUNT_MAX_MINOR)]


class Request(BaseModel):
    """A body of the family's routes. It shows no values: one of them may be a card number."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class OwnRequest(Request):
    """A body or query of a route that is ours alone: a field that nobody knows is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""
