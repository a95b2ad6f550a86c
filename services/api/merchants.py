"""Merchants: made by the operator, each with its first keys, and told of to the other services."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from chassis import outbox
from chassis.clock import Clock
from chassis.http import JSON_OPTIONS
from chassis.kafka import ClusterWatch
from chassis.outbox import OutboxMessage
from chassis.pg import Connection
from contracts import ids
from contracts.events.merchant import MerchantCreated
from contracts.topics import MERCHANT_EVENTS
from services.api import store
from services.api.api_keys import KeyMaker
from services.api.schemas.merchants import CreateMerchant
from services.api.store import queries

TOLD_AT_ONCE: Final = 500


class Merchants:
    """The use cases, each in its caller's transaction."""

    def __init__(self, clock: Clock, watch: ClusterWatch, maker: KeyMaker) -> None:
        self._clock = clock
        self._watch = watch
        self._maker = maker

    async def create(self, connection: Connection, asked: CreateMerchant) -> dict[str, Any]:
        """The new merchant with its keys; the secret is in no other answer."""
        now = self._clock.now()
        merchant_id = ids.new_id(ids.MERCHANT)
        row = {"id": merchant_id, "name": asked.name, "email": asked.email, "created_at": now}
        await queries.insert_merchant.run(
            connection, **row, first_webhook_url=asked.webhook_url, told_cluster=await self._cluster()
        )
        key, secret = self._maker.make(merchant_id, "secret", "Default")
        publishable, _ = self._maker.make(merchant_id, "publishable", "Publishable")
        await store.insert_api_keys(connection, [key, publishable], now)
        await outbox.append(connection, [created_message({**row, "first_webhook_url": asked.webhook_url}, now)])
        keys = {"api_key": key.key, "api_secret": secret, "publishable_key": publishable.key}
        return {**row, **keys, "webhook_url": asked.webhook_url}

    async def _cluster(self) -> str:
        """The Kafka cluster that will be told; "" while nobody knows it, and then the sweep tells once more."""
        return await self._watch.cluster_id() if self._watch.connected else ""


class Announcements:
    """Tells a Kafka cluster of every merchant that it has not been told of: those that were there before the topic was,
    the seeded one, and all of them after the broker has lost its data."""

    def __init__(self, clock: Clock, watch: ClusterWatch) -> None:
        self._clock = clock
        self._watch = watch

    async def tell_merchants(self, connection: Connection) -> bool:
        """A step of the sweep."""
        if not self._watch.connected:
            return False
        rows = await queries.take_untold_merchants.rows(
            connection, cluster_id=await self._watch.cluster_id(), limit=TOLD_AT_ONCE
        )
        now = self._clock.now()
        await outbox.append(connection, [created_message(dict(row), now) for row in rows])
        return len(rows) >= TOLD_AT_ONCE


def created_message(merchant: Mapping[str, Any], now: datetime) -> OutboxMessage:
    """`merchant.created`. It has no tenant: it is no event of the merchant's own log."""
    told = {name: merchant[name] for name in ("id", "name", "email", "created_at")}
    told["webhook_url"] = merchant["first_webhook_url"]
    return OutboxMessage(
        topic=MERCHANT_EVENTS.name,
        key=merchant["id"],
        event_id=ids.new_id(ids.EVENT),
        type=MerchantCreated.TYPE,
        subject=merchant["id"],
        occurred_at=now,
        data=orjson.dumps({"sequence": 1, "merchant": told}, option=JSON_OPTIONS),
    )
