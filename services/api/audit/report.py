"""What one look of the audit found, and how it is told."""

from collections import Counter
from datetime import datetime
from itertools import groupby, islice
from typing import Any, Final

from services.api.audit.checks import CHECKS, Difference, Differences

DIFFERENCES_MAX: Final = 1000
IN_FLIGHT_SHOWN_MAX: Final = 5
"""Of each check."""


class Report:
    """Differences, what is in flight, and how many rows were checked. Bounded, whatever is wrong."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of
        self.checked: Counter[str] = Counter()
        self.differences: set[Difference] = set()
        self.in_flight: set[Difference] = set()

    def add(self, found: Differences) -> None:
        """Keep at most DIFFERENCES_MAX of each kind."""
        for difference in found:
            if difference.check not in CHECKS:
                raise RuntimeError(f"{difference.check} is not among the checks")
            kept = self.in_flight if difference.in_flight else self.differences
            if len(kept) < DIFFERENCES_MAX:
                kept.add(_hashable(difference))

    def view(self, confirmed: set[Difference]) -> dict[str, Any]:
        """The answer. What is still in flight was not compared: it is skipped, and the audit is not ok."""
        return {
            "ok": not confirmed and not self.in_flight,
            "differences": [_view(difference) for difference in _sorted(confirmed)],
            "checked": dict(self.checked),
            "skipped": len(self.in_flight),
            "in_flight": [_view(difference) for difference in _some_of_each(_sorted(self.in_flight))],
            "as_of": self.as_of,
        }


def _sorted(differences: set[Difference]) -> list[Difference]:
    return sorted(differences, key=lambda difference: (difference.check, difference.object))


def _some_of_each(differences: list[Difference]) -> list[Difference]:
    by_check = groupby(differences, key=lambda difference: difference.check)
    return [one for _, some in by_check for one in islice(some, IN_FLIGHT_SHOWN_MAX)]


def _hashable(difference: Difference) -> Difference:
    expected, found = _plain(difference.expected), _plain(difference.found)
    return Difference(difference.check, difference.object, expected, found, difference.in_flight)


def _plain(value: Any) -> str | int | None:
    """As it is shown: names and figures, no brackets."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items()) or "nothing"
    return ", ".join(str(_plain(inner)) for inner in value) or "none"


def _view(difference: Difference) -> dict[str, Any]:
    return {
        "check": difference.check,
        "object": difference.object,
        "expected": difference.expected,
        "found": difference.found,
    }
