"""Payments in and out."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import ConfigDict, Field, RootModel, ValidationInfo, field_validator, model_validator
from pydantic.config import JsonDict

from chassis.validation import Text, api_error
from contracts import ids
from contracts.events.payment import CaptureMode, NextAction, Payment, PaymentMethod, PaymentStatus, RefundStatus
from services.api.cards import LAST4_PATTERN, VPA_PATTERN
from services.api.origin import Actor
from services.api.schemas.fields import (
    Amount,
    Metadata,
    OwnRequest,
    Request,
    ShortText,
    Shown,
    told,
    told_id,
    told_names,
)
from services.api.schemas.lists import Expand, ExportQuery, ListFilter, ListQuery, SearchText, check_id
from services.api.schemas.orders import PublicOrder

FLAT_CARD: Final = ("card_number", "card_expiry", "card_cvv")


class CardInput(Request):
    """A card, in the request that brings it and nowhere else."""

    number: Annotated[str, Field(max_length=32)]
    expiry_month: int | str
    expiry_year: int | str
    cvv: Annotated[str, Field(max_length=8)]
    holder_name: Annotated[Text, Field(max_length=255)] | None = None


INSTRUMENTS: Final[JsonDict] = {
    "anyOf": [
        {"properties": {"method": {"const": "upi"}, "vpa": {"type": "string"}}, "required": ["vpa"]},
        {"properties": {"method": {"const": "card"}, "card": {"type": "object"}}, "required": ["card"]},
        {
            "properties": {"method": {"const": "card"}, **{name: {"type": "string"} for name in FLAT_CARD}},
            "required": [*FLAT_CARD],
        },
    ]
}
"""What the reference says of what goes with which method."""


class PayOrder(Request):
    """POST /api/v1/payments/public; the card nested or flat. How the money is taken is the shop's affair, and
    `metadata` is the shop's word: a buyer says neither."""

    model_config = ConfigDict(json_schema_extra=INSTRUMENTS)

    order_id: Annotated[Text, Field(min_length=1, max_length=64)]
    method: Literal["upi", "card"]
    vpa: Annotated[ShortText, told(f"^{VPA_PATTERN.pattern}$")] | None = None
    """For `upi`: the payer's address, name@bank."""
    card: CardInput | None = None
    """For `card`; or the flat fields below."""
    card_number: Annotated[str, Field(max_length=32)] | None = None
    card_expiry: Annotated[str, Field(max_length=8)] | None = None
    """MM/YY or MM/YYYY."""
    card_cvv: Annotated[str, Field(max_length=8)] | None = None
    card_holder: Annotated[Text, Field(max_length=255)] | None = None

    @model_validator(mode="after")
    def _has_its_instrument(self) -> Self:
        if self.method == "upi" and self.vpa is None:
            raise ValueError("vpa is required for a UPI payment")
        if self.method == "card" and self.card is None and None in [getattr(self, name) for name in FLAT_CARD]:
            raise ValueError("card is required for a card payment: number, expiry_month, expiry_year, cvv")
        return self


class CreatePayment(PayOrder):
    """POST /api/v1/payments; the card nested or flat."""

    capture: CaptureMode = "manual"
    """`automatic` takes the money as soon as the payment succeeds."""
    metadata: Metadata | None = None
    """Yours: kept as it is sent. At most 50 keys, 16 KiB."""


class CapturePayment(Request):
    """POST /api/v1/payments/{id}/capture; no amount takes all."""

    amount: Amount | None = None
    """At most what is authorised and not reversed; unset: all of it."""


class PaymentsFilter(ListFilter):
    """Which payments."""

    PREFIX = ids.PAYMENT

    status: PaymentStatus | None = None
    method: PaymentMethod | None = None
    order_id: Annotated[str | None, told_id(ids.ORDER)] = None
    captured: bool | None = None
    refund_status: RefundStatus | None = None
    vpa: Annotated[SearchText | None, Field(description="The whole UPI address"), told(f"^{VPA_PATTERN.pattern}$")] = (
        None
    )
    last4: Annotated[str | None, Field(description="A card's last four digits"), told("^[0-9]{4}$")] = None
    receipt: Annotated[SearchText | None, Field(description="The order's")] = None

    @field_validator("order_id")
    @classmethod
    def _is_an_order(cls, text: str | None, info: ValidationInfo) -> str | None:
        return text if text is None else check_id(text, info.field_name, ids.ORDER)

    @field_validator("last4")
    @classmethod
    def _is_four_digits(cls, text: str | None) -> str | None:
        if text is not None and not LAST4_PATTERN.fullmatch(text):
            raise api_error("BAD_REQUEST_ERROR", "last4 must be four digits")
        return text

    @field_validator("vpa")
    @classmethod
    def _is_an_address(cls, text: str | None) -> str | None:
        if text is not None and not VPA_PATTERN.fullmatch(text):
            raise api_error("BAD_REQUEST_ERROR", "vpa must look like name@bank")
        return text


class PaymentsQuery(PaymentsFilter, ListQuery):
    """GET /api/v1/payments"""

    expand: Annotated[Expand, told_names("timeline", "order", gaps=True)] = None


class PaymentsExportQuery(PaymentsFilter, ExportQuery):
    """GET /api/v1/payments/export"""

    COLUMNS = (
        *("id", "order_id", "amount", "currency", "method", "vpa", "card_network", "card_last4", "status", "capture"),
        *("captured", "amount_captured", "amount_refunded", "amount_reversed", "refund_status", "fee", "disputed"),
        *("capture_before", "error_code", "error_description", "decline_code", "metadata", "created_at", "updated_at"),
    )


class PaymentQuery(Request):
    """GET /api/v1/payments/{id}"""

    expand: Annotated[Expand, told_names("timeline", "order", "refunds", gaps=True)] = None


class TimelineEntry(Shown):
    """A change of a payment: when, to what, who caused it and by what."""

    at: datetime
    event: Annotated[str | None, Field(description="What told of it; null for a change that no event tells")]
    status: PaymentStatus
    actor: Actor
    cause: Annotated[str, Field(description="The route that was called, what the acquirer said, which deadline passed")]
    refund_id: str | None = None
    amount: Annotated[int | None, Field(description="The refund's, in minor units")] = None
    error_code: str | None = None
    request_id: str | None = None
    api_key: str | None = None
    user: Annotated[str | None, Field(description="Who did it at the dashboard, by email")] = None


class PaymentAnswer(Payment):
    """A payment; the last three with `expand`, lists up to the newest 100."""

    timeline: list[TimelineEntry] | None = None
    order: dict[str, Any] | None = None
    refunds: list[dict[str, Any]] | None = None


class PaymentsAnswer(RootModel[list[PaymentAnswer]]):
    """A page of payments without its envelope."""


class PublicPayment(Shown):
    """What a buyer may see of a payment: how it goes, nothing of how it is paid."""

    id: str
    order_id: str
    amount: int
    currency: str
    method: PaymentMethod
    status: PaymentStatus
    next_action: NextAction | None = None
    error_code: str | None
    error_description: str | None
    decline_code: str | None
    signature: str | None
    """For the shop's server, while the status is `success`, else null: hex HMAC-SHA256 of `order_id|payment_id`. Its
    key is the secret of the API key that the request names or, for a publishable key or none, of the profile's
    `api_key`: the oldest live one that may do all."""
    created_at: datetime


class PublicStreamQuery(OwnRequest):
    """GET /api/v1/orders/{id}/public/stream"""

    key: ShortText | None = None
    """What `X-Api-Key` says elsewhere: a browser's EventSource sends no headers."""


class PublicOrderPayments(Shown):
    """What a buyer may see of an order: what is to be paid, and how the newest tries go."""

    order: PublicOrder
    payments: list[PublicPayment]
    """Newest first, at most 10."""
