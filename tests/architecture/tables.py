"""The tables that only grow, as each service's composition root declares them."""

from typing import Final

import acquirer.app
import services.api.app
import services.checkout.app
import services.dashboard.app
import services.notifier.app
import services.processor.app
import services.refunder.app
from chassis.partitions import PartitionedTable

DECLARED: Final[dict[str, tuple[PartitionedTable, ...]]] = {
    "acquirer": acquirer.app.PARTITIONED,
    "api": services.api.app.PARTITIONED,
    "checkout": services.checkout.app.PARTITIONED,
    "dashboard": services.dashboard.app.PARTITIONED,
    "notifier": services.notifier.app.PARTITIONED,
    "processor": services.processor.app.PARTITIONED,
    "refunder": services.refunder.app.PARTITIONED,
}
GROWING: Final = {role: [(table.name, table.floor) for table in tables] for role, tables in DECLARED.items()}
APPEND_ONLY: Final = [
    (role, table.name) for role, tables in DECLARED.items() for table in tables if table.append_only_for == role
]
UNPARTITIONED: Final = {
    "merchants": "as many as merchants",
    "merchant": "as many as merchants",
    "users": "as many as people",
    "sessions": "as many as people are signed in; what is over is forgotten",
    "login_failures": "forgiven and forgotten after half an hour",
    "api_keys": "as many as merchants",
    "api_key_fences": "as many as API keys",
    "api_key_uses": "as many as API keys",
    "order_receipts": "unique over all time",
    "endpoint": "as many as merchants",
    "endpoint_pace": "as many as endpoints with a rate limit",
    "count_total": "as many as merchants",
    "count_delta": "folded in the background",
    "open_commands": "gone with their result",
    "job": "gone when it ends",
    "outbox": "gone when Kafka has it",
    "idempotency_key": "expires; uniqueness is the point",
    "event_log": "ordered by its position, which is no time; a partition of it would have to be made as it fills",
}
"""Besides those that are small whatever the traffic (plans.SMALL), each with its reason."""
