"""What the notifier says: to itself through the dispatch and delay topics, and to merchants over HTTP."""

from datetime import datetime
from typing import Annotated, ClassVar, Final, Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from contracts.events.base import Event, Model
from contracts.events.payment import Payment
from contracts.events.refund import Refund

ApiVersion = Literal["2026-11-01"]
API_VERSION: Final[ApiVersion] = "2026-11-01"
"""The form of the body below. An endpoint is pinned to the version that it was made with."""

WebhookEventType = Literal[
    "payment.created",
    "payment.pending",
    "payment.requires_action",
    "payment.success",
    "payment.failed",
    "payment.captured",
    "payment.canceled",
    "payment.expired",
    "payment.disputed",
    "refund.created",
    "refund.processed",
    "refund.failed",
    "webhook.test",
    "webhook_endpoint.disabled",
]

EVERY_TYPE: Final = "*"


def group_of(event_type: str) -> str:
    """The pattern of a type and all that begin like it: `payment.*`."""
    return f"{event_type.partition('.')[0]}.*"


EVENT_PATTERNS: Final = (
    EVERY_TYPE,
    *sorted({group_of(name) for name in get_args(WebhookEventType)}),
    *get_args(WebhookEventType),
)
"""What an endpoint can ask for: everything, a group, a type."""


class DispatchWebhook(Event):
    """Attempt `attempt` of `run` of a delivery is due at `due_at_ms` (Unix milliseconds). It carries no payload:
    Postgres is the truth, and a record that no longer matches it is dropped."""

    TYPE: ClassVar[str] = "webhook.dispatch"

    delivery_id: str
    run: int
    attempt: int
    due_at_ms: int


class WebhookTest(Model):
    """The data of a `webhook.test` event."""

    message: str


class DisabledEndpoint(Model):
    """An endpoint that is told nothing any more: its server said that it is gone, or every attempt failed for days."""

    id: str
    url: str | None
    description: str
    disabled_reason: str
    disabled_at: datetime


class WebhookData(Model):
    """The object an event is about; a refund's event carries its payment too."""

    model_config = ConfigDict(extra="forbid")

    payment: Payment | None = None
    refund: Refund | None = None
    test: WebhookTest | None = None
    webhook_endpoint: DisabledEndpoint | None = None


class WebhookPayload(Model):
    """The JSON body a merchant receives."""

    model_config = ConfigDict(extra="forbid")

    id: str
    event: WebhookEventType
    timestamp: Annotated[int, Field(strict=True)]
    """When it happened, in whole Unix seconds."""
    sequence: Annotated[int, Field(strict=True)]
    data: WebhookData


_PAYLOAD: TypeAdapter[WebhookPayload] = TypeAdapter(WebhookPayload)


def parse_webhook(body: bytes) -> WebhookPayload:
    """The payload of a webhook's exact body. Raises pydantic's ValidationError when it breaks the contract."""
    return _PAYLOAD.validate_json(body)
