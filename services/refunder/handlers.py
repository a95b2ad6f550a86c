"""Kafka in: commands to give money back."""

from collections.abc import Mapping, Sequence

from chassis.consumer import Handler, Message
from chassis.pg import Connection
from contracts.events.refund_command import ExecuteRefund
from services.refunder.executions import Executions


def handlers(executions: Executions) -> Mapping[str, Handler]:
    """Event type to what is done with it."""

    async def commands(connection: Connection, messages: Sequence[Message[ExecuteRefund]]) -> None:
        await executions.take(connection, [(message.data, message.attributes.traceparent) for message in messages])

    return {ExecuteRefund.TYPE: Handler(ExecuteRefund, commands)}
