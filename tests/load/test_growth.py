"""What a read costs does not grow with history: in pages touched, which no busy machine can change."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import pytest

from deploy.databases import Databases
from tests.load.growth import BAR, SMALL, SMALL_MERCHANT_ID, Subject, subject

LARGE: Final = 20_000
PER_DAY: Final = 100
"""So few that the long history lies in partitions of several quarters."""

SLACK: Final = 12
"""Buffers: an index that is a level higher, and a look into the index of each more partition."""

Grown = tuple[Subject, Subject]


@pytest.fixture(scope="module")
async def grown(databases: Databases) -> AsyncIterator[Grown]:
    """A short and a long history."""
    async with AsyncExitStack() as stack:
        small, large = [
            await stack.enter_async_context(subject(databases.make(), size, PER_DAY)) for size in (SMALL, LARGE)
        ]
        yield small, large


async def test_a_read_touches_as_much_of_a_long_history_as_of_a_short_one(grown: Grown) -> None:
    touched = {name: [await one.buffers(name) for one in grown] for name in grown[0].paths}
    assert all(few > 0 for few, _ in touched.values()), touched
    assert not {name: pair for name, pair in touched.items() if pair[1] > BAR * pair[0] + SLACK}


async def test_the_events_of_a_small_merchant_are_not_looked_for_among_a_large_ones(grown: Grown) -> None:
    _, large = grown
    for name in [name for name in large.paths if name.startswith("events")]:
        of_large, of_small = await large.buffers(name), await large.buffers(name, SMALL_MERCHANT_ID)
        assert of_small <= BAR * of_large + SLACK, name
