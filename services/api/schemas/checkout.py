"""What the checkout asks."""

from typing import Final

from services.api.schemas.fields import OwnRequest, ShortText

ORDERS_MAX: Final = 100


class CheckoutOrdersQuery(OwnRequest):
    """GET /internal/checkout/orders"""

    ids: str
    """Separated by commas, at most 100."""
    key: ShortText | None = None
    """The public part of an API key: only orders of its merchant are told of."""
    merchant_id: ShortText | None = None
