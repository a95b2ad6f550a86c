"""How long the log of attempts is kept: what is older is dropped, a partition at a time.

The service's own role may drop nothing. A function of the schema's owner does it, and only what is old enough.
"""

import time
from typing import Final

import structlog

from chassis.pg import Connection
from services.notifier.store import queries

log = structlog.get_logger()

EVERY_S: Final = 3600.0
AGAIN_S: Final = 60.0
"""After a turn in which the table's lock was not had: attempts queue up behind whoever waits for it, so not at once."""

STEP_ROWS: Final = 1000


class Retention:
    """A step of the sweep that is due now and then. By real time, whatever a merchant's clock says."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._due_s = 0.0

    async def drop_old_attempts(self, connection: Connection) -> bool:
        """Drop what the log need not tell any more; whether there may be more of it."""
        if time.monotonic() < self._due_s:
            return False
        self._due_s = time.monotonic() + AGAIN_S
        row = await queries.drop_old_attempts.row(connection, days=self._days, most=STEP_ROWS)
        assert row is not None
        if row["dropped"] is not None or row["deleted"]:
            log.info("log.forgotten", partition=row["dropped"], rows=row["deleted"])
        more = row["dropped"] is not None or row["deleted"] == STEP_ROWS
        self._due_s = time.monotonic() + (0.0 if more else EVERY_S)
        return more
