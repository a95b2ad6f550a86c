"""/api/v1/checkout: hosted sessions and settings, which are the checkout's, shown on the merchants' one host."""

from typing import Any, Final

from pydantic import BaseModel

from chassis.http import Route
from contracts import ids
from services.api.auth import Authenticator
from services.api.routes.forwarding import Forwarding, Named
from services.api.schemas.checkout import (
    CheckoutSessionAnswer,
    CheckoutSessionsQuery,
    CheckoutSettingsAnswer,
    CreateCheckoutSession,
    SaveCheckoutSettings,
)
from services.api.schemas.lists import ListAnswer

SESSION: Final[Named] = (ids.CHECKOUT_SESSION, "Checkout session")
CREATED = (
    "A page of the gateway's own on which this order is paid: send the buyer to its `url`, or the `url` to the buyer. "
    "An order may have several; whichever is paid first completes them all."
)
EXPIRED = "Nobody can begin to pay there any more. What has expired stays so; what is complete is refused."
SAVED = (
    "Which sites may show the checkout in a frame; it counts for pages that are loaded from now on. A site is compared "
    "as the browser names it, to the letter."
)


def checkout_routes(checkout: Forwarding, merchant: Authenticator) -> list[Route]:
    """The table."""
    base, to = "/api/v1/checkout", "/internal/checkout"
    reads, writes = merchant.needs("checkout:read"), merchant.needs("checkout:write")

    def forwarded(method: str, rest: str, summary: str, answer: type[BaseModel], **asked: Any) -> Route:
        scope = reads if method == "GET" else writes
        handle = checkout.to(f"{to}{rest}", SESSION if "{" in rest else None)
        return Route(method, f"{base}{rest}", handle, summary, scope, answer=answer, forwarded=True, **asked)

    return [
        forwarded(
            "POST",
            "/sessions",
            "Create a checkout session",
            CheckoutSessionAnswer,
            body=CreateCheckoutSession,
            status=201,
            description=CREATED,
            errors=("NOT_FOUND_ERROR",),
        ),
        forwarded(
            "GET",
            "/sessions",
            "List checkout sessions",
            ListAnswer[CheckoutSessionAnswer],
            query=CheckoutSessionsQuery,
            description="Newest first.",
        ),
        forwarded(
            "GET", "/sessions/{id}", "Get a checkout session", CheckoutSessionAnswer, description="As it is now."
        ),
        forwarded(
            "POST",
            "/sessions/{id}/expire",
            "End a checkout session before its time",
            CheckoutSessionAnswer,
            description=EXPIRED,
        ),
        forwarded(
            "GET",
            "/settings",
            "Which sites may show the checkout",
            CheckoutSettingsAnswer,
            description="What you said, and what is in effect.",
            operation="getCheckoutSettings",
        ),
        forwarded(
            "PUT",
            "/settings",
            "Say which sites may show the checkout",
            CheckoutSettingsAnswer,
            body=SaveCheckoutSettings,
            description=SAVED,
        ),
    ]
