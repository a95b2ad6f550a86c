"""Metrics as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

from chassis.metrics import Metrics


def scrape(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def test_a_counter_counts_per_label() -> None:
    metrics = Metrics()
    metrics.counter("things", "Things there were", kind="a").add()
    metrics.counter("things", "Things there were", kind="a").add(2)
    metrics.counter("things", "Things there were", kind="b").add(5)
    samples = scrape(metrics)
    assert samples["paygate_things_total", (("kind", "a"),)] == 3
    assert samples["paygate_things_total", (("kind", "b"),)] == 5


def test_a_gauge_is_asked_at_scrape_time() -> None:
    metrics, values = Metrics(), [1.0]
    metrics.gauge("depth", "How deep", lambda: values[-1])
    assert scrape(metrics)["paygate_depth", ()] == 1
    values.append(7.5)
    assert scrape(metrics)["paygate_depth", ()] == 7.5


def test_a_histogram_counts_cumulatively_and_sums() -> None:
    metrics = Metrics()
    histogram = metrics.sizes("batch", "Sizes", batcher="x")
    for size in (1, 2, 2, 50, 100_000):
        histogram.observe(size)
    samples = scrape(metrics)
    buckets = {key[1][1][1]: value for key, value in samples.items() if key[0] == "paygate_batch_bucket"}
    assert (buckets["1.0"], buckets["2.0"], buckets["20.0"], buckets["50.0"], buckets["1000.0"]) == (1, 3, 3, 4, 4)
    assert buckets["+Inf"] == 5
    assert samples["paygate_batch_count", (("batcher", "x"),)] == 5
    assert samples["paygate_batch_sum", (("batcher", "x"),)] == 100_055


def test_a_time_on_a_buckets_bound_is_in_it() -> None:
    metrics = Metrics()
    metrics.seconds("wait", "Waits").observe(0.01)
    samples = scrape(metrics)
    assert samples["paygate_wait_bucket", (("le", "0.005"),)] == 0
    assert samples["paygate_wait_bucket", (("le", "0.01"),)] == 1


def test_labels_are_escaped_and_every_family_has_its_help_and_type() -> None:
    metrics = Metrics()
    metrics.counter("odd", "Odd labels", route='a"b\\c\nd').add()
    text = metrics.exposition().decode()
    assert "# HELP paygate_odd_total Odd labels" in text
    assert "# TYPE paygate_odd_total counter" in text
    assert scrape(metrics)["paygate_odd_total", (("route", 'a"b\\c\nd'),)] == 1


def test_the_metrics_of_two_processes_in_one_do_not_mix() -> None:
    one, two = Metrics(), Metrics()
    one.counter("things", "Things").add()
    assert scrape(two) == {}


def test_nothing_counted_is_an_empty_page() -> None:
    assert Metrics().exposition() == b""
