"""What merchants send and receive. The family's routes ignore unknown fields; ours refuse them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.validation import JsonObject, Text
from contracts.events.payment import CaptureMode, Payment
from contracts.events.refund import Refund
from contracts.money import AMOUNT_MAX_MINOR, AMOUNT_MIN_MINOR

PAGE_LIMIT_DEFAULT = 10
PAGE_LIMIT_MAX = 100
PAGE_OFFSET_MAX = 100_000
RECEIPT_MAX_CHARS = 255
REASON_MAX_CHARS = 500
METADATA_KEYS_MAX = 50

ShortText = Annotated[Text, Field(max_length=255)]
Metadata = Annotated[JsonObject, Field(max_length=METADATA_KEYS_MAX)]
Amount = Annotated[int, Field(strict=True, gt=0, le=AMOUNT_MAX_MINOR)]


class Request(BaseModel):
    """A body of the family's routes. It shows no values: one of them may be a card number."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    __str__ = __repr__


class CreateOrder(Request):
    """POST /api/v1/orders"""

    amount: Annotated[int, Field(strict=True, ge=AMOUNT_MIN_MINOR, le=AMOUNT_MAX_MINOR)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "INR"
    receipt: Annotated[Text, Field(max_length=RECEIPT_MAX_CHARS)] | None = None
    notes: Metadata | None = None


class CardInput(Request):
    """A card, in the request that brings it and nowhere else."""

    number: Annotated[str, Field(max_length=32)]
    expiry_month: int | str
    expiry_year: int | str
    cvv: Annotated[str, Field(max_length=8)]
    holder_name: Annotated[Text, Field(max_length=255)] | None = None


class CreatePayment(Request):
    """POST /api/v1/payments; the card nested or flat."""

    order_id: Annotated[Text, Field(min_length=1, max_length=64)]
    method: Literal["upi", "card"]
    vpa: ShortText | None = None
    card: CardInput | None = None
    card_number: Annotated[str, Field(max_length=32)] | None = None
    card_expiry: Annotated[str, Field(max_length=8)] | None = None
    card_cvv: Annotated[str, Field(max_length=8)] | None = None
    card_holder: Annotated[Text, Field(max_length=255)] | None = None
    capture: CaptureMode = "manual"
    metadata: Metadata | None = None

    @model_validator(mode="after")
    def _has_its_instrument(self) -> "CreatePayment":
        if self.method == "upi" and self.vpa is None:
            raise ValueError("vpa is required for a UPI payment")
        if self.method == "card" and self.card is None and None in (self.card_number, self.card_expiry, self.card_cvv):
            raise ValueError("card is required for a card payment: number, expiry_month, expiry_year, cvv")
        return self


class CapturePayment(Request):
    """POST /api/v1/payments/{id}/capture; no amount takes all."""

    amount: Amount | None = None


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""


class CreateRefund(Request):
    """POST /api/v1/payments/{id}/refunds; no amount gives all back."""

    amount: Amount | None = None
    reason: Annotated[Text, Field(max_length=REASON_MAX_CHARS)] | None = None
    metadata: Metadata | None = None


class PageQuery(Request):
    """Where a list starts and how long it is."""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0


class OrdersQuery(PageQuery):
    """GET /api/v1/orders"""

    status: Literal["created", "attempted", "paid"] | None = None


class PaymentsQuery(PageQuery):
    """GET /api/v1/payments"""

    status: Literal["pending", "requires_action", "success", "failed", "canceled", "expired"] | None = None
    order_id: ShortText | None = None


class RefundsQuery(PageQuery):
    """GET /api/v1/refunds"""

    status: Literal["pending", "processed", "failed"] | None = None
    payment_id: ShortText | None = None


class AuditQuery(Request):
    """GET /api/v1/audit; `wait_s`: how long to wait for what is still in flight, in s."""

    wait_s: Annotated[float, Field(ge=0, le=60)] = 10.0


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


class PaymentAnswer(Payment):
    """A payment."""


class RefundAnswer(Refund):
    """A refund."""


class ListAnswer(BaseModel):
    """A page, newest first. `total_capped`: there are more than `total` says."""

    data: list[dict[str, Any]]
    total: int
    total_capped: bool = False
    limit: int
    offset: int
    has_more: bool
