"""Who is there: a breaker per endpoint, so that one that is away is asked now and then instead of all the time.

It opens after so many failures in a row that say that nobody is there, and then lets a probe through after each
cool-down: an answer closes it, a failure opens it again for twice as long. What a process knows here is its own and
ends with it: a new process learns again, at the cost of a few attempts. Time is handed in; nothing here waits.
"""

from dataclasses import dataclass
from typing import Final, Literal

BreakerState = Literal["closed", "open", "half-open"]

COOLDOWN_GROWTH: Final = 2


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a breaker opens, and for how long in s: the first time and at most."""

    opens_after: int
    cooldown_first_s: float
    cooldown_max_s: float


@dataclass(slots=True)
class _Breaker:
    failures: int = 0
    cooldown_s: float = 0.0
    open_until_s: float = 0.0

    @property
    def tripped(self) -> bool:
        return self.cooldown_s > 0


class Breakers:
    """The breakers of all endpoints; only those whose last attempt found nobody take memory."""

    def __init__(self, rules: BreakerRules) -> None:
        self._rules = rules
        self._breakers: dict[str, _Breaker] = {}
        self.tripped = 0

    def state(self, endpoint_id: str, now_s: float) -> BreakerState:
        """Closed: attempts as they fall due. Open: none. Half-open: one, to see."""
        breaker = self._breakers.get(endpoint_id)
        if breaker is None or not breaker.tripped:
            return "closed"
        return "open" if now_s < breaker.open_until_s else "half-open"

    def failing(self, endpoint_id: str) -> bool:
        """Whether the last attempt found nobody."""
        return endpoint_id in self._breakers

    def open_until_s(self, endpoint_id: str) -> float:
        """When the cool-down of a breaker that is not closed ends or ended."""
        return self._breakers[endpoint_id].open_until_s

    def failed(self, endpoint_id: str, now_s: float) -> None:
        """Nobody was there. What was under way when the breaker opened says nothing new."""
        breaker = self._breakers.setdefault(endpoint_id, _Breaker())
        breaker.failures += 1
        if not breaker.tripped:
            if breaker.failures < self._rules.opens_after:
                return
            self.tripped += 1
            breaker.cooldown_s = self._rules.cooldown_first_s
        elif now_s < breaker.open_until_s:
            return
        else:
            breaker.cooldown_s = min(breaker.cooldown_s * COOLDOWN_GROWTH, self._rules.cooldown_max_s)
        breaker.open_until_s = now_s + breaker.cooldown_s

    def answered(self, endpoint_id: str) -> None:
        """Somebody was there, or it no longer matters."""
        breaker = self._breakers.pop(endpoint_id, None)
        if breaker is not None and breaker.tripped:
            self.tripped -= 1
