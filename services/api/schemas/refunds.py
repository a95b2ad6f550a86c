"""Refunds in and out."""

from typing import Annotated, Literal

from pydantic import Field

from chassis.validation import Text
from contracts.events.refund import Refund
from services.api.schemas.fields import Amount, Metadata, Request, ShortText
from services.api.schemas.lists import PageQuery

REASON_MAX_CHARS = 500


class CreateRefund(Request):
    """POST /api/v1/payments/{id}/refunds; no amount gives all back."""

    amount: Amount | None = None
    reason: Annotated[Text, Field(max_length=REASON_MAX_CHARS)] | None = None
    metadata: Metadata | None = None


class RefundsQuery(PageQuery):
    """GET /api/v1/refunds"""

    status: Literal["pending", "processed", "failed"] | None = None
    payment_id: ShortText | None = None


class RefundAnswer(Refund):
    """A refund."""
