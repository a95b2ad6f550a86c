"""The stack that is broken from outside alone, shared by all who do so: who breaks it brings it back."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.scene import SERVICES, SIZES, Scene, scene, stack_config


@pytest.fixture(scope="package", params=SIZES)
async def plain(request: pytest.FixtureRequest, seed: int) -> AsyncIterator[Scene]:
    """The stack as `make up` starts it."""
    config = stack_config(request.param, services=(*SERVICES, "checkout"))
    async with scene(config, request.param, seed) as running:
        yield running
