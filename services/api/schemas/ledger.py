"""The ledger's queries and answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from chassis.validation import Instant
from contracts.money import Currency
from services.api.schemas.fields import OwnRequest, Shown
from services.api.schemas.lists import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX

AccountName = Literal["merchant_balance", "acquirer_receivable", "refunds_payable", "fees"]
EntryId = Annotated[str, Field(pattern=r"^le_[0-9A-Za-z]{18}$")]


class BalanceQuery(OwnRequest):
    """GET /api/v1/balance takes nothing."""


class EntriesQuery(OwnRequest):
    """GET /api/v1/ledger_entries; instants without a zone are UTC, both ends are included."""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    starting_after: EntryId | None = None
    ending_before: EntryId | None = None
    account: AccountName | None = None
    currency: Currency | None = None
    payment_id: Annotated[str, Field(pattern=r"^pay_[0-9A-Za-z]{16}$")] | None = None
    refund_id: Annotated[str, Field(pattern=r"^rfnd_[0-9A-Za-z]{16}$")] | None = None
    event_id: Annotated[str, Field(pattern=r"^evt_[0-9A-Za-z]{16}$")] | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None

    @model_validator(mode="after")
    def _has_one_cursor(self) -> "EntriesQuery":
        if self.starting_after is not None and self.ending_before is not None:
            raise ValueError("send starting_after or ending_before, not both")
        return self


class CurrencyBalance(Shown):
    """A merchant's money in one currency, in minor units. receivable = available + refunds_pending + fees."""

    currency: str
    available: int = Field(
        description="What the gateway owes the merchant: captured, less fees and refunds (those under way, too). "
        "Negative when more was given back than is left, since a refund does not give back the fee"
    )
    refunds_pending: int = Field(description="Set aside for refunds that are under way")
    receivable: int = Field(description="What the acquirer owes the gateway: captured less what was given back")
    fees: int = Field(description="What the gateway kept of captures")


class BalanceAnswer(Shown):
    """A balance per currency, as of the moment it was read."""

    data: list[CurrencyBalance]


class Entry(Shown):
    """One side of a posting: debits positive, so that the entries of an event sum to zero."""

    id: str
    event_id: str
    event_type: str | None = Field(description="Null for entries that were written before it was kept")
    account: AccountName
    amount: int
    currency: str
    payment_id: str
    refund_id: str | None
    created_at: datetime


class EntriesAnswer(Shown):
    """A page, newest first. `total_capped`: there are more than `total` says."""

    data: list[Entry]
    total: int
    total_capped: bool = False
    limit: int
    has_more: bool
