"""What the api sends to the internal HTTP, and what of a public event the notifier itself reads."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from chassis.validation import Instant, Text
from contracts.events.webhook import WebhookEventType

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000
RETRY_LIMIT_DEFAULT = 100
RETRY_LIMIT_MAX = 1000


class PublicEvent(BaseModel):
    """An event's envelope; its objects go to merchants as they are."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sequence: Annotated[int, Field(ge=1)]
    merchant_id: str


class Request(BaseModel):
    """A request of the family's routes: unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class OwnRequest(Request):
    """A request of a route that is ours alone: a field that nobody knows is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DeliveriesQuery(Request):
    """GET /internal/webhooks"""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0
    status: Literal["pending", "success", "failed"] | None = None
    event: Annotated[Text, Field(max_length=64)] | None = None


class RetryFilter(OwnRequest):
    """Which deliveries; a payment's are those of its refunds, too. The range ends before `created_to`."""

    status: Literal["failed", "success"] = "failed"
    event: WebhookEventType | None = None
    payment_id: Annotated[Text, Field(max_length=64)] | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None


class RetryMany(OwnRequest):
    """POST /internal/webhooks/retry; `dry_run` tells what would be done, and does nothing."""

    filter: RetryFilter
    limit: Annotated[int, Field(strict=True, ge=1, le=RETRY_LIMIT_MAX)] = RETRY_LIMIT_DEFAULT
    dry_run: Annotated[bool, Field(strict=True)] = False


class SaveSettings(Request):
    """PUT /internal/settings: a URL, or null to send nothing any more."""

    webhook_url: Text | None


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""


class AuditQuery(Request):
    """GET /internal/audit/messages: of one merchant, or of all."""

    merchant_id: Annotated[Text, Field(max_length=64)] | None = None
