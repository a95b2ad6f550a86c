"""Which commands have been answered lately: where many wait, a result that is not here yet need not be missing."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from contracts import ids

RESEND_AFTER: Final = timedelta(seconds=30)
"""How long a result may take before its command is sent again."""


class Answers:
    """Commands are answered in about the order in which they were made. While older ones still are, the newer ones wait
    for their turn, and to send them again would only make the queue longer."""

    def __init__(self) -> None:
        self._newest = self._noted_at = datetime.min.replace(tzinfo=UTC)

    def note(self, attempt_ids: Iterable[str], now: datetime) -> None:
        """Their results are here."""
        newest = max((one for one in attempt_ids if ids.is_id(one, ids.ATTEMPT)), default=None)
        if newest is not None:
            self._newest = max(self._newest, ids.instant_of(newest))
        self._noted_at = now

    def overdue_at(self, now: datetime) -> datetime:
        """What had to be sent again by then, must be now. When nothing is answered any more, that is everything."""
        if now - self._noted_at > RESEND_AFTER:
            return now
        return min(now, self._newest + RESEND_AFTER)
