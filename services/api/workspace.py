"""The batch rule: what one transaction holds, changes and writes.

Many requests or results are folded, one by one in arrival order, over objects that are loaded and locked once
(orders → payments → refunds, each by id) and written once. A payment that two commands of one batch touch is
written in its last state, with the events of both: a joined UPDATE with the same row twice would apply one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from chassis import changes, counts, outbox
from chassis.changes import Change
from chassis.http import JSON_OPTIONS
from chassis.outbox import OutboxMessage
from chassis.pg import Connection
from contracts import ids
from contracts.topics import PAYMENT_EVENTS, REFUND_EVENTS
from services.api import ledger, store
from services.api.acquirer_commands import make_command
from services.api.answers import RESEND_AFTER
from services.api.origin import Origin
from services.api.state import Decision, Order, Payment, Posting, Refund
from services.api.stats import name_of, payment_figures, refund_figures
from services.api.store import LedgerEntry, OpenCommand, Receipt
from services.api.views import instant, payment_view, refund_view


class Workspace:
    """Loaded, decided upon, then written by `flush` in the transaction of its connection."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.orders: dict[str, Order] = {}
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, Refund] = {}
        self._free_receipts: set[Receipt] = set()
        self._loaded: set[str] = set()
        self._changed: set[str] = set()
        self._messages: list[OutboxMessage] = []
        self._entries: list[LedgerEntry] = []
        self._commands: list[OpenCommand] = []
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._hour = counts.hour_of(now)
        self._at = instant(now)

    @classmethod
    async def load(
        cls,
        connection: Connection,
        now: datetime,
        *,
        held: Mapping[str, Order] | None = None,
        payments: Iterable[str] = (),
        refunds: Iterable[str] = (),
        receipts: Iterable[Receipt] = (),
        orders_of_payments: bool = False,
    ) -> "Workspace":
        """Lock and read what the batch touches. `held`: orders that are locked already; `orders_of_payments`: the
        payments' orders are to be locked, since they change, too.

        `receipts` are claimed for new orders: who comes second finds them taken.
        """
        work = cls(now)
        if wanted := sorted(set(receipts)):
            work._free_receipts = await store.claim_receipts(connection, wanted)
        work.orders = dict(held or {})
        payment_ids, refund_ids = set(payments), set(refunds)
        if refund_ids:
            payment_ids |= await store.payment_ids_of_refunds(connection, refund_ids)
        if orders_of_payments and payment_ids:
            work.orders = await store.lock_orders_of_payments(connection, payment_ids)
        if payment_ids:
            work.payments = await store.lock_payments(connection, payment_ids)
        if refund_ids:
            work.refunds = await store.lock_refunds(connection, refund_ids)
        work._loaded = work.orders.keys() | work.payments.keys() | work.refunds.keys()
        return work

    def add_order(self, order: Order) -> None:
        """A new order."""
        self._put_order(order)

    def take_receipt(self, receipt: Receipt) -> bool:
        """Whether this receipt may be given to a new order: once, and only if no other order has it."""
        free = receipt in self._free_receipts
        self._free_receipts.discard(receipt)
        return free

    def apply(self, decision: Decision, origin: Origin) -> None:
        """Take a decision into the batch: objects, events with their sequence numbers, postings, commands."""
        if decision.order is not None:
            self._put_order(decision.order)
        payment = decision.payment
        refund = decision.refund
        event_ids = [ids.new_id(ids.EVENT) for _ in decision.events]
        if payment is not None:
            payment = payment._replace(timeline=payment.timeline + self._entries_of(payment, decision, origin))
        if refund is not None:
            if payment is None:
                raise RuntimeError("a refund changes together with its payment")
            self._put_payment(payment)
            refund = self._tell_refund(refund, payment, decision.events, event_ids, origin.traceparent)
        elif payment is not None:
            payment = self._tell_payment(payment, decision.events, event_ids, origin.traceparent)
        if decision.posting is not None and payment is not None:
            self._post(decision.posting, event_ids[0], decision.events[0], payment, refund)
        if decision.command is not None and payment is not None:
            command = make_command(decision.command, payment, refund, origin.merchant_name)
            self._commands.append(command)
            self._messages.append(command_message(command, self.now, origin.traceparent))

    async def flush(self, connection: Connection, *, also: Sequence[Change] = ()) -> bool:
        """Write everything once, together with what the caller has to write; whether there are messages to publish."""
        changed = self._changed
        known, fresh = changed & self._loaded, changed - self._loaded
        everything = [
            *store.insert_orders(o for o in self.orders.values() if o.id in fresh),
            *store.update_orders(o for o in self.orders.values() if o.id in known),
            *store.insert_payments(p for p in self.payments.values() if p.id in fresh),
            *store.update_payments(p for p in self.payments.values() if p.id in known),
            *store.insert_refunds(r for r in self.refunds.values() if r.id in fresh),
            *store.update_refunds(r for r in self.refunds.values() if r.id in known),
            *store.insert_ledger_entries(self._entries),
            *store.insert_open_commands(self._commands, self.now + RESEND_AFTER),
            *counts.added(self._counts),
            *outbox.appended(self._messages),
            *also,
        ]
        await changes.write(connection, everything)
        return bool(self._messages)

    def _entries_of(self, payment: Payment, decision: Decision, origin: Origin) -> tuple[dict[str, Any], ...]:
        """For the payment's timeline: one for each event, or one for a change that is told by none."""
        entry: dict[str, Any] = {"at": self._at, "status": payment.status, "actor": origin.actor}
        entry["cause"] = origin.cause
        if decision.refund is not None:
            entry |= {"refund_id": decision.refund.id, "amount": decision.refund.amount_minor}
        if payment.error_code is not None and decision.refund is None:
            entry["error_code"] = payment.error_code
        if origin.request_id is not None:
            entry |= {"request_id": origin.request_id, "api_key": origin.api_key}
        if origin.user is not None:
            entry["user"] = origin.user
        return tuple({**entry, "event": event} for event in decision.events or (None,))

    def _put_order(self, order: Order) -> None:
        before = self.orders.get(order.id)
        self._count("orders", order.merchant_id, before.status if before else None, order.status)
        self.orders[order.id] = order
        self._changed.add(order.id)

    def _put_payment(self, payment: Payment) -> None:
        before = self.payments.get(payment.id)
        self._count("payments", payment.merchant_id, before.status if before else None, payment.status)
        self._happened(payment, payment_figures(before, payment))
        self.payments[payment.id] = payment
        self._changed.add(payment.id)

    def _put_refund(self, refund: Refund) -> None:
        before = self.refunds.get(refund.id)
        self._count("refunds", refund.merchant_id, before.status if before else None, refund.status)
        self._happened(refund, refund_figures(before, refund))
        self.refunds[refund.id] = refund
        self._changed.add(refund.id)

    def _count(self, kind: str, merchant_id: str, before: str | None, after: str) -> None:
        if before == after:
            return
        self._counts[merchant_id, kind, after] += 1
        if before is not None:
            self._counts[merchant_id, kind, before] -= 1

    def _happened(self, changed: Payment | Refund, figures: Iterable[tuple[str, int]]) -> None:
        for figure, number in figures:
            self._counts[changed.merchant_id, self._hour, name_of(changed.currency, figure)] += number

    def _tell_payment(
        self, payment: Payment, types: tuple[str, ...], event_ids: list[str], traceparent: str | None
    ) -> Payment:
        numbered = payment._replace(sequence=payment.sequence + len(types))
        self._put_payment(numbered)
        view = orjson.Fragment(orjson.dumps(payment_view(numbered), option=JSON_OPTIONS))
        for offset, (type_, event_id) in enumerate(zip(types, event_ids, strict=True), start=1):
            data = {"sequence": payment.sequence + offset, "merchant_id": payment.merchant_id, "payment": view}
            self._tell(PAYMENT_EVENTS.name, type_, event_id, payment, payment.id, data, traceparent)
        return numbered

    def _tell_refund(
        self, refund: Refund, payment: Payment, types: tuple[str, ...], event_ids: list[str], traceparent: str | None
    ) -> Refund:
        numbered = refund._replace(sequence=refund.sequence + len(types))
        self._put_refund(numbered)
        shown = {"refund": refund_view(numbered), "payment": payment_view(payment)}
        views = {name: orjson.Fragment(orjson.dumps(view, option=JSON_OPTIONS)) for name, view in shown.items()}
        for offset, (type_, event_id) in enumerate(zip(types, event_ids, strict=True), start=1):
            data = {"sequence": refund.sequence + offset, "merchant_id": refund.merchant_id, **views}
            self._tell(REFUND_EVENTS.name, type_, event_id, payment, refund.id, data, traceparent)
        return numbered

    def _tell(
        self,
        topic: str,
        type_: str,
        event_id: str,
        payment: Payment,
        subject: str,
        data: dict[str, Any],
        traceparent: str | None,
    ) -> None:
        self._messages.append(
            OutboxMessage(
                topic=topic,
                key=payment.id,
                event_id=event_id,
                type=type_,
                subject=subject,
                occurred_at=self.now,
                data=orjson.dumps(data, option=JSON_OPTIONS),
                tenant=payment.merchant_id,
                traceparent=traceparent,
            )
        )

    def _post(self, posting: Posting, event_id: str, event_type: str, payment: Payment, refund: Refund | None) -> None:
        if sum(amount for _, amount in posting.entries) != 0:
            raise RuntimeError(f"posting of {event_id} does not sum to zero: {posting}")
        body = event_id.removeprefix(f"{ids.EVENT}_")
        for number, (account, amount_minor) in enumerate(posting.entries, start=1):
            self._counts[payment.merchant_id, ledger.BALANCES, ledger.balance_name(payment.currency, account)] += (
                amount_minor
            )
            self._entries.append(
                LedgerEntry(
                    id=f"{ids.LEDGER_ENTRY}_{body}{number:02}",
                    event_id=event_id,
                    event_type=event_type,
                    merchant_id=payment.merchant_id,
                    account=account,
                    amount_minor=amount_minor,
                    currency=payment.currency,
                    payment_id=payment.id,
                    refund_id=refund.id if refund else None,
                    created_at=self.now,
                )
            )


def command_message(command: OpenCommand, now: datetime, traceparent: str | None) -> OutboxMessage:
    """A command on its way, for the first time or again: a new event id, the same attempt."""
    return OutboxMessage(
        topic=command.topic,
        key=command.payment_id,
        event_id=ids.new_id(ids.EVENT),
        type=command.type,
        subject=command.payment_id,
        occurred_at=now,
        data=command.data,
        traceparent=traceparent,
    )
