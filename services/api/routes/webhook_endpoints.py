"""/api/v1/webhook_endpoints: the notifier's, shown on the merchants' one host."""

from typing import Any, Final

from pydantic import BaseModel

from chassis.http import Route
from contracts import ids
from services.api.auth import Authenticator
from services.api.routes.forwarding import Forwarding, Named
from services.api.schemas.lists import ListAnswer
from services.api.schemas.webhook_endpoints import (
    CreateWebhookEndpoint,
    DeletedWebhookEndpointAnswer,
    NewWebhookEndpointAnswer,
    RolledSecretAnswer,
    RollWebhookSecret,
    UpdateWebhookEndpoint,
    WebhookEndpointAnswer,
    WebhookEndpointsQuery,
)
from services.api.schemas.webhooks import WebhookTestAnswer

ENDPOINT: Final[Named] = (ids.ENDPOINT, "Webhook endpoint")
CREATED = (
    "The only answer that shows the secret, besides its replays and those of a roll. Every event from now on goes to "
    "each enabled endpoint that asks for its type."
)
CHANGED = (
    "What is sent is changed, the rest stays. It counts for the attempts that begin from now on, those of earlier "
    "events among them; which events go there was decided when they happened."
)
DELETED = (
    "What waits to be sent there ends as failed when its turn comes; its log stays readable. The default endpoint "
    "stays: take its URL away instead."
)
ROLLED = (
    "The former secret signs beside the new one for `overlap_h` hours: `webhook-signature` holds both signatures, "
    "`X-Webhook-Signature` is of the new one and `X-Webhook-Signature-Former` of the former. Rolling again meanwhile "
    "drops the oldest at once."
)
TESTED = "A `webhook.test` event for this endpoint alone, whatever types it asks for."


def webhook_endpoint_routes(notifier: Forwarding, merchant: Authenticator) -> list[Route]:
    """The table."""
    base, to = "/api/v1/webhook_endpoints", "/internal/webhook_endpoints"
    reads, writes = merchant.needs("webhooks:read"), merchant.needs("webhooks:write")

    def forwarded(method: str, rest: str, summary: str, answer: type[BaseModel], **asked: Any) -> Route:
        scope = reads if method == "GET" else writes
        handle = notifier.to(f"{to}{rest}", ENDPOINT if rest else None)
        return Route(method, f"{base}{rest}", handle, summary, scope, answer=answer, forwarded=True, **asked)

    return [
        forwarded(
            "GET",
            "",
            "List webhook endpoints",
            ListAnswer[WebhookEndpointAnswer],
            query=WebhookEndpointsQuery,
            description="Newest first, the default one among them, and never a secret.",
        ),
        forwarded(
            "POST",
            "",
            "Create a webhook endpoint",
            NewWebhookEndpointAnswer,
            body=CreateWebhookEndpoint,
            status=201,
            description=CREATED,
        ),
        forwarded("GET", "/{id}", "Get a webhook endpoint", WebhookEndpointAnswer, description="Without its secret."),
        forwarded(
            "PATCH",
            "/{id}",
            "Change a webhook endpoint",
            WebhookEndpointAnswer,
            body=UpdateWebhookEndpoint,
            description=CHANGED,
        ),
        forwarded(
            "DELETE",
            "/{id}",
            "Delete a webhook endpoint",
            DeletedWebhookEndpointAnswer,
            description=DELETED,
            errors=("BAD_REQUEST_ERROR",),
        ),
        forwarded(
            "POST",
            "/{id}/roll-secret",
            "Replace an endpoint's secret, the former one signing on for a while",
            RolledSecretAnswer,
            body=RollWebhookSecret,
            body_optional=True,
            description=ROLLED,
        ),
        forwarded(
            "POST",
            "/{id}/test",
            "Send a test event to an endpoint",
            WebhookTestAnswer,
            description=TESTED,
        ),
    ]
