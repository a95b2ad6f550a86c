"""The audit's merge of sorted streams. Its checks are broken one by one, over every service's rows, in tests/audit."""

from collections.abc import AsyncIterator, Sequence

import pytest

from chassis.clock import SystemClock
from services.api.audit.checks import Difference, differs
from services.api.audit.merge import OutOfOrder, Row, merge
from services.api.audit.report import Report


async def stream(*chunks: str) -> AsyncIterator[Sequence[Row]]:
    """A chunk per argument, a row per character."""
    for chunk in chunks:
        yield [{"id": one} for one in chunk]


@pytest.mark.parametrize("chunks", [("122",), ("1", "22"), ("12", "2"), ("1", "2", "2")])
async def test_merge_gives_each_id_once_with_the_rows_of_every_stream(chunks: tuple[str, ...]) -> None:
    counts: dict[str, int] = {}
    merged = [
        (key, {name: len(some) for name, some in these.items()})
        async for key, these in merge({"a": stream(*chunks), "b": stream("23"), "c": stream()}, counts)
    ]
    assert merged == [("1", {"a": 1, "b": 0, "c": 0}), ("2", {"a": 2, "b": 1, "c": 0}), ("3", {"a": 0, "b": 1, "c": 0})]
    assert counts == {"a": 3, "b": 2, "c": 0}


@pytest.mark.parametrize("chunks", [("21",), ("2", "1"), ("13", "2")])
async def test_merge_refuses_a_stream_that_is_not_sorted(chunks: tuple[str, ...]) -> None:
    with pytest.raises(OutOfOrder):
        _ = [key async for key, _ in merge({"a": stream(*chunks)}, {})]


def test_of_two_mappings_what_differs_is_shown_and_in_words() -> None:
    report = Report(SystemClock().now())
    report.add(differs("ledger.balances", "pay_1", {"fees": -5, "a": 1, "b": [1, 2]}, {"fees": 0, "a": 1, "b": []}))
    (found,) = report.view(report.differences)["differences"]
    assert (found["expected"], found["found"]) == ("fees -5, b 1, 2", "fees 0, b none")


def test_a_report_keeps_a_bounded_number_of_differences() -> None:
    report = Report(SystemClock().now())
    report.add(Difference("payment.exists", f"pay_{number}", "a payment", "none") for number in range(5000))
    assert len(report.differences) == 1000
    with pytest.raises(RuntimeError):
        report.add(iter([Difference("payment.colour", "pay_1", "red", "blue")]))
