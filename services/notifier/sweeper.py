"""What makes up for lost records and lost processes: overdue deliveries and expired leases are queued, step by step.

The steps run in the chassis' sweep; together they also tell the dispatcher which endpoints have a backlog.
"""

from datetime import timedelta
from typing import Final

import structlog

from chassis import counts, idempotency
from chassis.clock import Clock
from chassis.pg import Connection, Pool
from chassis.sweep import Sweep
from services.notifier import deliveries, ordering, store
from services.notifier.deliveries import Lease
from services.notifier.dispatcher import Dispatcher
from services.notifier.retention import Retention
from services.notifier.state import Unheard, why_unheard
from services.notifier.store import queries

log = structlog.get_logger()

STEP_ROWS: Final = 500
ENDPOINTS_MAX: Final = 10_000


class Rescue:
    """The steps; several replicas may sweep at once, rows are locked or skipped."""

    def __init__(self, clock: Clock, dispatcher: Dispatcher, lease: Lease, *, slot: str, grace_s: float) -> None:
        self._clock = clock
        self._dispatcher = dispatcher
        self._lease = lease
        self._slot = slot
        self._grace = timedelta(seconds=grace_s)
        self._taken_back = False
        self._deaf: list[tuple[str, Unheard]] = []
        """Endpoints with a backlog that nobody will hear, and why."""

    async def take_back(self, connection: Connection) -> bool:
        """Once: what the former process of this slot was sending."""
        if not self._taken_back:
            count = await queries.take_back_leases.run(connection, slot=self._slot, leased_by=self._lease.holder)
            self._taken_back = True
            if count:
                log.info("sweep.leases_taken_back", deliveries=count)
        return False

    async def queue_expired(self, connection: Connection) -> bool:
        """Claims whose process said nothing more."""
        count = await queries.queue_expired.run(connection, now=self._clock.now(), limit=STEP_ROWS)
        if count:
            log.info("sweep.leases_expired", deliveries=count)
        return count == STEP_ROWS

    async def queue_overdue(self, connection: Connection) -> bool:
        """Deliveries whose Kafka record did not come."""
        before = self._clock.now() - self._grace
        count = await queries.queue_overdue.run(connection, before=before, limit=STEP_ROWS)
        if count:
            log.info("sweep.overdue_queued", deliveries=count)
        return count == STEP_ROWS

    async def pass_order_bounds(self, connection: Connection) -> bool:
        """Deliveries that have waited for their turn for as long as any shall."""
        return await ordering.pass_bounds(connection, self._clock.now(), STEP_ROWS)

    async def look_for_backlogs(self, connection: Connection) -> bool:
        """Whatever is queued, by whomever, is the dispatcher's to claim, if its endpoint still listens."""
        queueing = await store.queueing_endpoints(connection, ENDPOINTS_MAX)
        deaf = await queries.deaf_endpoints.rows(connection, ids=queueing)
        self._deaf = [(row["id"], why_unheard(deleted=row["deleted_at"] is not None)) for row in deaf]
        for endpoint_id, _ in self._deaf:
            self._dispatcher.lanes.forget_failures(endpoint_id)
        self._dispatcher.note_backlog(set(queueing) - {endpoint_id for endpoint_id, _ in self._deaf})
        return False

    async def end_unheard(self, connection: Connection) -> bool:
        """The rest of it ends."""
        if not self._deaf:
            return False
        endpoint_id, why = self._deaf[-1]
        count = await deliveries.end_unheard(connection, endpoint_id, why, STEP_ROWS, self._clock.now())
        if not count:
            self._deaf.pop()
        else:
            log.info("sweep.unheard_ended", endpoint_id=endpoint_id, deliveries=count)
        return bool(self._deaf)


def make_sweep(pool: Pool, clock: Clock, rescue: Rescue, retention: Retention, *, every_s: float) -> Sweep:
    """The worker: rescue first, then housekeeping."""
    steps = [
        rescue.take_back,
        rescue.queue_expired,
        rescue.queue_overdue,
        rescue.pass_order_bounds,
        rescue.look_for_backlogs,
        rescue.end_unheard,
        counts.fold,
        idempotency.forget_expired(clock),
        retention.drop_old_attempts,
    ]
    # What is queued is claimed from Postgres: there is nothing to publish.
    return Sweep(pool, steps, every_s=every_s, after_commit=lambda: None)
