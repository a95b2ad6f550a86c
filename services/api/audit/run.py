"""Runs the audit: streams every service's rows, joins them, and looks twice at whatever differs.

The services' rows are read at slightly different instants, so a difference counts when a second look finds it
again; what is in flight is waited for, and told as skipped when it does not arrive in time.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, cast

from asyncpg import Record

from chassis import pg
from chassis.clock import Clock
from chassis.pg import Connection, Pool
from chassis.sql import Query
from services.api.audit import rules
from services.api.audit.merge import Row, merge
from services.api.audit.rules import Difference
from services.api.peers import Peers
from services.api.store import payment_from, queries

LOOK_AGAIN_AFTER_S = 0.5
DIFFERENCES_MAX = 1000
CHUNK_ROWS = 1000
STATEMENT_TIMEOUT_MS = 60_000
READER_PATIENCE_MS = 120_000


class Report:
    """What one look found."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.checked: dict[str, int] = {}
        self.differences: set[Difference] = set()
        self.in_flight: set[Difference] = set()

    def add(self, found: Iterator[Difference]) -> None:
        """Keep at most DIFFERENCES_MAX of each kind."""
        for difference in found:
            kept = self.in_flight if difference.in_flight else self.differences
            if len(kept) < DIFFERENCES_MAX:
                kept.add(_hashable(difference))

    def view(self, confirmed: set[Difference]) -> dict[str, Any]:
        """The answer. What is still in flight was not compared: it is skipped, and the audit is not ok."""
        shown = sorted(confirmed, key=lambda d: (d.check, d.object))
        return {
            "ok": not confirmed and not self.in_flight,
            "differences": [_view(difference) for difference in shown],
            "checked": self.checked,
            "skipped": len(self.in_flight),
            "in_flight": [_view(d) for d in sorted(self.in_flight, key=lambda d: (d.check, d.object))[:20]],
            "as_of": self.as_of,
        }


class Auditor:
    """Looks at everything, or at one merchant's part."""

    def __init__(self, pool: Pool, peers: Peers, clock: Clock) -> None:
        self._pool = pool
        self._peers = peers
        self._clock = clock

    async def audit(self, merchant_id: str | None, *, wait_s: float) -> dict[str, Any]:
        """The report, after waiting at most `wait_s` for what is in flight. Raises PeerAway."""
        deadline_s = asyncio.get_running_loop().time() + wait_s
        report = await self._look(merchant_id)
        confirmed: set[Difference] = set()
        looks = 1
        while report.differences or report.in_flight:
            late = asyncio.get_running_loop().time() > deadline_s
            if late and looks > 1:
                break
            await asyncio.sleep(LOOK_AGAIN_AFTER_S)
            again = await self._look(merchant_id)
            confirmed = report.differences & again.differences
            report, looks = again, looks + 1
            if confirmed and not report.in_flight:
                break
        return report.view(confirmed)

    async def _look(self, merchant_id: str | None) -> Report:
        report = Report(self._clock.now())
        async with pg.snapshot(self._pool, reader_patience_ms=READER_PATIENCE_MS) as connection:
            await queries.allow_long_statements.value(connection, milliseconds=str(STATEMENT_TIMEOUT_MS))
            await self._check_payments(connection, merchant_id, report)
            await self._check_refunds(connection, merchant_id, report)
            await self._check_orders(connection, merchant_id, report)
            await self._check_messages(connection, merchant_id, report)
            await self._check_totals(connection, merchant_id, report)
        return report

    async def _check_payments(self, connection: Connection, merchant_id: str | None, report: Report) -> None:
        streams = {
            "payments": _rows(connection, queries.audit_payments, merchant_id=merchant_id),
            "ledger": _rows(connection, queries.audit_ledger, merchant_id=merchant_id),
            "refunds": _rows(connection, queries.audit_refunds_by_payment, merchant_id=merchant_id),
            "events": _of_kind(_rows(connection, queries.audit_events, merchant_id=merchant_id), "pay_"),
            "commands": _rows(connection, queries.audit_open_commands),
            "effects": self._peer_rows("processor", "effects", "payment_id", merchant_id),
        }
        counts: dict[str, int] = {}
        async for key, rows in merge(streams, counts):
            payment = payment_from(cast(Record, rows["payments"][0])) if rows["payments"] else None
            if payment is None and merchant_id is not None and not any(rows[n] for n in rows if n != "commands"):
                continue  # another merchant's command
            report.add(rules.check_payment(payment, key, rows))
            if payment is not None:
                report.add(rules.check_refund_effects(payment, rows))
        report.checked["payments"] = counts["payments"]
        report.checked["acquirer_effects"] = counts["effects"]
        report.checked["ledger_balances"] = counts["ledger"]

    async def _check_refunds(self, connection: Connection, merchant_id: str | None, report: Report) -> None:
        streams = {
            "refunds": _rows(connection, queries.audit_refunds, merchant_id=merchant_id),
            "events": _of_kind(_rows(connection, queries.audit_events, merchant_id=merchant_id), "rfnd_"),
            "executions": self._peer_rows("refunder", "executions", "refund_id", merchant_id),
        }
        counts: dict[str, int] = {}
        async for key, rows in merge(streams, counts):
            report.add(rules.check_refund(rows["refunds"][0] if rows["refunds"] else None, key, rows))
        report.checked["refunds"] = counts["refunds"]

    async def _check_orders(self, connection: Connection, merchant_id: str | None, report: Report) -> None:
        streams = {
            "orders": _rows(connection, queries.audit_orders, merchant_id=merchant_id),
            "payments": _rows(connection, queries.audit_payments_by_order, merchant_id=merchant_id),
        }
        counts: dict[str, int] = {}
        async for key, rows in merge(streams, counts):
            report.add(rules.check_order(key, rows))
        report.checked["orders"] = counts["orders"]

    async def _check_messages(self, connection: Connection, merchant_id: str | None, report: Report) -> None:
        streams = {
            "published": _rows(connection, queries.audit_published, merchant_id=merchant_id),
            "messages": self._peer_rows("notifier", "messages", "event_id", merchant_id),
        }
        counts: dict[str, int] = {}
        deliveries: dict[str, int] = {"pending": 0, "success": 0, "failed": 0}
        async for key, rows in merge(streams, counts):
            report.add(rules.check_message(key, rows))
            for message in rows["messages"]:
                for status in deliveries:
                    deliveries[status] += message[status]
        report.checked["events"] = counts["published"]
        report.checked |= {f"deliveries_{status}": number for status, number in deliveries.items()}

    async def _check_totals(self, connection: Connection, merchant_id: str | None, report: Report) -> None:
        """Zero per currency and per posting, no gap in the log, and as many rows checked as there are."""
        for row in await queries.audit_currencies.rows(connection, merchant_id=merchant_id):
            report.add(rules.differs("ledger.zero", row["currency"], 0, row["balance"]))
        for row in await queries.audit_postings.rows(connection, merchant_id=merchant_id):
            report.add(rules.differs("ledger.posting_zero", row["event_id"], 0, row["balance"]))
        counts = await queries.audit_counts.row(connection, merchant_id=merchant_id)
        positions = await queries.audit_positions.row(connection, merchant_id=merchant_id)
        if counts is None or positions is None:
            raise RuntimeError("a count has no row")
        report.checked["ledger_entries"] = counts["ledger_entries"]
        for name in ("orders", "payments", "refunds", "events"):
            report.add(rules.differs("audit.rows_checked", name, counts[name], report.checked[name]))
        if merchant_id is None:
            report.add(rules.differs("events.position", "event_log", positions["events"], positions["last_position"]))

    async def _peer_rows(
        self, peer: str, what: str, id_field: str, merchant_id: str | None
    ) -> AsyncIterator[dict[str, Any]]:
        params = {"merchant_id": merchant_id} if merchant_id else {}
        async for row in self._peers.stream(peer, f"/internal/audit/{what}", params):
            yield {**row, "id": row[id_field]}


async def _rows(connection: Connection, query: Query, **arguments: Any) -> AsyncIterator[Row]:
    async for chunk in query.chunks(connection, CHUNK_ROWS, **arguments):
        for row in chunk:
            yield row


async def _of_kind(rows: AsyncIterator[Row], prefix: str) -> AsyncIterator[Row]:
    async for row in rows:
        if row["id"].startswith(prefix):
            yield row


def _hashable(difference: Difference) -> Difference:
    return Difference(
        difference.check,
        difference.object,
        _text(difference.expected),
        _text(difference.found),
        difference.in_flight,
    )


def _text(value: Any) -> Any:
    return value if isinstance(value, str | int | None) else str(value)


def _view(difference: Difference) -> dict[str, Any]:
    return {
        "check": difference.check,
        "object": difference.object,
        "expected": difference.expected,
        "found": difference.found,
    }
