"""The log of requests."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chassis.validation import Instant, Text, api_error
from contracts import ids
from services.api.schemas.fields import OwnRequest, Shown, told_id

LIMIT_MAX = 100


def _is_request_id(text: str) -> str:
    if not ids.is_id(text, ids.REQUEST):
        raise api_error("BAD_REQUEST_ERROR", f"A cursor must be the id of a line, which begins with {ids.REQUEST}_")
    return text


Named = Annotated[Text, Field(max_length=300)]
StatusClass = Literal["2xx", "3xx", "4xx", "5xx"]


class RequestsQuery(OwnRequest):
    """GET /api/v1/request_logs"""

    limit: Annotated[int, Field(ge=1, le=LIMIT_MAX)] = 25
    starting_after: Annotated[Annotated[Text, AfterValidator(_is_request_id), told_id(ids.REQUEST)] | None, Field()] = (
        None
    )
    """Go on after this id, towards older ones."""
    status_class: StatusClass | None = None
    """What the answers were: `4xx` shows what was refused."""
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] | None = None
    route: Named | None = None
    """As the reference writes it: `/api/v1/payments/{id}`."""
    by: Literal["key", "user"] | None = None
    """Whether an API key asked or who was signed in at the dashboard, whose pages read a lot."""
    api_key: Named | None = None
    """The public part of the key that was sent."""
    user: Named | None = None
    """The email of who was signed in at the dashboard."""
    request_id: Named | None = None
    error_code: Named | None = None
    created_from: Instant | None = None
    """Inclusive."""
    created_to: Instant | None = None
    """Exclusive."""

    @property
    def statuses(self) -> tuple[int, int]:
        """The least and the greatest."""
        if self.status_class is None:
            return 0, 999
        least = int(self.status_class[0]) * 100
        return least, least + 99


class RequestLine(Shown):
    """A request and what came of it. Neither its body nor its query is kept."""

    id: str
    at: datetime
    method: str
    path: str
    route: str
    status: int
    error_code: str | None
    duration_ms: float
    request_id: str
    api_key: str | None
    """Null for who was signed in at the dashboard."""
    user: str | None
    """Their email."""
    address: str
    user_agent: str
    idempotency: Literal["first", "replayed"] | None
    """Whether the answer was made for this request or for an earlier one with its key; null without a key."""


class RequestsAnswer(Shown):
    """A page, newest first. Which have just been answered come within a second; in a rush some are missing.
    `next_cursor` is there with `has_more`: send it as `starting_after`, also when this page is short."""

    data: list[RequestLine]
    has_more: bool
    next_cursor: str | None = None
