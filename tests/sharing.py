"""How the processes of `make test` share the tests: what is dear to start is started in one of them.

A unit runs in one process, in its usual order. It is a module, unless several modules use the same server: those are
one unit, and such units come first, so that the modules fill the time of whoever is done sooner. A module in the wrong
unit is no error; it costs the start of another server.
"""

import os
from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

UNITS: Final = {
    "the whole stack": (
        "tests/browser/",
        "tests/contract/",
        "tests/e2e/",
        "tests/tools/test_demo.py",
        "tests/webhook_libraries/",
    ),
    "stacks that are broken": ("tests/faults/",),
    "Kafka": (
        "chassis/tests/",
        "deploy/tests/test_kafka.py",
        "services/notifier/tests/test_kafka.py",
        "tests/architecture/",
        "tests/integrations/",
        "tests/tools/",
    ),
}
"""What the paths of their modules begin with, the longest first."""

ORDER: Final = {unit: place for place, unit in enumerate(UNITS)}


def unit_of(nodeid: str) -> str:
    """Of a test."""
    return next((unit for unit, paths in UNITS.items() if nodeid.startswith(paths)), nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Called by xdist in the process that shares the tests out: unit after unit, in their order."""
    config.option.loadscopereorder = False
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = unit_of
    return scheduler


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In a process that gets a share, the units come in their order; alone, the tests stay in theirs."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: ORDER.get(unit_of(item.nodeid), len(ORDER)))
