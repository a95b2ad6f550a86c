"""Webhook endpoints in and out. The notifier reads the requests and writes the answers: these describe them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chassis.validation import Text
from contracts.events.webhook import API_VERSION, EVENT_PATTERNS, EVERY_TYPE, ApiVersion
from services.api.schemas.fields import OwnRequest, ShortText, Shown
from services.api.schemas.lists import PageQuery

HEADERS_MAX = 20
HEADER_VALUE_MAX_CHARS = 1024
RATE_LIMIT_MAX_PER_S = 1000
GAPS_MAX = 9
GAP_MIN_S = 5
GAP_MAX_S = 86_400

EventPattern = Annotated[str, Field(json_schema_extra={"enum": list(EVENT_PATTERNS)})]
EventTypes = Annotated[list[EventPattern], Field(min_length=1, max_length=len(EVENT_PATTERNS))]
HeaderValue = Annotated[
    str, Field(max_length=HEADER_VALUE_MAX_CHARS, json_schema_extra={"pattern": "^[!-~]([ -~]*[!-~])?$"})
]
A_FEW_HEADERS: Any = Field(
    json_schema_extra={
        "maxProperties": HEADERS_MAX,
        "propertyNames": {"pattern": "^[0-9A-Za-z!#$%&'*+.^_`|~-]{1,256}$"},
    }
)
RateLimit = Annotated[int, Field(strict=True, ge=1, le=RATE_LIMIT_MAX_PER_S)]
RetryGaps = Annotated[list[Annotated[int, Field(strict=True, ge=GAP_MIN_S, le=GAP_MAX_S)]], Field(max_length=GAPS_MAX)]
Ordering = Literal["none", "object"]


class WebhookEndpointsQuery(PageQuery, OwnRequest):
    """GET /api/v1/webhook_endpoints"""


class CreateWebhookEndpoint(OwnRequest):
    """POST /api/v1/webhook_endpoints"""

    url: Text
    """Where events are POSTed; another endpoint may have the same. http:// or https://, without a user and password;
    at most 2048 characters."""
    event_types: EventTypes = Field([EVERY_TYPE])
    """What it is told: everything (`*`), groups (`payment.*`), types."""
    description: ShortText = ""
    """For people."""
    headers: Annotated[dict[str, HeaderValue], A_FEW_HEADERS] = Field({})
    """Your own, sent with every event. What they say is kept sealed and never shown again. A name is a token of HTTP
    and none that the gateway or the connection sets."""
    enabled: Annotated[bool, Field(strict=True)] = True
    rate_limit_per_s: RateLimit | None = None
    """Send no more than so many attempts a second; what is more waits, and loses no attempt. null: no limit."""
    api_version: ApiVersion = API_VERSION
    """The form of the body, told in `Paygate-Version`. An endpoint keeps its version when there are newer ones."""
    ordering: Ordering = "none"
    """`object`: an event of a payment or refund waits for the one before it, for a bounded time."""
    retry_gaps_s: RetryGaps | None = None
    """How long to wait after each failed attempt, in s, at most three days in all: one attempt more than there are
    gaps. null: the gateway's own schedule."""


def _unset() -> Any:
    """In place of a field that is not sent."""


class UpdateWebhookEndpoint(OwnRequest):
    """PATCH /api/v1/webhook_endpoints/{id}: what is sent is changed, the rest stays."""

    url: Text = Field(default_factory=_unset)
    event_types: EventTypes = Field(default_factory=_unset)
    description: ShortText = Field(default_factory=_unset)
    headers: Annotated[dict[str, HeaderValue | None], A_FEW_HEADERS] = Field(default_factory=_unset)
    """Those that are named are set; null takes one away; the others stay, as do those that are sent masked as they were
    shown."""
    enabled: Annotated[bool, Field(strict=True)] = Field(default_factory=_unset)
    """true is a new chance: why it was disabled and since when it fails is forgotten."""
    rate_limit_per_s: RateLimit | None = Field(default_factory=_unset)
    api_version: ApiVersion = Field(default_factory=_unset)
    ordering: Ordering = Field(default_factory=_unset)
    retry_gaps_s: RetryGaps | None = Field(default_factory=_unset)


class RollWebhookSecret(OwnRequest):
    """POST /api/v1/webhook_endpoints/{id}/roll-secret"""

    overlap_h: Annotated[int, Field(strict=True, json_schema_extra={"enum": [0, 1, 24]})] = 24
    """For how many hours the former secret signs beside the new one."""


class WebhookEndpointAnswer(Shown):
    """An endpoint without its secret."""

    id: str
    url: str | None
    """null: nothing is sent (only the default endpoint can be without one)."""
    description: str
    event_types: list[str]
    headers: dict[str, str]
    """Their names; what they say is masked."""
    enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    is_default: bool
    """The one that `PUT /api/v1/merchants/webhook` sets."""
    rate_limit_per_s: int | None
    api_version: ApiVersion
    ordering: Ordering
    retry_gaps_s: list[int] | None
    schedule_s: list[int]
    """The gaps that are in effect, in s."""
    failing_since: datetime | None
    """The first failed attempt after the last good one."""
    former_secret_expires_at: datetime | None
    """Until when the former secret signs, too."""
    created_at: datetime
    updated_at: datetime


class NewWebhookEndpointAnswer(WebhookEndpointAnswer):
    """A new endpoint with its secret."""

    secret: str
    """Shown this once: what its webhooks are signed with."""


class DeletedWebhookEndpointAnswer(Shown):
    """Nothing is sent there any more."""

    id: str
    deleted: Literal[True]


class RolledSecretAnswer(Shown):
    """The new secret, shown this once."""

    secret: str
    former_secret_expires_at: datetime | None
    """Until when the former one signs, too; null: it signs nothing from now on."""
