"""Which commands have been answered lately: where many wait, a result that is not here yet need not be missing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from contracts import ids

RESEND_AFTER: Final = timedelta(seconds=30)
"""How long a result may take before its command is sent again."""

HOLD_MAX: Final = timedelta(minutes=5)
"""How long a command may be held back beyond that for those before it: longer than what a rush leaves to be done."""


class Answers:
    """Commands are answered in about the order in which they were made: about, since each partition goes at its own
    pace. An answer is missing when one that was asked for so much later is here, or when none has come for so long. To
    send commands again that wait for their turn would only make the queue longer.

    `started`: since when anybody has listened for answers. Refunds are answered elsewhere, and held back with the rest.
    """

    def __init__(self, started: datetime) -> None:
        self._newest = datetime.min.replace(tzinfo=UTC)
        self._noted_at = started

    def note(self, attempt_ids: Iterable[str], now: datetime) -> None:
        """Their results are here."""
        newest = max((one for one in attempt_ids if ids.is_id(one, ids.ATTEMPT)), default=None)
        if newest is not None:
            self._newest = max(self._newest, ids.instant_of(newest))
        self._noted_at = now

    def overdue_at(self, now: datetime) -> datetime:
        """What was due to be sent again by then, is. RESEND_AFTER after the last answer, that is everything."""
        answering = timedelta(0) <= now - self._noted_at <= RESEND_AFTER  # less than none: the clock was put back
        return min(now, max(self._newest, now - HOLD_MAX)) if answering else now
