"""The gateway's own timers, as steps of a sweep: deadlines that have passed, commands that have no result yet.

Deadlines are state, so a late sweep makes nothing wrong: it only says late what is already true.
"""

import structlog

from chassis import outbox
from chassis.clock import Clock
from chassis.pg import Connection
from services.api import payments
from services.api.answers import Answers
from services.api.store import OpenCommand, queries
from services.api.workspace import command_message

log = structlog.get_logger()

STEP_ROWS = 500


class Timers:
    """What falls due by the gateway's clock."""

    def __init__(self, clock: Clock, answers: Answers) -> None:
        self._clock = clock
        self._answers = answers

    async def pass_deadlines(self, connection: Connection) -> bool:
        """Fail what is pending for too long, expire what was never captured."""
        now = self._clock.now()
        rows = await queries.overdue_payment_ids.rows(connection, now=now, limit=STEP_ROWS)
        if not rows:
            return False
        passed = await payments.pass_deadlines(connection, [row["id"] for row in rows], now)
        log.info("sweep.deadlines_passed", payments=passed)
        return len(rows) == STEP_ROWS

    async def send_again(self, connection: Connection) -> bool:
        """Send commands again that have been without a result for too long, but none that may not have left yet."""
        now = self._clock.now()
        oldest_unsent = await outbox.queries.oldest_in_outbox.value(connection)
        overdue_at = min(self._answers.overdue_at(now), oldest_unsent or now)
        rows = await queries.take_overdue_commands.rows(connection, now=now, overdue_at=overdue_at, limit=STEP_ROWS)
        commands = [OpenCommand(**dict(row)) for row in rows]
        await outbox.append(connection, [command_message(command, now, None) for command in commands])
        if commands:
            log.info("sweep.commands_sent_again", commands=len(commands))
        return len(rows) == STEP_ROWS
