"""Kafka in: which merchants there are."""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.consumer import Handler, Message
from chassis.pg import Connection
from contracts.events.merchant import MerchantCreated
from services.dashboard import store


async def take_merchants(connection: Connection, messages: Sequence[Message[MerchantCreated]]) -> None:
    """Their names and emails. Told again, it changes nothing else."""
    told = [message.data.merchant for message in messages]
    await store.tell_merchants(connection, {merchant.id: (merchant.name, merchant.email) for merchant in told})


HANDLERS: Final[Mapping[str, Handler]] = {MerchantCreated.TYPE: Handler(MerchantCreated, take_merchants)}
"""Event type to what is done with it."""
