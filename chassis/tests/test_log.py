"""Logs: one JSON object per line, whatever is in it; wide lines are lost under pressure and never end anything."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from chassis import log
from chassis.log import WIDE_LINES_MAX, WideLog
from chassis.tests.parts import at_work
from chassis.tests.waiting import until

STRANGE: dict[str, Any] = {
    "surrogate": "\ud800",
    "foreign bytes": b"\xff".decode("utf-8", "surrogateescape"),
    "huge": 10**30,
    "bytes": b"\x00",
    "object": object(),
    "set": {1},
    "newline": "a\nb",
    "secret": SecretStr("secret_test_xyz789"),
}


@pytest.fixture
def configured() -> Iterator[None]:
    """As a service sets it up; put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


async def test_a_wide_line_is_one_json_object_with_its_time_and_service(capsys: pytest.CaptureFixture[str]) -> None:
    wide = WideLog("api")
    async with at_work(wide):
        wide.emit("request.answered", status=200, path="/ü")
    (line,) = lines(capsys)
    assert datetime.fromisoformat(line.pop("at")).tzinfo is not None
    assert line == {"event": "request.answered", "service": "api", "status": 200, "path": "/ü"}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE.keys())
async def test_a_wide_line_that_holds_something_strange_is_written_all_the_same(
    capsys: pytest.CaptureFixture[str], value: object
) -> None:
    wide = WideLog("api")
    async with at_work(wide):
        wide.emit("strange", value=value)
        wide.emit("next")
    strange, following = lines(capsys)
    assert (strange["event"], following["event"]) == ("strange", "next")
    assert "secret_test" not in str(strange)


async def test_lines_beyond_the_bound_are_lost_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    wide = WideLog("api")
    for number in range(WIDE_LINES_MAX + 5):
        wide.emit("line", number=number)
    assert wide.dropped == 5
    async with at_work(wide):
        await until(lambda: not wide._lines, "the lines were written")
        wide.emit("room again")
    written = lines(capsys)
    assert len(written) == WIDE_LINES_MAX + 1
    assert (written[0]["number"], written[-1]["event"]) == (0, "room again")


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE.keys())
def test_a_line_of_the_log_is_json_whatever_it_holds(
    configured: None, capsys: pytest.CaptureFixture[str], value: object
) -> None:
    log.configure(service="api", level="INFO", fmt="json")
    structlog.get_logger().warning("strange", value=value)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["service"]) == ("strange", "warning", "api")
    assert "secret_test" not in str(line)


def test_a_level_hides_what_is_below_it(configured: None, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(service="api", level="warning", fmt="json")
    structlog.get_logger().info("hidden")
    structlog.get_logger().warning("shown")
    assert [line["event"] for line in lines(capsys)] == ["shown"]


def test_an_error_is_told_with_its_trace_in_one_line(configured: None, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(service="api", level="INFO", fmt="json")
    try:
        raise KeyError("a bug")
    except KeyError as error:
        structlog.get_logger().error("request.failed", exc_info=error)
    (line,) = lines(capsys)
    assert "KeyError: 'a bug'" in line["exception"]


def test_the_console_is_for_people(configured: None, capsys: pytest.CaptureFixture[str]) -> None:
    log.configure(service="api", level="INFO", fmt="console")
    structlog.get_logger().info("hello", name="world")
    assert "hello" in capsys.readouterr().out
