"""Fixtures of the tests that cross services."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest

from deploy.embedded.stack import Stack
from deploy.testing import new_config, running
from tests.backstage import Backstage
from tests.merchant import Merchant
from tests.receiver import Shop

SERVICES: Final = ("api", "processor", "refunder", "notifier", "checkout", "dashboard", "shop")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole stack, with two replicas of the api: one for the session. Mark tests that ask for it with `stack`."""
    with running(new_config(services=SERVICES, replicas={"api": 2})) as whole:
        yield whole


@pytest.fixture(scope="session")
def backstage(stack: Stack) -> Backstage:
    """The stack as its operator sees it."""
    return Backstage(stack)


@pytest.fixture(scope="session")
async def merchant(stack: Stack) -> AsyncIterator[Merchant]:
    """The seeded merchant, at the first replica of the api."""
    async with Merchant(stack.url("api")) as seeded:
        yield seeded


@pytest.fixture(scope="session")
async def shop(stack: Stack) -> AsyncIterator[Shop]:
    """The seeded merchant's shop."""
    async with Shop(stack.url("shop")) as receiving:
        yield receiving
