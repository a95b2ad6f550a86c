"""Latencies, counted in buckets whose width grows with the value: any percentile within 1 %, however many there are."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Self

SUB_BITS: Final = 7
SUB_BUCKETS: Final = 1 << SUB_BITS
"""Buckets of each doubling, so that a bucket is at most 1/128 of its value wide."""

PERCENTILES: Final = (50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0)


class Histogram:
    """Of whole µs. What is negative (two clocks that differ) counts as 0."""

    __slots__ = ("_counts", "max_us", "total_us")

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.total_us = 0
        self.max_us = 0

    @classmethod
    def of_s(cls, values: Iterable[float]) -> Self:
        """Of seconds."""
        made = cls()
        for value in values:
            made.add_s(value)
        return made

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        made = cls()
        made._counts = Counter({int(bucket): count for bucket, count in told["buckets"].items()})
        made.total_us, made.max_us = told["total_us"], told["max_us"]
        return made

    def to_json(self) -> dict[str, Any]:
        """Whole: histograms of several processes or windows can be put together again."""
        return {"buckets": dict(self._counts), "total_us": self.total_us, "max_us": self.max_us}

    def add_s(self, value_s: float) -> None:
        """One more, in seconds."""
        value_us = max(0, int(value_s * 1_000_000))
        self._counts[bucket_of(value_us)] += 1
        self.total_us += value_us
        if value_us > self.max_us:
            self.max_us = value_us

    def merge(self, other: "Histogram") -> None:
        """What the other counted, too."""
        self._counts.update(other._counts)
        self.total_us += other.total_us
        self.max_us = max(self.max_us, other.max_us)

    @property
    def count(self) -> int:
        """How many there are."""
        return self._counts.total()

    def percentile_ms(self, percent: float) -> float:
        """So many percent took at most this long; 0 when there are none."""
        if percent >= 100:
            return self.max_us / 1000
        wanted, seen = self.count * percent / 100, 0
        for bucket, count in sorted(self._counts.items()):
            seen += count
            if seen >= wanted:
                return min(upper_us(bucket), self.max_us) / 1000
        return 0.0

    def curve(self) -> Iterator[tuple[float, float]]:
        """(part of all that took longer, ms), from the fastest to the slowest: what a plot of percentiles shows."""
        count, seen = self.count, 0
        for bucket, here in sorted(self._counts.items()):
            yield (count - seen) / count, min(upper_us(bucket), self.max_us) / 1000
            seen += here

    def summary(self) -> dict[str, float]:
        """The usual percentiles in ms, by name (p50 … max)."""
        named = {f"p{percent:g}" if percent < 100 else "max": percent for percent in PERCENTILES}
        return {name: round(self.percentile_ms(percent), 3) for name, percent in named.items()}

    def __str__(self) -> str:
        p50, p99, most = (self.percentile_ms(percent) for percent in (50, 99, 100))
        return f"p50 {p50:.1f} ms  p99 {p99:.1f} ms  max {most:.1f} ms"


def bucket_of(value_us: int) -> int:
    """Values below 256 have a bucket each; from there on each doubling has 128."""
    shift = max(0, value_us.bit_length() - SUB_BITS - 1)
    return (shift << SUB_BITS) + (value_us >> shift)


def upper_us(bucket: int) -> int:
    """The largest value that falls into it."""
    shift = max(0, (bucket >> SUB_BITS) - 1)
    return ((bucket - (shift << SUB_BITS) + 1) << shift) - 1
