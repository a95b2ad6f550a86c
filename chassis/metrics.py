"""Prometheus metrics that cost an integer addition per event: plain Python numbers, read out at scrape time."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

SECONDS_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZE_BUCKETS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


class Counter:
    """A number that only grows."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0

    def add(self, amount: int = 1) -> None:
        """Count `amount` more."""
        self.value += amount


class Histogram:
    """Counts per bucket and a sum."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


_Key = tuple[tuple[str, str], ...]


class Metrics(Collector):
    """The metrics of one process, prefixed `paygate_`."""

    def __init__(self) -> None:
        self._counters: dict[str, tuple[str, dict[_Key, Counter]]] = {}
        self._histograms: dict[str, tuple[str, dict[_Key, Histogram]]] = {}
        self._gauges: dict[str, tuple[str, dict[_Key, Callable[[], float]]]] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def counter(self, name: str, text: str, **labels: str) -> Counter:
        """The counter of this name and these labels; hold on to it on a hot path."""
        return self._counters.setdefault(name, (text, {}))[1].setdefault(_key(labels), Counter())

    def seconds(self, name: str, text: str, **labels: str) -> Histogram:
        """A histogram of durations in seconds."""
        return self._histograms.setdefault(name, (text, {}))[1].setdefault(_key(labels), Histogram(SECONDS_BUCKETS))

    def sizes(self, name: str, text: str, **labels: str) -> Histogram:
        """A histogram of counts."""
        return self._histograms.setdefault(name, (text, {}))[1].setdefault(_key(labels), Histogram(SIZE_BUCKETS))

    def gauge(self, name: str, text: str, read: Callable[[], float], **labels: str) -> None:
        """A number that is asked for at scrape time."""
        self._gauges.setdefault(name, (text, {}))[1][_key(labels)] = read

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self._registry)

    def collect(self) -> Iterable[Metric]:
        """Called by prometheus_client at scrape time."""
        for name, (text, counters) in self._counters.items():
            counter_family = CounterMetricFamily(f"paygate_{name}", text, labels=_names(counters))
            for key, counter in counters.items():
                counter_family.add_metric([value for _, value in key], counter.value)
            yield counter_family
        for name, (text, gauges) in self._gauges.items():
            gauge_family = GaugeMetricFamily(f"paygate_{name}", text, labels=_names(gauges))
            for key, read in gauges.items():
                gauge_family.add_metric([value for _, value in key], read())
            yield gauge_family
        for name, (text, histograms) in self._histograms.items():
            family = HistogramMetricFamily(f"paygate_{name}", text, labels=_names(histograms))
            for key, histogram in histograms.items():
                family.add_metric([value for _, value in key], _cumulative(histogram), histogram.total)
            yield family


def _key(labels: dict[str, str]) -> _Key:
    return tuple(sorted(labels.items()))


def _names(series: Iterable[_Key]) -> list[str]:
    return [name for name, _ in next(iter(series), ())]


def _cumulative(histogram: Histogram) -> list[tuple[str, float]]:
    buckets, running = [], 0
    for bound, count in zip((*histogram.bounds, float("inf")), histogram.counts, strict=True):
        running += count
        buckets.append(("+Inf" if bound == float("inf") else str(bound), float(running)))
    return buckets
