"""The ledger as a merchant reads it: what it has in each currency, and the entries that made it so.

A balance is not summed from entries: the batch that writes them counts their amounts (chassis/counts), and reading
it costs the same whatever the history.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from chassis import counts
from chassis.pg import Connection
from contracts import ids
from services.api import store
from services.api.lists import CLOCKS_DIFFER_BY, Page, Reach, id_floor, near_and_far
from services.api.state import Account
from services.api.store import LedgerEntry

BALANCES: Final = "ledger"
"""The kind under which balances are counted, in minor units, debits positive."""

COUNT_MAX: Final = 1000
"""A total is counted to here and said to be capped beyond."""

FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST: Final = datetime(2081, 1, 1, tzinfo=UTC)
"""All entries lie between these two; ids can tell the time until a little later."""

ID_SLACK: Final = timedelta(minutes=1)
"""An entry is stamped with its batch's instant, its id with the moment it was made: no batch takes this long."""


def balance_name(currency: str, account: str) -> str:
    """The status under which an account's balance in a currency is counted."""
    return f"{currency}/{account}"


@dataclass(frozen=True, slots=True)
class Balance:
    """A merchant's money in one currency, in minor units: receivable = available + refunds pending + fees."""

    currency: str
    available_minor: int
    refunds_pending_minor: int
    receivable_minor: int
    fees_minor: int

    @classmethod
    def of(cls, currency: str, balances_minor: dict[str, int]) -> "Balance":
        """From balances by account. What the gateway owes is a credit there, and positive here."""
        return cls(
            currency,
            available_minor=-balances_minor.get("merchant_balance", 0),
            refunds_pending_minor=-balances_minor.get("refunds_payable", 0),
            receivable_minor=balances_minor.get("acquirer_receivable", 0),
            fees_minor=-balances_minor.get("fees", 0),
        )


@dataclass(frozen=True, slots=True)
class Which:
    """Which entries; None stands for all. `created_to` is included."""

    account: Account | None = None
    currency: str | None = None
    payment_id: str | None = None
    refund_id: str | None = None
    event_id: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which page: after an entry (older), before one (newer), or the newest."""

    limit: int
    starting_after: str | None = None
    ending_before: str | None = None


async def balances(connection: Connection, merchant_id: str) -> list[Balance]:
    """A merchant's balance in each currency that it ever had an entry in."""
    by_currency: dict[str, dict[str, int]] = {}
    for name, balance_minor in (await counts.of_tenant(connection, merchant_id, BALANCES)).items():
        currency, _, account = name.partition("/")
        by_currency.setdefault(currency, {})[account] = balance_minor
    return [Balance.of(currency, by_currency[currency]) for currency in sorted(by_currency)]


async def entries(connection: Connection, merchant_id: str, which: Which, cursor: Cursor) -> tuple[Page, bool]:
    """A page of entries, newest first, and whether there are more beyond it in the cursor's direction."""
    where = await _where(connection, merchant_id, which)
    if where is None:
        return Page([], 0), False
    upwards, of_payment = cursor.ending_before is not None, "payment_id" in where
    whole = Reach(where["above"], where["below"])
    reach = Reach(
        max(whole.low, cursor.ending_before or ""), min(whole.high, cursor.starting_after or whole.high), upwards
    )
    listing, counting = _QUERIES[of_payment, upwards]
    rows: list[asyncpg.Record] = []
    for part in [reach] if of_payment else near_and_far(reach, ids.LEDGER_ENTRY):
        if len(rows) <= cursor.limit:
            bounds = {"above": part.low, "below": part.high}
            rows += await listing.rows(connection, **where | bounds, limit=cursor.limit + 1 - len(rows))
    total = 0
    for part in [whole] if of_payment else near_and_far(whole, ids.LEDGER_ENTRY):
        if total <= COUNT_MAX:
            bounds = {"above": part.low, "below": part.high}
            total += await counting.value(connection, **where | bounds, most=COUNT_MAX + 1 - total)
    shown = [LedgerEntry(**dict(row)) for row in rows[: cursor.limit]]
    if upwards:
        shown.reverse()
    return Page(shown, min(total, COUNT_MAX), total > COUNT_MAX), len(rows) > cursor.limit


_QUERIES: Final = {
    (False, False): (store.queries.list_entries, store.queries.count_entries),
    (False, True): (store.queries.list_entries_upwards, store.queries.count_entries),
    (True, False): (store.queries.list_entries_of_payment, store.queries.count_entries_of_payment),
    (True, True): (store.queries.list_entries_of_payment_upwards, store.queries.count_entries_of_payment),
}
"""(of one payment, from the oldest on) to what lists a page and what counts all."""


async def _where(connection: Connection, merchant_id: str, which: Which) -> dict[str, Any] | None:
    """The queries' arguments for these entries; None when there can be none."""
    where: dict[str, Any] = {"merchant_id": merchant_id, **_bounds(which)}
    payment_id = which.payment_id
    if which.refund_id is not None:
        of = await store.queries.payment_of_refund.value(connection, merchant_id=merchant_id, refund_id=which.refund_id)
        if of is None or payment_id not in (None, of):
            return None
        payment_id = of
    if payment_id is not None:
        where |= {"payment_id": payment_id, "refund_id": which.refund_id}
    names = (name.partition("/") for name in await counts.of_tenant(connection, merchant_id, BALANCES))
    pairs = [
        (account, currency)
        for currency, _, account in names
        if which.account in (None, account) and which.currency in (None, currency)
    ]
    return where | {"accounts": [account for account, _ in pairs], "currencies": [currency for _, currency in pairs]}


def _bounds(which: Which) -> dict[str, Any]:
    """Between which ids the entries lie: an index range, where an instant alone would be a filter."""
    created_from, created_to = _clamped(which.created_from or FIRST), _clamped(which.created_to or LAST)
    above = ids.id_floor(ids.LEDGER_ENTRY, created_from - ID_SLACK)
    below = ids.id_floor(ids.LEDGER_ENTRY, min(created_to + ID_SLACK, datetime.now(UTC) + CLOCKS_DIFFER_BY))
    if which.payment_id is not None:
        above = max(above, id_floor(ids.LEDGER_ENTRY, ids.instant_of(which.payment_id) - CLOCKS_DIFFER_BY))
    if which.event_id is not None:
        of_event = f"{ids.LEDGER_ENTRY}_{which.event_id.removeprefix(f'{ids.EVENT}_')}"
        above, below = max(above, of_event), min(below, f"{of_event}~")
    return {"above": above, "below": below, "created_from": created_from, "created_to": created_to}


def _clamped(at: datetime) -> datetime:
    return min(max(at, FIRST), LAST)
