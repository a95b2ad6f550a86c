"""Runs the audit: streams every service's rows, joins them, and looks twice at whatever differs.

The api's rows are all of one instant, the other services' of a slightly later one. So a difference counts when a
second look finds it again; what is in flight is waited for, and told as skipped when it does not arrive in time.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, cast

from asyncpg import Record

from chassis import counts, pg
from chassis.clock import Clock
from chassis.pg import Connection, Pool
from chassis.sql import Query
from services.api import ledger
from services.api.audit import rules
from services.api.audit.checks import Difference, Differences, differs
from services.api.audit.merge import Stream, merge
from services.api.audit.payment_rules import check_payment, missing
from services.api.audit.report import Report
from services.api.peers import Peers
from services.api.store import payment_from, queries

LOOK_AGAIN_AFTER_S: Final = 0.5
CHUNK_ROWS: Final = 1000
STATEMENT_TIMEOUT_MS: Final = 120_000
READER_PATIENCE_MS: Final = 300_000

PAYMENTS: Final = {"above": "pay_", "below": "pay`"}
REFUNDS: Final = {"above": "rfnd_", "below": "rfnd`"}
"""Ranges of ids: what begins with the prefix."""


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
            look = _Look(connection, self._peers, merchant_id, report)
            await look.at_payments()
            await look.at_refunds()
            await look.at_orders()
            await look.at_events()
            await look.at_totals()
        return report


class _Look:
    """One look, at what a connection's snapshot shows."""

    def __init__(self, connection: Connection, peers: Peers, merchant_id: str | None, report: Report) -> None:
        self._connection = connection
        self._peers = peers
        self._merchant_id = merchant_id
        self._report = report
        self._totals: Counter[tuple[str, str, str]] = Counter()

    async def at_payments(self) -> None:
        """Each payment with everything that names it."""
        streams = {
            "payments": self._rows(queries.audit_payments, queries.audit_payments_of_merchant),
            "entries": self._rows(queries.audit_entries_by_payment, queries.audit_entries_by_payment_of_merchant),
            "refunds": self._rows(queries.audit_refunds_by_payment, queries.audit_refunds_by_payment_of_merchant),
            "events": self._rows(queries.audit_events, queries.audit_events_of_merchant, **PAYMENTS),
            "waiting": self._waiting(queries.audit_waiting_events, **PAYMENTS),
            "commands": self._rows(queries.audit_open_commands, queries.audit_open_commands_of_merchant),
            "attempts": self._peer("processor", "attempts", "payment_id"),
            "effects": self._peer("processor", "effects", "payment_id"),
        }
        found: dict[str, int] = {}
        async for key, rows in merge(streams, found):
            for entry in rows["entries"]:
                name = ledger.balance_name(entry["currency"], entry["account"])
                self._totals[entry["merchant_id"], ledger.BALANCES, name] += entry["amount_minor"]
            if not rows["payments"]:
                self._report.add(missing("payment.exists", key, rows, "a payment"))
                continue
            payment = payment_from(cast(Record, rows["payments"][0]))
            self._totals[payment.merchant_id, "payments", payment.status] += 1
            self._report.add(check_payment(payment, rows))
        self._count(found, "payments", "attempts", "effects")

    async def at_refunds(self) -> None:
        """Each refund with its execution and its events."""
        streams = {
            "refunds": self._rows(queries.audit_refunds, queries.audit_refunds_of_merchant),
            "events": self._rows(queries.audit_events, queries.audit_events_of_merchant, **REFUNDS),
            "waiting": self._waiting(queries.audit_waiting_events, **REFUNDS),
            "executions": self._peer("refunder", "executions", "refund_id"),
        }
        found: dict[str, int] = {}
        async for key, rows in merge(streams, found):
            if not rows["refunds"]:
                self._report.add(missing("refund.exists", key, rows, "a refund"))
                continue
            refund = rows["refunds"][0]
            self._totals[refund["merchant_id"], "refunds", refund["status"]] += 1
            self._report.add(rules.check_refund(refund, rows))
        self._count(found, "refunds", "executions")

    async def at_orders(self) -> None:
        """Each order with its payments."""
        streams = {
            "orders": self._rows(queries.audit_orders, queries.audit_orders_of_merchant),
            "payments": self._rows(queries.audit_payments_by_order, queries.audit_payments_by_order_of_merchant),
        }
        found: dict[str, int] = {}
        async for key, rows in merge(streams, found):
            if not rows["orders"]:
                self._report.add(missing("order.exists", key, rows, "an order"))
                continue
            order = rows["orders"][0]
            self._totals[order["merchant_id"], "orders", order["status"]] += 1
            self._report.add(rules.check_order(order, rows["payments"]))
        self._count(found, "orders")

    async def at_events(self) -> None:
        """Each event with the posting that it caused and what the notifier made of it."""
        checked = self._report.checked
        streams = {
            "published": self._rows(queries.audit_published, queries.audit_published_of_merchant),
            "waiting": self._waiting(queries.audit_waiting),
            "entries": self._rows(queries.audit_entries_by_event, queries.audit_entries_by_event_of_merchant),
            "messages": self._peer("notifier", "messages", "event_id"),
            "deliveries": self._peer("notifier", "deliveries", "event_id"),
        }
        found: dict[str, int] = {}
        async for key, rows in merge(streams, found):
            self._report.add(rules.check_event(key, rows))
            for delivery in rows["deliveries"]:
                for status in ("pending", "success", "failed"):
                    checked[f"deliveries_{status}"] += delivery[status]
                checked["webhook_attempts"] += delivery["attempts_logged"]
                checked["webhook_attempts_forgotten"] += delivery["attempts_forgotten"]
        checked["ledger_entries"], checked["events"] = found["entries"], found["published"]
        self._count(found, "messages")

    async def at_totals(self) -> None:
        """Zero per currency, running totals, positions, the outbox, and as many rows checked as there are."""
        currencies: Counter[str] = Counter()
        for (_, kind, name), amount_minor in self._totals.items():
            if kind == ledger.BALANCES:
                currencies[name.partition("/")[0]] += amount_minor
        for currency, balance_minor in currencies.items():
            self._report.add(differs("ledger.zero", currency, 0, balance_minor))
        self._report.add(self._check_running(await self._running()))
        await self._check_row_counts()
        if self._merchant_id is None:
            await self._check_log()

    async def _running(self) -> Mapping[tuple[str, str, str], int]:
        if self._merchant_id is None:
            return await counts.everything(self._connection)
        return {
            (self._merchant_id, kind, status): total
            for kind in ("orders", "payments", "refunds", ledger.BALANCES)
            for status, total in (await counts.of_tenant(self._connection, self._merchant_id, kind)).items()
        }

    def _check_running(self, running: Mapping[tuple[str, str, str], int]) -> Differences:
        for key in sorted({*self._totals, *running}):
            merchant_id, kind, status = key
            check = "ledger.running" if kind == ledger.BALANCES else "totals.rows"
            name = f"{merchant_id} {kind} {status}"
            yield from differs(check, name, self._totals[key], running.get(key, 0))

    async def _check_row_counts(self) -> None:
        if self._merchant_id is None:
            there = await queries.audit_row_counts.row(self._connection)
        else:
            there = await queries.audit_row_counts_of_merchant.row(self._connection, merchant_id=self._merchant_id)
        if there is None:
            raise RuntimeError("counts have no row")
        for name, count in there.items():
            self._report.add(differs("audit.rows_checked", name, count, self._report.checked[name]))

    async def _check_log(self) -> None:
        positions = await queries.audit_positions.row(self._connection)
        if positions is None:
            raise RuntimeError("positions have no row")
        expected = {"last": positions["events"], "given": positions["events"]}
        found = {"last": positions["last_position"], "given": positions["given"]}
        self._report.add(differs("events.position", "event_log", expected, found))
        for row in await queries.audit_outbox.rows(self._connection):
            waits = Difference("outbox.empty", row["topic"], 0, row["waiting"], in_flight=True)
            self._report.add(iter((waits,)))

    def _rows(self, all_of_them: Query, of_a_merchant: Query, **where: Any) -> Stream:
        if self._merchant_id is None:
            return all_of_them.chunks(self._connection, CHUNK_ROWS, **where)
        return of_a_merchant.chunks(self._connection, CHUNK_ROWS, merchant_id=self._merchant_id, **where)

    def _waiting(self, query: Query, **where: Any) -> Stream:
        return query.chunks(self._connection, CHUNK_ROWS, merchant_id=self._merchant_id, **where)

    def _peer(self, peer: str, what: str, key: str) -> Stream:
        params = {"merchant_id": self._merchant_id} if self._merchant_id else {}
        return self._peers.stream(peer, f"/internal/audit/{what}", params, key=key)

    def _count(self, found: Mapping[str, int], *names: str) -> None:
        self._report.checked.update({name: found[name] for name in names})
