"""Kafka in: commands to pay, one function for all, so that a payment's commands keep their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.consumer import Handler, Message
from chassis.pg import Connection
from services.processor.attempts import Attempts
from services.processor.state import ACTIONS


def handlers(attempts: Attempts) -> Mapping[str, Handler]:
    """Event type to what is done with it."""

    async def commands(connection: Connection, messages: Sequence[Message[Any]]) -> None:
        await attempts.take(connection, [(message.data, message.attributes.traceparent) for message in messages])

    return {model.TYPE: Handler(model, commands) for model in ACTIONS}
