"""Lists: where a page starts and how long it is, and the page."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field

from services.api.schemas.fields import Request

Item = TypeVar("Item", bound=BaseModel)

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000


class PageQuery(Request):
    """Where a list starts and how long it is."""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0


class ListAnswer(BaseModel, Generic[Item]):
    """A page, newest first. `total_capped`: there are more than `total` says."""

    data: list[Item]
    total: int
    total_capped: bool = False
    limit: int
    offset: int
    has_more: bool
