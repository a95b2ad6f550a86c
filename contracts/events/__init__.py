"""Every message that crosses a topic, as frozen pydantic models; `TYPE` is the CloudEvents type."""

from contracts.events import (
    merchant,
    payment,
    payment_command,
    payment_result,
    refund,
    refund_command,
    refund_result,
    webhook,
)
from contracts.events.base import Event

_MODULES = (merchant, payment, payment_command, payment_result, refund, refund_command, refund_result, webhook)

EVENT_TYPES: dict[str, type[Event]] = {
    model.TYPE: model
    for module in _MODULES
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Event) and hasattr(model, "TYPE")
}
"""CloudEvents type to model, for all topics."""
