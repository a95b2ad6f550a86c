"""`make test-standstill`: every test on a machine that stands still now and then, as a shared one does.

The tests' process and all that it starts are stopped for a second or so and go on, again and again; clocks do not stop.
A test that fails only here lets a clock decide.
"""

import contextlib
import os
import random
import sys
import time
from collections.abc import Iterable
from typing import Final

import psutil

BETWEEN_S: Final = (2.0, 6.0)
PAUSE_S: Final = (0.4, 1.5)


def stop(everybody: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those who were stopped now: a test may have stopped others on purpose."""
    stopped = []
    for one in everybody:
        with contextlib.suppress(psutil.NoSuchProcess):
            if one.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
                one.suspend()
                stopped.append(one)
    return stopped


def main() -> int:
    """The tests' exit code."""
    seed = int(os.environ.get("SEED", "1"))
    drawn = random.Random(seed)
    tests = psutil.Popen([sys.executable, "-m", "pytest", "-m", "not prove", "-n", "2", *sys.argv[1:]])
    pauses = 0
    while True:
        with contextlib.suppress(psutil.TimeoutExpired):
            code = int(tests.wait(drawn.uniform(*BETWEEN_S)))
            print(f"{pauses} pauses of {PAUSE_S[0]} to {PAUSE_S[1]} s, SEED={seed}")
            return code
        stopped = stop([tests, *tests.children(recursive=True)])
        time.sleep(drawn.uniform(*PAUSE_S))
        for one in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.resume()
        pauses += 1


if __name__ == "__main__":
    sys.exit(main())
