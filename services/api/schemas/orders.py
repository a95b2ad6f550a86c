"""Orders in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from chassis.validation import Text
from contracts import ids
from contracts.money import AMOUNT_MAX_MINOR, AMOUNT_MIN_MINOR
from services.api.schemas.fields import Metadata, Request, Shown, told_names
from services.api.schemas.lists import Expand, ExportQuery, ListFilter, ListQuery, SearchText

RECEIPT_MAX_CHARS = 255


class CreateOrder(Request):
    """POST /api/v1/orders"""

    amount: Annotated[int, Field(strict=True, ge=AMOUNT_MIN_MINOR, le=AMOUNT_MAX_MINOR)]
    """In the currency's minor unit: 50000 is ₹500.00."""
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "INR"
    receipt: Annotated[Text, Field(max_length=RECEIPT_MAX_CHARS)] | None = None
    """Your own name for it."""
    notes: Metadata | None = None
    """Yours: kept as they are sent. At most 50 keys, 16 KiB."""
    unique_receipt: Annotated[bool, Field(strict=True)] = False
    """Refuse the order when another one of the merchant's has this receipt."""
    expires_at: AwareDatetime | None = None
    """From this instant on no payment of the order can be begun; unset: never."""

    @model_validator(mode="after")
    def _has_the_receipt_that_is_to_be_unique(self) -> "CreateOrder":
        if self.unique_receipt and self.receipt is None:
            raise ValueError("receipt is required with unique_receipt")
        return self


class OrdersFilter(ListFilter):
    """Which orders."""

    PREFIX = ids.ORDER

    status: Literal["created", "attempted", "paid"] | None = None
    receipt: SearchText | None = None


class OrdersQuery(OrdersFilter, ListQuery):
    """GET /api/v1/orders"""


class OrdersExportQuery(OrdersFilter, ExportQuery):
    """GET /api/v1/orders/export"""

    COLUMNS = (
        *("id", "amount", "currency", "receipt", "notes", "status", "amount_paid", "amount_due", "attempts"),
        *("expires_at", "created_at", "updated_at"),
    )


class OrderQuery(Request):
    """GET /api/v1/orders/{id}"""

    expand: Annotated[Expand, told_names("payments", gaps=True)] = None


class OrderAnswer(Shown):
    """An order."""

    id: str
    merchant_id: str
    amount: int
    currency: str
    receipt: str | None
    notes: dict[str, Any]
    status: Literal["created", "attempted", "paid"]
    amount_paid: int
    amount_due: int
    attempts: int
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    payments: list[dict[str, Any]] | None = None
    """The newest 100, with `expand=payments`."""


class PublicOrder(Shown):
    """What anybody who knows an order's id may see."""

    id: str
    amount: int
    currency: str
    status: Literal["created", "attempted", "paid"]
    expires_at: datetime | None
