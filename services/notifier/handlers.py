"""Kafka in: public events become deliveries, dispatch records become claims.

What a transaction claims is kept aside until the consumer says that it committed; then it is sent.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import orjson

from chassis.clock import Clock
from chassis.consumer import Handler, Message
from chassis.errors import Reject
from chassis.pg import Connection
from contracts.events.merchant import MerchantCreated
from contracts.events.webhook import DispatchWebhook
from contracts.topics import PAYMENT_EVENTS, REFUND_EVENTS
from services.notifier import deliveries, store
from services.notifier.deliveries import Claims, Lease
from services.notifier.dispatcher import Dispatcher
from services.notifier.endpoints import Endpoints
from services.notifier.schemas import PublicEvent

CARRIED: Final = ("refund", "payment")
EXACT_BELOW: Final = 2**53


class Intake:
    """The handlers of one consumer; its callbacks go to that consumer."""

    def __init__(
        self, dispatcher: Dispatcher, clock: Clock, lease: Lease, endpoints: Endpoints, *, order_wait: timedelta
    ) -> None:
        self._dispatcher = dispatcher
        self._clock = clock
        self._lease = lease
        self._order_wait = order_wait
        self._endpoints = endpoints
        self._claims = Claims()

    def event_handlers(self) -> Mapping[str, Handler]:
        """For payment.events and refund.events."""
        types = (*PAYMENT_EVENTS.events, *REFUND_EVENTS.events)
        return {model.TYPE: Handler(PublicEvent, self._take_events) for model in types}

    def merchant_handlers(self) -> Mapping[str, Handler]:
        """For merchant.events."""
        return {MerchantCreated.TYPE: Handler(MerchantCreated, self._take_merchants)}

    def dispatch_handlers(self) -> Mapping[str, Handler]:
        """For webhook.dispatch."""
        return {DispatchWebhook.TYPE: Handler(DispatchWebhook, self._take_dispatches)}

    def committed(self) -> None:
        """What was claimed is ours to send."""
        claims, self._claims = self._claims, Claims()
        self._dispatcher.start(claims)

    def rolled_back(self) -> None:
        """Nothing was claimed. (If a COMMIT went unanswered: the lease runs out and the sweeper takes over.)"""
        claims, self._claims = self._claims, Claims()
        self._dispatcher.forget(claims)

    async def _take_events(self, connection: Connection, messages: Sequence[Message[PublicEvent]]) -> None:
        told = [_message(message) for message in messages]
        with self._claiming() as claims:
            await deliveries.fan_out(
                connection,
                told,
                claims,
                lanes=self._dispatcher.lanes,
                lease=self._lease,
                order_wait=self._order_wait,
                now=self._clock.now(),
            )

    async def _take_merchants(self, connection: Connection, messages: Sequence[Message[MerchantCreated]]) -> None:
        for message in sorted(messages, key=lambda one: one.data.merchant.id):
            merchant = message.data.merchant
            await self._endpoints.begin(connection, merchant.id, merchant.webhook_url, self._clock.now())

    async def _take_dispatches(self, connection: Connection, messages: Sequence[Message[DispatchWebhook]]) -> None:
        wanted = [(m.data.delivery_id, m.data.run, m.data.attempt) for m in messages]
        with self._claiming() as claims:
            await deliveries.claim_scheduled(
                connection, wanted, claims, lanes=self._dispatcher.lanes, lease=self._lease, now=self._clock.now()
            )

    @contextlib.contextmanager
    def _claiming(self) -> Iterator[Claims]:
        """A handler that fails may be replayed message by message, so its claims are its own until it succeeds."""
        claims = Claims()
        try:
            yield claims
        except BaseException:
            self._dispatcher.forget(claims)
            raise
        self._claims.add(claims)


def _message(message: Message[PublicEvent]) -> store.Message:
    """An event as its merchant gets it: the objects as the event carried them, fields that we do not know included."""
    raw = orjson.loads(message.raw)
    data = {name: raw[name] for name in CARRIED if name in raw}
    payment = data.get("payment")
    if not isinstance(payment, dict) or not isinstance(payment.get("id"), str):
        raise Reject(f"event {message.attributes.id} carries no payment")
    if b".0" in message.raw:
        data = without_point_zero(data)
    about = message.attributes
    return store.Message(
        id=about.id,
        merchant_id=message.data.merchant_id,
        type=about.type,
        subject=about.subject,
        payment_id=payment["id"],
        sequence=message.data.sequence,
        body=deliveries.body_of(about.id, about.type, about.time, message.data.sequence, data),
        occurred_at=about.time,
    )


def without_point_zero(value: Any) -> Any:
    """1.0 as 1: a receiver that verifies what it re-serialised in JavaScript would not write the point."""
    if isinstance(value, dict):
        return {key: without_point_zero(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_point_zero(inner) for inner in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_BELOW:
        return int(value)
    return value
