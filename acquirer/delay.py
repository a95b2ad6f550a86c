"""How long the outside world takes: a simulated delay, which is an attempt's due time and never a sleep."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Delay:
    """Drawn evenly between two bounds, or fixed in test mode. In ms."""

    min_ms: int
    max_ms: int
    fixed_ms: int | None

    def draw(self) -> timedelta:
        """One delay."""
        if self.fixed_ms is not None:
            return timedelta(milliseconds=self.fixed_ms)
        return timedelta(milliseconds=random.uniform(self.min_ms, self.max_ms))
