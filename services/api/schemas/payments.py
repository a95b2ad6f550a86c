"""Payments in and out."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from chassis.validation import Text
from contracts.events.payment import CaptureMode, Payment
from services.api.schemas.fields import Amount, Metadata, Request, ShortText
from services.api.schemas.lists import PageQuery


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


class PaymentsQuery(PageQuery):
    """GET /api/v1/payments"""

    status: Literal["pending", "requires_action", "success", "failed", "canceled", "expired"] | None = None
    order_id: ShortText | None = None


class PaymentAnswer(Payment):
    """A payment."""
