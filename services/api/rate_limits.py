"""How often somebody may call: a bucket of tokens per key (or client address), in this process's memory.

A bucket is one number, the instant at which it will be full again (the "generic cell rate algorithm"): nothing waits,
nothing is stored, and nobody refills anything. Each process has its own buckets: with n replicas a caller whose calls
are spread evenly has n times the rate.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from aiohttp import web

from chassis.errors import ApiError
from chassis.http import ANSWER_HEADERS

BUCKETS_MAX: Final = 100_000
EPSILON: Final = 1e-6
"""Part of a token; what is lost in adding fractions of a second."""


class RateLimits:
    """`per_s` tokens come back each second, `burst` fit in; `per_s` 0 sets no limit. `now_s` is a clock that only
    rises: rate limits are real time, whatever the gateway's clock says."""

    def __init__(self, per_s: int, burst: int, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._burst = burst
        self._now_s = now_s
        self._full_at_s: dict[str, float] = {}

    def take(self, request: web.Request, who: str, own_per_s: int | None = None) -> None:
        """Take a token and have the answer say how many are left. `own_per_s`: a lower rate of the caller's own,
        with one second's worth of burst. Raises ApiError 429."""
        per_s, burst = self._per_s, self._burst
        if own_per_s is not None and (own_per_s < per_s or not per_s):
            per_s = burst = own_per_s
        if not per_s:
            return
        now_s = self._now_s()
        full_at_s = max(self._full_at_s.get(who, 0.0), now_s) + 1 / per_s
        left = burst - (full_at_s - now_s) * per_s
        request[ANSWER_HEADERS] = {
            "RateLimit-Limit": str(burst),
            "RateLimit-Remaining": str(max(0, int(left + EPSILON))),
            "RateLimit-Reset": str(math.ceil(full_at_s - now_s - EPSILON)),
        }
        if left < -EPSILON:
            raise ApiError(
                429,
                "RATE_LIMIT_ERROR",
                f"Too many requests: at most {per_s} in a second, and {burst} at once",
                headers={"Retry-After": str(max(1, math.ceil(-left / per_s)))},
            )
        if len(self._full_at_s) >= BUCKETS_MAX and who not in self._full_at_s:
            self._forget_full(now_s)
        self._full_at_s[who] = full_at_s

    def _forget_full(self, now_s: float) -> None:
        """A bucket that is full again is like one that was never touched."""
        self._full_at_s = {who: at_s for who, at_s in self._full_at_s.items() if at_s > now_s}
        if len(self._full_at_s) >= BUCKETS_MAX:
            self._full_at_s.clear()  # so many callers at once: memory counts for more than their last seconds
