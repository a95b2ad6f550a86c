"""Lists: which part of one is asked for, and the page."""

from typing import Annotated, ClassVar, Final, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, Field, GetJsonSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chassis.validation import Instant, Text, api_error
from contracts import ids
from contracts.money import AMOUNT_MAX_MINOR
from services.api.schemas.fields import OwnRequest, Request, Shown, names_pattern

Item = TypeVar("Item", bound=BaseModel)

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000
SEARCH_MAX_CHARS = 255
COLUMNS_MAX_CHARS = 1000


def check_id(text: str, field: str | None, prefix: str) -> str:
    """The text. Raises for what can't be an id of this kind."""
    if not ids.is_id(text, prefix):
        raise api_error("BAD_REQUEST_ERROR", f"{field} must be an id that begins with {prefix}_")
    return text


SearchText = Annotated[Text, Field(min_length=1, max_length=SEARCH_MAX_CHARS)]
AmountBound = Annotated[int, Field(ge=0, le=AMOUNT_MAX_MINOR)]
Expand = Annotated[str | None, Field(description="What to show in full, separated by commas")]
Sort = Annotated[
    Literal["-created_at", "created_at"],
    Field(description="`-created_at`: the newest first; `created_at`: the oldest first"),
]
OLDEST_FIRST: Final = "created_at"
"""The one order that is not the usual one."""

OF_THIS_KIND: Final = ("starting_after", "ending_before", "id")
"""Fields that hold an id of what is listed."""


class PageQuery(Request):
    """Where a list starts and how long it is."""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, json_schema_extra={"maximum": PAGE_OFFSET_MAX})] = 0

    @field_validator("offset")
    @classmethod
    def _not_too_deep(cls, offset: int) -> int:
        if offset > PAGE_OFFSET_MAX:
            raise api_error(
                "BAD_REQUEST_ERROR",
                f"offset must be at most {PAGE_OFFSET_MAX}; go on from the last id with starting_after instead",
            )
        return offset


class ListFilter(Request):
    """Which orders, payments or refunds are meant, and in which order: of a list as of an export."""

    PREFIX: ClassVar[str]

    sort: Sort = "-created_at"
    created_from: Annotated[Instant | None, Field(description="Included; a date is its first instant")] = None
    created_to: Annotated[Instant | None, Field(description="Not included; a date is its first instant")] = None
    amount_min: Annotated[AmountBound | None, Field(description="In minor units, inclusive")] = None
    amount_max: Annotated[AmountBound | None, Field(description="In minor units, inclusive")] = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    id: Annotated[str | None, Field(description="The one with this id")] = None
    q: Annotated[SearchText | None, Field(description="Looks for what this looks like: an id, or see the guide")] = None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """With the form of the ids, which is the subclass'."""
        schema = super().__get_pydantic_json_schema__(core, handler)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name in properties.keys() & set(OF_THIS_KIND):
            properties[name]["pattern"] = f"^{cls.PREFIX}_[0-9A-Za-z]{{16}}$"
        return schema

    @field_validator(*OF_THIS_KIND, check_fields=False)
    @classmethod
    def _is_an_id_of_this_kind(cls, text: str | None, info: ValidationInfo) -> str | None:
        return text if text is None else check_id(text, info.field_name, cls.PREFIX)


class ListQuery(PageQuery, ListFilter):
    """A page of them, by number or by cursor."""

    starting_after: Annotated[str | None, Field(description="Go on after this id")] = None
    ending_before: Annotated[str | None, Field(description="The page right before this id, in the same order")] = None

    @model_validator(mode="after")
    def _starts_in_one_place(self) -> Self:
        if self.starting_after is not None and self.ending_before is not None:
            raise ValueError("starting_after and ending_before can't be combined: use one of them")
        if self.offset and (self.starting_after or self.ending_before) is not None:
            raise ValueError(
                "offset can't be combined with starting_after or ending_before: a cursor says where to start"
            )
        return self


class ExportQuery(OwnRequest):
    """What an export takes besides its filter, of which no misspelt part may go unnoticed."""

    COLUMNS: ClassVar[tuple[str, ...]]

    columns: Annotated[
        Annotated[Text, Field(max_length=COLUMNS_MAX_CHARS)] | None,
        Field(description="Fields of the objects, separated by commas, in the file's order; unset: all there are"),
    ] = None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """With the names of the columns, which are the subclass'."""
        schema = super().__get_pydantic_json_schema__(core, handler)
        handler.resolve_ref_schema(schema)["properties"]["columns"]["pattern"] = names_pattern(*cls.COLUMNS)
        return schema

    @field_validator("columns")
    @classmethod
    def _names_columns(cls, text: str | None) -> str | None:
        if text is not None and (unknown := [name for name in _named(text) if name not in cls.COLUMNS]):
            raise api_error(
                "BAD_REQUEST_ERROR", f"There is no column {unknown[0]!r}; there are {', '.join(cls.COLUMNS)}"
            )
        return text

    @property
    def chosen(self) -> tuple[str, ...]:
        """The file's columns, each once."""
        return self.COLUMNS if self.columns is None else tuple(dict.fromkeys(_named(self.columns)))


def _named(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


class ListAnswer(Shown, Generic[Item]):
    """A page. `total_capped`: there may be more than `total` says. `next_cursor` is there with
    `has_more`: send it as `starting_after` (as `ending_before`, if that was sent) for the next page."""

    data: list[Item]
    total: int
    total_capped: bool = False
    limit: int
    offset: int
    has_more: bool
    next_cursor: str | None = None
