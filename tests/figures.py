"""What every test may ask for beside servers: the seed of its chance, and a line for its figures."""

import os
import sys
from collections.abc import Callable
from typing import Final

import pytest

DEFAULT_SEED: Final = "20260101"

Figures = Callable[[str], None]


@pytest.fixture(scope="session")
def seed() -> int:
    """What all chance of a run comes from; PAYGATE_TEST_SEED repeats one."""
    return int(os.environ.get("PAYGATE_TEST_SEED", DEFAULT_SEED))


@pytest.fixture(scope="session")
def say(request: pytest.FixtureRequest) -> Figures:
    """Say a line now, whether or not output is captured."""
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    assert capture is not None

    def aloud(line: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n{line}\n")
            sys.stdout.flush()

    return aloud


@pytest.fixture
def figures(say: Figures, request: pytest.FixtureRequest) -> Figures:
    """Say a line of figures, with the name of the test that found them."""
    return lambda line: say(f"{request.node.name}: {line}")
