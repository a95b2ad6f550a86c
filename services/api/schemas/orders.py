"""Orders in and out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from chassis.validation import Text
from contracts.money import AMOUNT_MAX_MINOR, AMOUNT_MIN_MINOR
from services.api.schemas.fields import Metadata, Request
from services.api.schemas.lists import PageQuery

RECEIPT_MAX_CHARS = 255


class CreateOrder(Request):
    """POST /api/v1/orders"""

    amount: Annotated[int, Field(strict=True, ge=AMOUNT_MIN_MINOR, le=AMOUNT_MAX_MINOR)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "INR"
    receipt: Annotated[Text, Field(max_length=RECEIPT_MAX_CHARS)] | None = None
    notes: Metadata | None = None


class OrdersQuery(PageQuery):
    """GET /api/v1/orders"""

    status: Literal["created", "attempted", "paid"] | None = None


class OrderAnswer(BaseModel):
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
    created_at: datetime
    updated_at: datetime


class PublicOrder(BaseModel):
    """What anybody who knows an order's id may see."""

    id: str
    amount: int
    currency: str
    status: Literal["created", "attempted", "paid"]
