"""How fast an endpoint with a limit is sent to, by all processes together: a bucket of tokens per endpoint in Postgres.

A bucket holds what may be sent in one second and fills evenly; an attempt takes a token in the transaction that claims
it. Endpoints without a limit have no bucket. The time is that of the database, whatever the processes' clocks say.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from chassis.pg import Connection, columns
from services.notifier.store import queries

BURST_US: Final = 1_000_000
LOOK_EVERY_S: Final = 0.05
"""Tokens that come up within this are taken together."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A bucket as it is at `now`: it will be full again at `full_at`, if nothing is taken."""

    rate_per_s: int
    full_at: datetime
    now: datetime

    @property
    def tokens(self) -> int:
        """How many may be sent now."""
        return max(0, BURST_US - self._ahead_us) * self.rate_per_s // BURST_US

    @property
    def wait_s(self) -> float:
        """How long until it pays to look for tokens again, in s."""
        next_us = self._ahead_us - BURST_US + math.ceil((self.tokens + 1) * BURST_US / self.rate_per_s)
        return max(LOOK_EVERY_S, next_us / 1e6)

    def after(self, count: int) -> "Pace":
        """The bucket once so many tokens are taken."""
        taken_us = self._ahead_us + count * BURST_US // self.rate_per_s
        return replace(self, full_at=self.now + timedelta(microseconds=taken_us))

    @property
    def _ahead_us(self) -> int:
        """How long it takes until the bucket is full, in µs."""
        return max(0, (self.full_at - self.now) // timedelta(microseconds=1))


async def lock(connection: Connection, limits: Mapping[str, int]) -> dict[str, Pace]:
    """The buckets of endpoints with a limit (attempts per s), nobody else's until the transaction ends."""
    if not limits:
        return {}
    rows = await queries.lock_paces.rows(connection, endpoint_ids=sorted(limits))
    return {row["endpoint_id"]: Pace(limits[row["endpoint_id"]], row["full_at"], row["now"]) for row in rows}


async def spend(connection: Connection, paces: Mapping[str, Pace], counts: Mapping[str, int]) -> dict[str, float]:
    """Take tokens from locked buckets; how long until each has the next ones, in s."""
    left = {endpoint_id: pace.after(counts.get(endpoint_id, 0)) for endpoint_id, pace in paces.items()}
    endpoint_ids, full_ats = columns([(id_, left[id_].full_at) for id_ in sorted(left) if counts.get(id_)], 2)
    if endpoint_ids:
        await queries.set_paces.run(connection, endpoint_ids=endpoint_ids, full_ats=full_ats)
    return {endpoint_id: pace.wait_s for endpoint_id, pace in left.items()}
