"""pytest's report of a test that failed on a stack says what its processes had to complain about."""

from collections.abc import Generator
from typing import Final

import orjson
import pytest

from deploy.embedded.stack import Stack

COMPLAINTS: Final = ("warning", "error", "critical")
LINES_MAX: Final = 15
LINE_MAX_CHARS: Final = 300


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add a section to the report."""
    report = yield
    if report.failed:
        asked_for = getattr(item, "funcargs", {}).values()
        stacks = {id(found): found for one in asked_for if isinstance(found := getattr(one, "stack", one), Stack)}
        for stack in stacks.values():
            report.sections.append(("What the stack complained about", complaints(stack)))
    return report


def complaints(stack: Stack) -> str:
    """The last warnings and errors of each of its processes, and what is not a line of ours."""
    told = []
    for log in sorted(stack.config.logs_dir.glob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        found = [line for line in lines if _is_complaint(line)][-LINES_MAX:]
        told += [f"{log.stem}:", *(f"    {line[:LINE_MAX_CHARS]}" for line in found)] if found else []
    return "\n".join(told) or "nothing"


def _is_complaint(line: str) -> bool:
    try:
        return orjson.loads(line).get("level") in COMPLAINTS
    except (orjson.JSONDecodeError, AttributeError):
        return " INFO " not in line
