"""Webhook deliveries and settings in and out. The notifier reads the requests and writes the answers: these describe
them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chassis.validation import Instant, Text
from contracts import ids
from contracts.events.webhook import WebhookEventType
from services.api.schemas.fields import OwnRequest, Request, Shown, told_id
from services.api.schemas.lists import PageQuery

RETRY_LIMIT_MAX = 1000

DeliveryId = Annotated[str, told_id(ids.DELIVERY)]
EndpointId = Annotated[str, told_id(ids.ENDPOINT)]
EventId = Annotated[str, told_id(ids.EVENT)]
PaymentId = Annotated[str, told_id(ids.PAYMENT)]
FailureReason = Literal["exhausted", "gone", "endpoint_disabled", "endpoint_deleted"]
DeliveryStatus = Literal["pending", "success", "failed"]


class DeliveriesQuery(PageQuery):
    """GET /api/v1/webhooks"""

    status: DeliveryStatus | None = None
    event: Annotated[Text, Field(max_length=64)] | None = None
    webhook_endpoint_id: Annotated[EndpointId | None, Field(description="Those to this endpoint")] = None
    failure_reason: Annotated[FailureReason | None, Field(description="Those that failed for this reason")] = None
    payment_id: Annotated[PaymentId | None, Field(description="A payment's and its refunds'")] = None
    event_id: Annotated[EventId | None, Field(description="Those of this event, one for each endpoint")] = None
    starting_after: Annotated[DeliveryId | None, Field(description="Go on after this id, towards older ones")] = None
    ending_before: Annotated[
        DeliveryId | None, Field(description="The page right before this id, newest first too")
    ] = None
    created_from: Annotated[Instant | None, Field(description="Included; a date is its first instant")] = None
    created_to: Annotated[Instant | None, Field(description="Not included; a date is its first instant")] = None


class DeliveryAnswer(Shown):
    """An event on its way to an endpoint. `attempts`, `response_code` and `error` are those of the current `run`,
    which a manual retry begins anew. `waiting_for` is `order` where an endpoint with ordering has not had an earlier
    event of the same object yet: it is sent after that one, and at `next_attempt_at` at the latest."""

    id: str
    event: WebhookEventType
    event_id: str
    subject: str
    payment_id: str | None
    webhook_endpoint_id: str
    status: DeliveryStatus
    run: int
    attempts: int
    created_at: datetime
    last_attempt_at: datetime | None
    next_attempt_at: datetime | None
    waiting_for: Literal["order"] | None
    response_code: int | None
    error: str | None
    failure_reason: FailureReason | None


class AttemptAnswer(Shown):
    """What was sent and what came back. The body sent is the delivery's `request_body`. `phases` are the ms of
    `duration_ms` by phase, as far as the attempt got. Without an answer there is no `response_status`, and `error` says
    why; of a long one `response_body` is the beginning (`response_body_truncated`). `next_attempt_at`: when the attempt
    after it was to be made, if any."""

    run: int
    attempt: int
    trigger: Literal["auto", "manual", "bulk", "sweeper"]
    at: datetime
    duration_ms: float
    phases: dict[str, float]
    url: str
    request_headers: dict[str, str]
    response_status: int | None
    response_headers: dict[str, str] | None
    response_body: str | None
    response_body_truncated: bool
    error_class: Literal["dns", "connect", "tls", "timeout", "status", "blocked"] | None
    error: str | None
    next_attempt_at: datetime | None


class DeliveryDetailAnswer(DeliveryAnswer):
    """A delivery with the payload that is sent, and every attempt of every run, oldest first. `request_body` is that
    payload as the text that was sent and signed, byte for byte. The log is kept for a while: of an older delivery it
    tells later attempts at most, and is not whole (`attempt_log_whole`)."""

    url: str | None
    payload: dict[str, Any]
    request_body: str
    attempt_log_whole: bool
    attempt_log: list[AttemptAnswer]


class RetryAnswer(Shown):
    """The delivery's attempts start afresh."""

    id: str
    status: Literal["pending"]
    message: str


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
    """POST /api/v1/webhooks/retry; the oldest first. `dry_run` tells what would be done, and does nothing.
    `starting_after`: the `next_cursor` of the call before, to meet each delivery once even if it fails again meanwhile.
    """

    filter: RetryFilter
    limit: Annotated[int, Field(strict=True, ge=1, le=RETRY_LIMIT_MAX)] = 100
    starting_after: DeliveryId | None = None
    dry_run: Annotated[bool, Field(strict=True)] = False


class RetryManyAnswer(Shown):
    """How many start afresh, and how many more match: call again with `starting_after` = `next_cursor` until there is
    none. `remaining_capped`: there may be more than `remaining` says, as one call looks at so many deliveries."""

    scheduled: int
    remaining: int
    remaining_capped: bool = False
    next_cursor: str | None = None
    dry_run: bool


class ResendEvent(OwnRequest):
    """POST /api/v1/events/{id}/resend: to every endpoint that is enabled and asks for such events, or to the one named,
    whatever it asks for."""

    webhook_endpoint_id: EndpointId | None = None


class ResentDelivery(Shown):
    """A delivery of the event, to be made at once: the first `run` to an endpoint that had none of it, or the next."""

    id: str
    webhook_endpoint_id: str
    run: int


class ResendAnswer(Shown):
    """The deliveries that begin."""

    id: str
    event: WebhookEventType
    deliveries: list[ResentDelivery]
    message: str


class SaveWebhook(Request):
    """PUT /api/v1/merchants/webhook: a URL, or null to be told nothing any more."""

    webhook_url: Text | None


class WebhookStateAnswer(Shown):
    """Where webhooks go. An endpoint that answered 410, or where every attempt failed for
    days, is disabled, and says why."""

    webhook_url: str | None
    webhook_enabled: bool
    webhook_disabled_reason: str | None
    webhook_disabled_at: datetime | None
    webhook_failing_since: datetime | None


class WebhookSettingsAnswer(WebhookStateAnswer):
    """Where webhooks go and what they are signed with."""

    webhook_secret: str


class ProfileAnswer(WebhookStateAnswer):
    """The merchant with its webhook settings, and the keys it goes by: the oldest that may do all, the newest that is
    public."""

    webhook_secret: str | None
    """Null for who may not change it."""
    id: str
    name: str
    email: str
    api_key: str | None
    publishable_key: str | None
    created_at: datetime


class WebhookSecretAnswer(Shown):
    """The new secret; the old one signs nothing from now on."""

    webhook_secret: str


class WebhookTestAnswer(Shown):
    """The delivery of a `webhook.test` event."""

    id: str
    event: Literal["webhook.test"]
    status: Literal["pending"]
    message: str
