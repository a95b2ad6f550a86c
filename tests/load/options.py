"""How much of everything a run of the benchmark does."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Of a run. Times in s."""

    window_s: float = 20.0
    """Of a burst, and of the baseline's windows together."""

    pairs: int = 5
    full_s: float = 300.0
    """How long payments go all the way."""

    size: int = 1_000_000
    """Payments of the long history."""

    under_way_max: int = 2000
    """Payments that are created and have no webhook yet, at most, where the whole path is measured."""

    repetitions: int = 200
    """Of each request beside either history."""

    kills: int = 5
    kafka_away_s: float = 60.0


QUICK = Options(
    window_s=4.0,
    pairs=1,
    full_s=8.0,
    size=10_000,
    repetitions=20,
    under_way_max=500,
    kills=1,
    kafka_away_s=5.0,
)
"""For a smoke: it shows that everything runs, and ratios that are of no use to judge by."""
