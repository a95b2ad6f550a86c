"""Events in and out: what is listed and what is streamed."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chassis.validation import Instant, Text, api_error
from contracts import ids
from contracts.events.payment import Payment
from contracts.events.refund import Refund
from contracts.topics import PAYMENT_EVENTS, REFUND_EVENTS
from services.api.schemas.fields import OwnRequest, Shown, told_id, told_names
from services.api.schemas.lists import PageQuery, Sort

PUBLIC_TYPES: Final = tuple(event.TYPE for topic in (PAYMENT_EVENTS, REFUND_EVENTS) for event in topic.events)
TYPES_MAX_CHARS: Final = 500
POSITION_MAX: Final = 2**63 - 1


def types_named(text: str | None) -> list[str] | None:
    """The types that a text names, separated by commas, `payment.*` naming all that begin so; None for all there are.

    Raises for a name that no event bears.
    """
    if text is None:
        return None
    named: set[str] = set()
    for name in (part.strip() for part in text.split(",")):
        found = {
            type_ for type_ in PUBLIC_TYPES if type_ == name or (name.endswith("*") and type_.startswith(name[:-1]))
        }
        if not found:
            raise api_error("BAD_REQUEST_ERROR", f"No event is called {name!r}; there are {', '.join(PUBLIC_TYPES)}")
        named |= found
    return sorted(named)


def _names_types(text: str) -> str:
    types_named(text)
    return text


def _is_event_id(text: str) -> str:
    if not ids.is_id(text, ids.EVENT):
        raise api_error("BAD_REQUEST_ERROR", f"A cursor must be an event's id, which begins with {ids.EVENT}_")
    return text


def _is_object_id(text: str) -> str:
    if not any(ids.is_id(text, prefix) for prefix in (ids.ORDER, ids.PAYMENT, ids.REFUND)):
        raise api_error("BAD_REQUEST_ERROR", "object must be the id of an order, a payment or a refund")
    return text


def _is_payment_id(text: str) -> str:
    if not ids.is_id(text, ids.PAYMENT):
        raise api_error("BAD_REQUEST_ERROR", f"payment_id must be an id that begins with {ids.PAYMENT}_")
    return text


TypeNames = Annotated[
    Text,
    Field(max_length=TYPES_MAX_CHARS),
    AfterValidator(_names_types),
    told_names("payment.*", "refund.*", *PUBLIC_TYPES),
]
PaymentId = Annotated[str, AfterValidator(_is_payment_id), told_id(ids.PAYMENT)]
EventId = Annotated[Text, AfterValidator(_is_event_id), told_id(ids.EVENT)]


class EventsQuery(PageQuery):
    """GET /api/v1/events"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Annotated[
        TypeNames | None, Field(description="Types separated by commas; `payment.*` names all that begin so")
    ] = None
    object: Annotated[
        Annotated[str, AfterValidator(_is_object_id), told_id(f"({ids.ORDER}|{ids.PAYMENT}|{ids.REFUND})")] | None,
        Field(description="What the events are about; for an order, its payments and their refunds"),
    ] = None
    payment_id: Annotated[PaymentId | None, Field(description="A payment and its refunds")] = None
    sort: Sort = "-created_at"
    starting_after: Annotated[EventId | None, Field(description="Go on after this id")] = None
    ending_before: Annotated[EventId | None, Field(description="The page right before this id, in the same order")] = (
        None
    )
    created_from: Annotated[Instant | None, Field(description="Inclusive")] = None
    created_to: Annotated[Instant | None, Field(description="Exclusive")] = None

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        if self.object is not None and self.payment_id is not None:
            raise ValueError("object and payment_id can't be combined: use one of them")
        if self.starting_after is not None and self.ending_before is not None:
            raise ValueError("starting_after and ending_before can't be combined: use one of them")
        if self.offset and (self.starting_after or self.ending_before):
            raise ValueError("offset can't be combined with a cursor, which says where to start")
        return self


class StreamQuery(OwnRequest):
    """GET /api/v1/stream"""

    after: Annotated[
        int | None,
        Field(ge=0, le=POSITION_MAX, description="Go on after this position; 0 starts with the first event of all"),
    ] = None
    types: Annotated[
        TypeNames | None, Field(description="Types separated by commas; `payment.*` names all that begin so")
    ] = None


class EventObject(BaseModel):
    """What an event is about."""

    type: Literal["payment", "refund"]
    id: str


class EventData(BaseModel):
    """The object as it was then; a refund's event shows its payment, too."""

    payment: Payment
    refund: Refund | None = None


class EventAnswer(Shown):
    """Something that happened. `position` orders all events of the gateway and has gaps where other merchants' are;
    `sequence` counts the object's own, without a gap."""

    id: str
    type: str
    created_at: datetime
    position: int
    sequence: int
    topic: str
    """Where Kafka has it since it was last published; the next two are null for events older than their record."""
    partition: int | None
    offset: int | None
    object: EventObject
    data: EventData
