"""Refunds in and out."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from chassis.validation import Text
from contracts import ids
from contracts.events.refund import Refund, RefundState
from services.api.schemas.fields import Amount, Metadata, Request, told_id, told_names
from services.api.schemas.lists import Expand, ExportQuery, ListFilter, ListQuery, SearchText, check_id

REASON_MAX_CHARS = 500


class CreateRefund(Request):
    """POST /api/v1/payments/{id}/refunds; no amount gives all back."""

    amount: Amount | None = None
    """At most what is left; unset: all of it."""
    reason: Annotated[Text, Field(max_length=REASON_MAX_CHARS)] | None = None
    """Yours, for your books."""
    metadata: Metadata | None = None


class RefundsFilter(ListFilter):
    """Which refunds."""

    PREFIX = ids.REFUND

    status: RefundState | None = None
    payment_id: Annotated[str | None, told_id(ids.PAYMENT)] = None
    q: Annotated[
        SearchText | None,
        Field(description="A refund's id, or its payment's"),
        told_id(f"({ids.REFUND}|{ids.PAYMENT})"),
    ] = None

    @field_validator("payment_id")
    @classmethod
    def _is_a_payment(cls, text: str | None, info: ValidationInfo) -> str | None:
        return text if text is None else check_id(text, info.field_name, ids.PAYMENT)


class RefundsQuery(RefundsFilter, ListQuery):
    """GET /api/v1/refunds"""


class RefundsExportQuery(RefundsFilter, ExportQuery):
    """GET /api/v1/refunds/export"""

    COLUMNS = (
        *("id", "payment_id", "amount", "currency", "kind", "reason", "status", "metadata"),
        *("error_code", "error_description", "created_at", "updated_at", "processed_at"),
    )


class RefundQuery(Request):
    """GET /api/v1/refunds/{id}"""

    expand: Annotated[Expand, told_names("payment", gaps=True)] = None


class RefundAnswer(Refund):
    """A refund; its payment with `expand=payment`."""

    payment: dict[str, Any] | None = None
