"""Checkout sessions and settings in and out, which the checkout reads and writes: these describe them. And what the
checkout itself asks."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from chassis.validation import Instant, Text
from contracts import ids
from services.api.schemas.fields import OwnRequest, ShortText, Shown, told, told_id
from services.api.schemas.lists import PageQuery

ORDERS_MAX: Final = 100
URL_MAX_CHARS: Final = 2048
ORIGINS_MAX: Final = 50

Locale = Literal["en", "hi", "es", "fr", "de", "ar"]
Theme = Literal["auto", "light", "dark"]
ReturnUrl = Annotated[Text, Field(max_length=URL_MAX_CHARS), told("^https?://")]
Origin = Annotated[str, told("^https?://[a-z0-9.-]+(:[0-9]+)?$")]


class CheckoutOrdersQuery(OwnRequest):
    """GET /internal/checkout/orders"""

    ids: str
    """Separated by commas, at most 100."""
    key: ShortText | None = None
    """The public part of an API key: only orders of its merchant are told of."""
    merchant_id: ShortText | None = None


class CheckoutPrefill(OwnRequest):
    """What the page's fields hold at first. Never a card's number."""

    vpa: ShortText | None = None
    holder_name: ShortText | None = None


class CreateCheckoutSession(OwnRequest):
    """POST /api/v1/checkout/sessions"""

    order_id: Annotated[str, Field(max_length=64), told_id(ids.ORDER)]
    """One of yours that can be paid."""
    success_url: ReturnUrl | None = None
    """Where the buyer goes once it is paid, with `payment_id`, `order_id` and `signature` added to its query.
    `{CHECKOUT_SESSION_ID}` in it stands for the session's id. Unset: the page stays."""
    cancel_url: ReturnUrl | None = None
    """Where the buyer can go back to without paying."""
    expires_at: Instant | None = None
    """Unset: in 24 hours; at most in 30 days."""
    locale: Locale | None = None
    """Unset: what the buyer's browser prefers."""
    theme: Theme | None = None
    prefill: CheckoutPrefill | None = None


class CheckoutSessionsQuery(PageQuery, OwnRequest):
    """GET /api/v1/checkout/sessions"""

    order_id: Annotated[str | None, told_id(ids.ORDER)] = None
    starting_after: Annotated[
        str | None, Field(description="Go on after this id, towards older ones"), told_id(ids.CHECKOUT_SESSION)
    ] = None
    ending_before: Annotated[
        str | None, Field(description="The page right before this id, newest first too"), told_id(ids.CHECKOUT_SESSION)
    ] = None


class CheckoutSessionAnswer(Shown):
    """A hosted page on which an order is paid: a link to send to a buyer."""

    id: str
    url: str
    """The page."""
    order_id: str
    amount: int
    currency: str
    status: Literal["open", "complete", "expired"]
    """`complete`: the order is paid."""
    success_url: str | None
    cancel_url: str | None
    locale: Locale | None
    theme: Theme | None
    prefill: dict[str, Any]
    expires_at: datetime
    created_at: datetime


class SaveCheckoutSettings(OwnRequest):
    """PUT /api/v1/checkout/settings"""

    allowed_origins: Annotated[list[Origin], Field(max_length=ORIGINS_MAX)] | None
    """The sites that may show your checkout in a frame, as browsers write origins: `https://shop.example`, with the
    port where it is not the usual one. `[]`: none. null: the gateway's default, which is any page of this machine in
    test mode, and none otherwise. The hosted page needs none."""


class CheckoutSettingsAnswer(Shown):
    """What was said, and what that comes to."""

    allowed_origins: list[str] | None
    effective_origins: list[str]
    """`http://localhost:*` stands for any port."""
