"""What the benchmark computes by itself: percentiles, arrivals, costs from /proc, what it says about a bar."""

import asyncio
import contextlib
import json
import os
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Final, Literal

import pytest

from tests.load.bench import SCENARIOS, chosen
from tests.load.calls import Answers, Call, Plan, Report
from tests.load.generator import Generator, due_s, requests_of, turns
from tests.load.histogram import Histogram, bucket_of, upper_us
from tests.load.options import QUICK
from tests.load.outcome import Bar, Chart, Outcome
from tests.load.page import page
from tests.load.plots import POINTS_MAX, round_step, thinned
from tests.load.processes import Snapshot, snapshot, spent_s
from tests.load.report import write
from tests.load.scenarios.full import arrivals, halves

CALL: Final = Call("pay", "POST", "/payments", '{"order_id":"{value}"}', keyed=True)


def test_a_percentile_is_within_a_hundredth_of_the_exact_one() -> None:
    chance = random.Random(7)
    values_s = sorted(chance.lognormvariate(-5, 1.5) for _ in range(20_000))
    histogram = Histogram.of_s(values_s)
    for percent in (50, 90, 99, 99.9):
        exact_ms = values_s[int(len(values_s) * percent / 100) - 1] * 1000
        assert histogram.percentile_ms(percent) == pytest.approx(exact_ms, rel=0.01)
    assert histogram.percentile_ms(100) == int(values_s[-1] * 1e6) / 1000


def test_buckets_follow_each_other_without_a_gap() -> None:
    for value_us in [*range(5000), 2**20 - 1, 2**20, 2**33 + 12345]:
        bucket = bucket_of(value_us)
        assert value_us <= upper_us(bucket)
        assert bucket_of(upper_us(bucket)) == bucket
        assert bucket_of(upper_us(bucket) + 1) == bucket + 1


def test_histograms_survive_json_and_add_up() -> None:
    one, other = Histogram.of_s([0.001, 0.002]), Histogram.of_s([0.5])
    one.merge(Histogram.from_json(other.to_json()))
    assert (one.count, one.percentile_ms(100)) == (3, 500.0)
    assert [round(part, 2) for part, _ in one.curve()] == [1.0, 0.67, 0.33]


def test_arrivals_are_spread_evenly_whatever_the_answers_do() -> None:
    assert [due_s(number, 200) for number in (0, 1, 200, 2000)] == [0.0, 0.005, 1.0, 10.0]


def test_calls_take_turns_by_their_weights_in_an_order_that_repeats() -> None:
    calls = [Call("a", "GET", "/a", weight=3), Call("b", "GET", "/b")]
    first, second = turns(calls, 5), turns(calls, 5)
    drawn = [next(first) for _ in range(400)]
    assert drawn == [next(second) for _ in range(400)]
    assert drawn.count(0) == 300


def test_a_request_is_filled_with_its_value_and_a_key_of_its_own(tmp_path: Path) -> None:
    values = tmp_path / "values"
    values.write_text("order_1\norder_22")
    plan = Plan([8000], [CALL], {"X-Api-Key": "k"}, "closed", 1.0)
    first, second = requests_of(replace(CALL, values=str(values)), plan, "run")
    assert first.startswith(b"POST /payments HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nX-Api-Key: k\r\n")
    assert b"Idempotency-Key: run-0\r\nContent-Length: 22\r\n\r\n" in first
    assert second.endswith(b'Idempotency-Key: run-1\r\nContent-Length: 23\r\n\r\n{"order_id":"order_22"}')


def test_a_report_survives_its_way_to_the_other_process() -> None:
    sent = Report(5.0, 2.0, 10, 0.1, [4, 6], {"pay": Answers(10, 1, Histogram.of_s([0.01]))}, Histogram(), ["no"])
    got = Report.from_json(sent.to_json())
    assert (got.per_s, got.errors, got.latency.count, got.refusals) == (5.0, 1, 1, ["no"])


def test_the_cpu_of_what_ended_meanwhile_is_counted_once() -> None:
    before = Snapshot({1: ("api", 5.0), 2: ("postgres (api)", 3.0)}, {"postgres (background)": 1.0}, 100.0)
    after = Snapshot({1: ("api", 6.0), 3: ("postgres (api)", 0.5)}, {"postgres (background)": 1.0 + 3.0 + 0.25}, 104.0)
    spent = spent_s(before, after)
    assert spent == pytest.approx({"api": 1.0, "postgres (api)": 0.5, "postgres (background)": 0.25, "others": 2.25})


def test_this_process_is_found_in_proc_with_what_it_spends() -> None:
    before = snapshot({"me": os.getpid()})
    assert sum(number * number for number in range(3_000_000)) > 0
    assert spent_s(before, snapshot({"me": os.getpid()}))["me"] > 0


def test_only_webhooks_that_came_while_the_window_lasted_count() -> None:
    report = Report(100.0, 2.5, 0, 0.0, [], {}, Histogram(), [])
    assert arrivals(report, {"a": 99.9, "b": 100.1, "c": 101.0, "d": 102.4, "e": 102.6}) == [1, 1, 1]


def test_what_waits_is_compared_without_the_time_in_which_everything_fills() -> None:
    points = [(float(second), 0.0 if second < 5 else 10.0 + (second > 52) * 5) for second in range(101)]
    assert halves(points) == pytest.approx((10.0, 15.0), abs=0.2)


@pytest.mark.parametrize(
    ("bar", "value", "said"),
    [
        (Bar("at least", 1.2, 2.0), 2.1, "aim"),
        (Bar("at least", 1.2, 2.0), 1.2, "bar"),
        (Bar("at least", 1.2, 2.0), 1.1, "MISSED"),
        (Bar("at most", 25, 10), 9.0, "aim"),
        (Bar("at most", 25, 10), 26.0, "MISSED"),
    ],
)
def test_a_bar_says_what_was_reached(bar: Bar, value: float, said: str) -> None:
    assert bar.verdict(value) == said


def test_scenarios_are_chosen_by_name_in_their_own_order() -> None:
    assert chosen("full, accept") == ["accept", "full"]
    assert chosen(",".join(reversed(SCENARIOS))) == list(SCENARIOS)


def test_the_page_shows_every_figure_and_loads_nothing() -> None:
    outcome = Outcome("accept", "Accepting <payments>")
    outcome.add("R1", 1.5, "", Bar("at least", 1.2, 2.0), "median & spread")
    outcome.costs_us["payment"] = {"api": 300.0, "postgres (api)": 120.5, "others": 50.0}
    outcome.latencies["POST"] = Histogram.of_s([0.001, 0.01, 0.2])
    outcome.charts.append(Chart("Per second", "s", "/s", {"accepted": [(0.0, 700.0), (1.0, 900.0)]}))
    told = page({"cores": 2}, [outcome], [{"ok": True}])
    assert not re.search(r"(src|href)=|url\(|@import", told)
    assert "Accepting &lt;payments&gt;" in told
    assert '<span class="bar">bar</span> <span class="faint">(≥ 1.2, aim 2)</span>' in told
    assert told.count("<polyline") == 2
    assert "postgres (api): 120 µs" in told
    assert "others" not in told, "what the rest of the machine did is no cost"
    assert "void" in page({}, [outcome], [{"ok": False}]).partition("</style>")[2]


def test_an_axis_has_round_marks_that_reach_as_far_as_its_values() -> None:
    assert [round_step(largest) for largest in (3450, 768, 2, 0.03, 4, 0)] == [1000, 200, 0.5, 0.01, 1, 1]


def test_a_picture_gets_no_more_points_than_it_can_show_and_keeps_the_last() -> None:
    points = [(float(n), float(n)) for n in range(10_001)]
    shown_points = thinned(points)
    assert len(shown_points) <= POINTS_MAX + 1
    assert shown_points[-1] == points[-1]


def test_results_are_json_with_every_figure_its_bar_and_what_was_reached(tmp_path: Path) -> None:
    outcome = Outcome("kill", "kill -9")
    outcome.add("median", 1.0, "s", Bar("at most", 1.5, 0.6))
    outcome.latencies["POST"] = Histogram.of_s([0.25])
    [results, _] = write(tmp_path / "made", {"cores": 2}, QUICK, [outcome], [{"ok": True}])
    [told] = json.loads(results.read_text())["scenarios"]
    assert told["figures"] == [
        {"name": "median", "value": 1.0, "unit": "s", "note": "", "sense": "at most", "bar": 1.5, "aim": 0.6,
         "verdict": "bar"}
    ]  # fmt: skip
    assert told["latencies_ms"]["POST"]["p99"] == pytest.approx(250, rel=0.01)


async def test_who_waits_behind_a_stalled_answer_is_counted_from_when_it_was_due() -> None:
    stall_s, rate_per_s = 0.4, 100.0
    answered = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            if not answered:
                await asyncio.sleep(stall_s)
            answered += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    plan = Plan([port], [Call("get", "GET", "/")], {}, "open", 0.5, connections=1, rate_per_s=rate_per_s)
    generator = Generator(plan)
    await generator.connect()
    report = await generator.run()
    server.close()
    assert (report.by_call["get"].count, report.errors, answered) == (50, 0, 50)
    waited = round((stall_s - 0.06) * rate_per_s)  # at least those that were due 60 ms before the stall was over
    assert report.latency.percentile_ms(100 * (1 - waited / 50)) >= 50 * 0.99


@pytest.mark.parametrize("mode", ["closed", "under_way"])
async def test_a_run_whose_values_are_used_up_before_its_time_ends(
    mode: Literal["closed", "under_way"], tmp_path: Path
) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                if length := re.search(rb"Content-Length: (\d+)", head):
                    await reader.readexactly(int(length[1]))
                writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"distinct":0}')

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (tmp_path / "values").write_text("order_1\norder_2\norder_3")
    call = replace(CALL, values=str(tmp_path / "values"))
    plan = Plan([port], [call], {}, mode, 3600.0, connections=8, under_way_max=500, receiver_port=port)
    generator = Generator(plan)
    await generator.connect()
    report = await generator.run()
    server.close()
    assert (report.by_call["pay"].count, report.errors) == (3, 0)
