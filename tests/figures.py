"""What every test may ask for beside servers: the seed of its chance, and a line for its figures."""

import os
from collections.abc import Callable
from typing import Final

import pytest

DEFAULT_SEED: Final = "20260101"

Figures = Callable[[str], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """What all chance of a run comes from; PAYGATE_TEST_SEED repeats one."""
    return int(os.environ.get("PAYGATE_TEST_SEED", DEFAULT_SEED))


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Say a line of figures now, whether or not output is captured."""
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    assert reporter is not None
    assert capture is not None

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            reporter.write_line(f"\n{request.node.name}: {line}")

    return say
