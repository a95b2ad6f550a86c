"""What interrupted tests leave behind is removed, and nothing that anybody still uses."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from deploy.testing import remove_left_over


def gone() -> int:
    """The id of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_only_folders_of_dead_processes_without_a_running_stack_are_removed(tmp_path: Path) -> None:
    dead = gone()
    names = (f"paygate-test-{dead}-a", f"paygate-test-{dead}-held", f"paygate-test-{os.getpid()}-b", "paygate-test-x-y")
    left_over, held, mine, foreign = (tmp_path / name for name in names)
    for folder in (left_over, held, mine, foreign):
        folder.mkdir()
        (folder / "supervisor.lock").touch()
    with (held / "supervisor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_left_over(tmp_path)
        assert sorted(tmp_path.iterdir()) == sorted((held, mine, foreign))
    remove_left_over(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted((mine, foreign))
