"""The `webhooks` of OpenAPI 3.1: what the gateway POSTs to a merchant's server, and with which headers."""

from typing import Any, Final, get_args

import orjson

from contracts.events import EVENT_TYPES
from contracts.events.webhook import WebhookEventType, WebhookPayload
from services.api.reference.golden import golden

WEBHOOK_MODELS: Final = (WebhookPayload,)
NOTIFIERS_OWN: Final = {
    "webhook.test": "You asked for a test.",
    "webhook_endpoint.disabled": (
        "Another of your endpoints is told nothing any more: its server answered 410, or every attempt failed for "
        "days. `sequence` counts how often that has happened to it."
    ),
}
HEADERS: Final = {
    "X-Webhook-Signature": (
        "Hex HMAC-SHA256 of the exact body, keyed with the text of the endpoint's secret.",
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
    "webhook-id": (
        "Standard Webhooks: the event's id, the same in every attempt. Act once per id.",
        {"type": "string"},
    ),
    "webhook-timestamp": (
        "Standard Webhooks: when this attempt was made, in whole Unix seconds. Refuse what is old.",
        {"type": "string", "pattern": "^[0-9]+$"},
    ),
    "webhook-signature": (
        "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`; several, apart by spaces, while a "
        "secret rotates. The key is what follows `whsec_` in base64 (or the secret's text, when that is no base64).",
        {"type": "string"},
    ),
    "Paygate-Version": (
        "The form of the body: the version that the endpoint is pinned to.",
        {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    ),
}
WHILE_ROTATING: Final = {
    "X-Webhook-Signature-Former": (
        "What `X-Webhook-Signature` would be with the endpoint's former secret: sent for as long as that one is good "
        "after a roll.",
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
}
ANSWERS: Final = {
    "2XX": {"description": "Received. What the body says does not matter."},
    "410": {"description": "The endpoint is gone: it is disabled and told nothing any more."},
    "default": {
        "description": "Not received: tried again, five attempts in all. `Retry-After` is honoured; redirects are not "
        "followed."
    },
}


def webhooks() -> dict[str, Any]:
    """One entry per type of event."""
    return {event: {"post": _operation(event)} for event in get_args(WebhookEventType)}


def _operation(event: str) -> dict[str, Any]:
    model = EVENT_TYPES.get(event)
    examples = {
        name: {"value": orjson.loads(body)}
        for name, body in golden("webhook-body").items()
        if orjson.loads(body)["event"] == event
    }
    payload = {"allOf": [{"$ref": "#/components/schemas/WebhookPayload"}, {"properties": {"event": {"const": event}}}]}
    return {
        "operationId": "on" + "".join(word.capitalize() for word in event.split(".")),
        "tags": ["Webhooks"],
        "summary": event,
        "description": (model.__doc__ or "") if model else NOTIFIERS_OWN[event],
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": name in HEADERS, "description": words, "schema": schema}
            for name, (words, schema) in {**HEADERS, **WHILE_ROTATING}.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": payload, **({"examples": examples} if examples else {})}},
        },
        "responses": ANSWERS,
    }
