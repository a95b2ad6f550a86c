"""The supervisor's look at one child: it goes on whatever a look comes to."""

import asyncio
import sys
from pathlib import Path

import pytest

from deploy.embedded.child import Child, ProcessSpec
from deploy.embedded.failure import StackFailure
from deploy.embedded.watch import Watch

PATIENCE_S = 60.0


@pytest.fixture
def child(tmp_path: Path) -> Child:
    command = (sys.executable, "-c", "import time; time.sleep(600)")
    return Child(ProcessSpec("sleeper", command, {}, port=0), tmp_path, tmp_path / "sleeper.log")


async def test_a_look_that_fails_in_an_unknown_way_is_not_the_last_one(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.embedded.watch.LIVE_POLL_S", 0.01)
    looks = 0

    async def ready() -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            raise RuntimeError("nobody expected that")
        return True

    watching = asyncio.create_task(Watch(child, ready).run())
    child.start()
    await until_ready(child, watching)
    await child.restart()
    await until_ready(child, watching)
    assert looks == 3
    watching.cancel()
    await child.stop()


async def until_ready(child: Child, watching: "asyncio.Task[None]") -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not child.is_ready:
            assert not watching.done()
            await asyncio.sleep(0.01)


async def test_what_a_person_has_to_mend_ends_it(child: Child) -> None:
    async def ready() -> bool:
        raise StackFailure("Mend that.")

    watching = asyncio.create_task(Watch(child, ready).run())
    child.start()
    with pytest.raises(StackFailure):
        await asyncio.wait_for(watching, PATIENCE_S)
    await child.stop()
