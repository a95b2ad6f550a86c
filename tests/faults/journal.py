"""What a merchant knows for sure: the requests that were acknowledged, and what must follow from them."""

from collections import Counter
from dataclasses import dataclass, field

from tests.merchant import Object, Reply


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A request with its key and the answer it got."""

    path: str
    body: Object
    key: str
    reply: Reply


@dataclass(slots=True)
class Journal:
    """Of one run of traffic."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    """Every answer by its status and code, and every call that got none."""
    orders: dict[str, str] = field(default_factory=dict)
    """Order id to the id of its one payment."""
    events: dict[str, list[str]] = field(default_factory=dict)
    """Payment or refund id to the events that the shop must hear of it, in order."""
    captured_minor: int = 0
    refunded_minor: int = 0
    unended: list[str] = field(default_factory=list)
    """What did not reach its end while the merchant was patient."""
    surprises: list[str] = field(default_factory=list)
    """Answers that contradict what was acknowledged before."""

    @property
    def payments(self) -> int:
        """How many were acknowledged."""
        return len(self.orders)
