"""Kafka in: which merchants there are."""

from collections.abc import Mapping, Sequence
from typing import Final

from chassis.consumer import Handler, Message
from chassis.pg import Connection
from contracts.events.merchant import MerchantCreated
from services.checkout import store


async def take_merchants(connection: Connection, messages: Sequence[Message[MerchantCreated]]) -> None:
    """Their names. Told again, it changes nothing else."""
    await store.name_merchants(
        connection, {message.data.merchant.id: message.data.merchant.name for message in messages}
    )


HANDLERS: Final[Mapping[str, Handler]] = {MerchantCreated.TYPE: Handler(MerchantCreated, take_merchants)}
"""Event type to what is done with it."""
