"""What a generator is told to do, and what it tells afterwards: the two ends are different processes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, Self

from tests.load.histogram import Histogram

VALUE: Final = "{value}"
"""In a path or a body: the call's next value, an order's id for instance."""

Mode = Literal["closed", "open", "under_way"]


@dataclass(frozen=True, slots=True)
class Call:
    """A request. `values` is a file with one value a line, used in order: each once, and then the plan is over, unless
    `again` begins anew. Without a file the call is repeated.

    `keyed` requests bear an Idempotency-Key of their own. `weight`: how often it is made, beside the plan's others."""

    name: str
    method: str
    path: str
    body: str = ""
    values: str = ""
    again: bool = False
    keyed: bool = False
    weight: int = 1
    content_type: str = "application/json"

    def weighing(self, weight: int) -> Self:
        """The same with another weight."""
        return replace(self, weight=weight)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, and when.

    `closed`: each connection sends its next request when it has the last one's answer. What takes long is asked less
    often, so that a tail looks better than it is. `open`: `rate_per_s` requests are due every second, whatever the
    answers do, and a latency counts from the instant at which the request was due. `under_way`: as `closed`, and at
    most `under_way_max` payments have no webhook yet, by what the receiver at `receiver_port` says."""

    ports: Sequence[int]
    calls: Sequence[Call]
    headers: Mapping[str, str]
    mode: Mode
    seconds: float
    connections: int = 64
    rate_per_s: float = 0.0
    under_way_max: int = 0
    receiver_port: int = 0
    ids_file: str = ""
    """Where to write the id in each answer to a keyed request and the instant it was due, in s (monotonic)."""

    def write(self, path: Path) -> None:
        """For the generator."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        told = json.loads(path.read_text())
        return cls(**{**told, "calls": [Call(**call) for call in told["calls"]]})


@dataclass(slots=True)
class Answers:
    """To one call of a plan. `errors` are refusals, and answers that never came."""

    count: int = 0
    errors: int = 0
    latency: Histogram = field(default_factory=Histogram)


@dataclass(slots=True)
class Report:
    """Of a generator: only what was answered within the plan's seconds counts as `done`."""

    began_s: float
    """When the clock started, of the machine's monotonic one."""

    seconds: float
    done: int
    cpu_s: float
    per_second: list[int]
    by_call: dict[str, Answers]
    late: Histogram
    """How long after it was due each request was sent: the generator's own fault, as far as it had a connection."""

    refusals: list[str]
    """A few, to be shown."""

    @property
    def per_s(self) -> float:
        """Throughput."""
        return self.done / self.seconds

    @property
    def errors(self) -> int:
        """Of all calls."""
        return sum(answers.errors for answers in self.by_call.values())

    @property
    def latency(self) -> Histogram:
        """Of all calls."""
        whole = Histogram()
        for answers in self.by_call.values():
            whole.merge(answers.latency)
        return whole

    def to_json(self) -> dict[str, Any]:
        """For the process that asked for it."""
        return {
            "began_s": self.began_s,
            "seconds": self.seconds,
            "done": self.done,
            "cpu_s": self.cpu_s,
            "per_second": self.per_second,
            "by_call": {
                name: {"count": one.count, "errors": one.errors, "latency": one.latency.to_json()}
                for name, one in self.by_call.items()
            },
            "late": self.late.to_json(),
            "refusals": self.refusals,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `to_json` made."""
        calls = {
            name: Answers(one["count"], one["errors"], Histogram.from_json(one["latency"]))
            for name, one in told["by_call"].items()
        }
        return cls(**{**told, "by_call": calls, "late": Histogram.from_json(told["late"])})
