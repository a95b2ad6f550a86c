"""What the api sends to the internal HTTP, and what of a public event the notifier itself reads."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.validation import Instant, Text
from contracts import ids
from contracts.events.webhook import API_VERSION, EVENT_PATTERNS, EVERY_TYPE, ApiVersion, WebhookEventType
from services.notifier.headers import is_ours
from services.notifier.state import FailureReason, Ordering

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000
RETRY_LIMIT_DEFAULT = 100
RETRY_LIMIT_MAX = 1000
DESCRIPTION_MAX_CHARS: Final = 255
HEADERS_MAX: Final = 20
HEADER_NAME_MAX_CHARS: Final = 256
HEADER_VALUE_MAX_CHARS: Final = 1024
HEADER_NAME: Final = re.compile(r"[0-9A-Za-z!#$%&'*+.^_`|~-]+")
"""A token of RFC 9110."""

HEADER_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
RATE_LIMIT_MAX_PER_S: Final = 1000
GAPS_MAX: Final = 9
GAP_MIN_S: Final = 5
GAP_MAX_S: Final = 86_400
GAPS_TOTAL_MAX_S: Final = 72 * 3600
OVERLAPS_H: Final = (0, 1, 24)


def _id_of(prefix: str) -> AfterValidator:
    def check(told: str) -> str:
        if not ids.is_id(told, prefix):
            raise PydanticCustomError("unfit", "must be an id that begins with {prefix}_", {"prefix": prefix})
        return told

    return AfterValidator(check)


DeliveryId = Annotated[str, _id_of(ids.DELIVERY)]
EndpointId = Annotated[str, _id_of(ids.ENDPOINT)]
EventId = Annotated[str, _id_of(ids.EVENT)]
PaymentId = Annotated[str, _id_of(ids.PAYMENT)]


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
    webhook_endpoint_id: EndpointId | None = None
    failure_reason: FailureReason | None = None
    payment_id: PaymentId | None = None
    event_id: EventId | None = None
    starting_after: DeliveryId | None = None
    ending_before: DeliveryId | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None

    @model_validator(mode="after")
    def _asks_for_one_place(self) -> Self:
        if self.starting_after is not None and self.ending_before is not None:
            raise ValueError("starting_after and ending_before can't be combined: use one of them")
        if self.offset and (self.starting_after or self.ending_before):
            raise ValueError("offset can't be combined with a cursor, which says where to start")
        if self.payment_id is not None and self.event_id is not None:
            raise ValueError("payment_id and event_id can't be combined: use one of them")
        return self


class RetryFilter(OwnRequest):
    """Which deliveries; a payment's are those of its refunds, too. The range ends before `created_to`."""

    status: Literal["failed", "success"] = "failed"
    event: WebhookEventType | None = None
    webhook_endpoint_id: EndpointId | None = None
    failure_reason: FailureReason | None = None
    payment_id: Annotated[Text, Field(max_length=64)] | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None


class RetryMany(OwnRequest):
    """POST /internal/webhooks/retry; `dry_run` tells what would be done, and does nothing. `starting_after`: only what
    was made after this delivery."""

    filter: RetryFilter
    limit: Annotated[int, Field(strict=True, ge=1, le=RETRY_LIMIT_MAX)] = RETRY_LIMIT_DEFAULT
    starting_after: DeliveryId | None = None
    dry_run: Annotated[bool, Field(strict=True)] = False


class ResendEvent(OwnRequest):
    """POST /internal/events/{id}/resend: to one endpoint, whatever it asks for, or to all that ask for such events."""

    webhook_endpoint_id: EndpointId | None = None


class SaveSettings(Request):
    """PUT /internal/settings: a URL, or null to send nothing any more."""

    webhook_url: Text | None


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""


Values = TypeVar("Values", bound=Mapping[str, Any])


def _unfit(sentence: str, **context: object) -> PydanticCustomError:
    return PydanticCustomError("unfit", sentence, context)  # type: ignore[arg-type, unused-ignore]


def _known_patterns(told: list[str]) -> list[str]:
    for pattern in told:
        if pattern not in EVENT_PATTERNS:
            known = ", ".join(EVENT_PATTERNS)
            raise _unfit(
                'must hold event types or patterns: "{pattern}" is none of {known}', pattern=pattern, known=known
            )
    return list(dict.fromkeys(told))


def _headers(told: Values) -> Values:
    """No value is ever told: it may be a password."""
    if len(told) > HEADERS_MAX:
        raise _unfit("must be at most {most} headers", most=HEADERS_MAX)
    seen = set()
    for name, value in told.items():
        if len(name) > HEADER_NAME_MAX_CHARS or not HEADER_NAME.fullmatch(name):
            raise _unfit(
                "must have names of at most {most} letters, digits and - . _ ~ ! # $ % & ' * + ^ ` |",
                most=HEADER_NAME_MAX_CHARS,
            )
        if is_ours(name):
            raise _unfit("must not hold {name}: the gateway sets it itself, or the connection does", name=name)
        if name.lower() in seen:
            raise _unfit("must not hold {name} twice", name=name)
        if value is not None and (len(value) > HEADER_VALUE_MAX_CHARS or not HEADER_VALUE.fullmatch(value)):
            raise _unfit(
                "must hold for {name} a text of 1 to {most} printable ASCII characters that neither begins nor ends "
                "with a space",
                name=name,
                most=HEADER_VALUE_MAX_CHARS,
            )
        seen.add(name.lower())
    return told


def _not_too_long(gaps_s: list[int]) -> list[int]:
    if sum(gaps_s) > GAPS_TOTAL_MAX_S:
        raise _unfit(
            "must add up to at most {most} s ({hours} h)", most=GAPS_TOTAL_MAX_S, hours=GAPS_TOTAL_MAX_S // 3600
        )
    return gaps_s


def _an_overlap(hours: int) -> int:
    if hours not in OVERLAPS_H:
        raise _unfit("must be 0, 1 or 24")
    return hours


EventTypes = Annotated[
    list[Annotated[Text, Field(max_length=64)]],
    Field(min_length=1, max_length=len(EVENT_PATTERNS)),
    AfterValidator(_known_patterns),
]
Description = Annotated[Text, Field(max_length=DESCRIPTION_MAX_CHARS)]
Switch = Annotated[bool, Field(strict=True)]
RateLimit = Annotated[int, Field(strict=True, ge=1, le=RATE_LIMIT_MAX_PER_S)]
RetryGaps = Annotated[
    list[Annotated[int, Field(strict=True, ge=GAP_MIN_S, le=GAP_MAX_S)]],
    Field(max_length=GAPS_MAX),
    AfterValidator(_not_too_long),
]
"""How long to wait after each failed attempt, in s: one attempt more than there are gaps."""


class EndpointsQuery(OwnRequest):
    """GET /internal/webhook_endpoints"""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0


class CreateEndpoint(OwnRequest):
    """POST /internal/webhook_endpoints; the URL is checked by the use case, which can resolve names."""

    url: Text
    event_types: EventTypes = [EVERY_TYPE]
    description: Description = ""
    headers: Annotated[dict[str, str], AfterValidator(_headers)] = {}
    enabled: Switch = True
    rate_limit_per_s: RateLimit | None = None
    api_version: ApiVersion = API_VERSION
    ordering: Ordering = "none"
    retry_gaps_s: RetryGaps | None = None


def _unset() -> Any:
    """In place of a field that is not sent: never looked at."""


class ChangeEndpoint(OwnRequest):
    """PATCH /internal/webhook_endpoints/{id}: what is sent is changed (`told`), the rest stays. Of the headers, too:
    null takes one away."""

    url: Text = Field(default_factory=_unset)
    event_types: EventTypes = Field(default_factory=_unset)
    description: Description = Field(default_factory=_unset)
    headers: Annotated[dict[str, str | None], AfterValidator(_headers)] = Field(default_factory=_unset)
    enabled: Switch = Field(default_factory=_unset)
    rate_limit_per_s: RateLimit | None = Field(default_factory=_unset)
    api_version: ApiVersion = Field(default_factory=_unset)
    ordering: Ordering = Field(default_factory=_unset)
    retry_gaps_s: RetryGaps | None = Field(default_factory=_unset)

    @property
    def told(self) -> dict[str, Any]:
        """The fields that were sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class RollSecret(OwnRequest):
    """POST /internal/webhook_endpoints/{id}/roll-secret: for how many hours the former secret signs beside the new."""

    overlap_h: Annotated[int, Field(strict=True), AfterValidator(_an_overlap)] = OVERLAPS_H[-1]


class AuditQuery(Request):
    """GET /internal/audit/messages: of one merchant, or of all."""

    merchant_id: Annotated[Text, Field(max_length=64)] | None = None


class StatsQuery(Request):
    """GET /internal/stats: from the hour of one instant to that of another, exclusive."""

    begin: Instant
    end: Instant
