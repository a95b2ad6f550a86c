"""What the api sends to the internal HTTP, and what of a public event the notifier itself reads."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from chassis.validation import Text

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000


class PublicEvent(BaseModel):
    """An event's envelope; its objects go to merchants as they are."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sequence: Annotated[int, Field(ge=1)]
    merchant_id: str


class Request(BaseModel):
    """A request of the family's routes: unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class DeliveriesQuery(Request):
    """GET /internal/webhooks"""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0
    status: Literal["pending", "success", "failed"] | None = None
    event: Annotated[Text, Field(max_length=64)] | None = None


class SaveSettings(Request):
    """PUT /internal/settings: a URL, or null to send nothing any more."""

    webhook_url: Text | None


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""


class AuditQuery(Request):
    """GET /internal/audit/messages: of one merchant, or of all."""

    merchant_id: Annotated[Text, Field(max_length=64)] | None = None
