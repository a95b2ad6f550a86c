"""The supervisor on a real stack of Postgres and the test shop: it starts, restarts, refuses and ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from deploy.embedded.checks import used_ports
from deploy.embedded.config import ROOT
from deploy.embedded.control import RefusedError
from deploy.embedded.failure import StackFailure
from deploy.embedded.ports import is_free
from deploy.embedded.report import Progress
from deploy.embedded.stack import Stack
from deploy.testing import new_config, running

WAIT_S = 60.0


@pytest.fixture(scope="module")
def small_stack() -> Iterator[Stack]:
    """Postgres and the shop: what needs the least time."""
    with running(new_config(services=("shop",), kafka=False, live_failures=1)) as stack:
        yield stack


def until(holds: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_every_process_is_ready_when_start_returns(small_stack: Stack) -> None:
    assert {row.name: row.state for row in small_stack.status()} == {"postgres": "ready", "shop": "ready"}
    with urllib.request.urlopen(f"{small_stack.url('shop')}/live", timeout=5) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("name", ["shop", "postgres"])
def test_what_is_killed_starts_again(small_stack: Stack, name: str) -> None:
    old_pid = small_stack.pid(name)
    small_stack.kill(name)
    small_stack.wait_ready(name)
    assert small_stack.pid(name) != old_pid


def test_what_hangs_is_found_by_its_silence_and_starts_again(small_stack: Stack) -> None:
    old_pid = small_stack.pid("shop")
    os.kill(old_pid, signal.SIGSTOP)
    until(lambda: all(row.pid != old_pid for row in small_stack.status()))
    small_stack.wait_ready("shop")


def test_a_stopped_process_stays_down_until_it_is_started(small_stack: Stack) -> None:
    small_stack.stop_process("shop")
    assert is_free(small_stack.config.port("shop"))
    with pytest.raises(LookupError):
        small_stack.pid("shop")
    small_stack.start_process("shop")
    small_stack.wait_ready("shop")


def test_an_unknown_name_is_refused_with_the_known_ones(small_stack: Stack) -> None:
    with pytest.raises(RefusedError, match=r"no process 'shopp'.*postgres, shop"):
        small_stack.restart("shopp")


def test_a_second_start_with_the_same_folder_is_refused(small_stack: Stack) -> None:
    with pytest.raises(StackFailure, match="being started or ended"):
        Stack(small_stack.config).start()
    assert small_stack.is_running()


def test_ending_leaves_no_process_and_no_port() -> None:
    config = new_config(services=("shop",), kafka=False)
    with running(config) as stack:
        pids = [row.pid for row in stack.status() if row.pid]
        family = {child.pid for pid in pids for child in psutil.Process(pid).children(recursive=True)} | set(pids)
        assert stack.stop()
        assert not [pid for pid in family if psutil.pid_exists(pid)]
        assert all(is_free(port) for port in used_ports(config).values())
        assert not stack.stop()


def test_a_killed_supervisor_takes_everything_along() -> None:
    if not sys.platform.startswith("linux"):
        return
    config = new_config(services=("shop",), kafka=False)
    with running(config) as stack:
        pids = [row.pid for row in stack.status() if row.pid]
        supervisor = psutil.Process(pids[0]).parent()
        assert supervisor is not None
        supervisor.kill()
        until(lambda: not any(psutil.pid_exists(pid) for pid in pids))
        stack.start()
        stack.wait_ready("shop")


def test_a_taken_port_is_named_with_its_owner_and_the_setting_that_moves_it() -> None:
    config = new_config(services=("shop",), kafka=False)
    with socket.create_server(("127.0.0.1", config.port("shop"))):
        answer = make_up(config.state_dir, config.ports["api"])
    assert answer.returncode == 1
    sentence = answer.stderr.strip().splitlines()[-1]
    assert sentence.startswith(f"Port {config.port('shop')}, which shop needs, is taken")
    assert "PAYGATE_PORT_BASE=" in sentence
    if sys.platform.startswith("linux"):
        assert f"pid {os.getpid()}" in sentence
    Stack(config).remove()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = make_up(tmp_path / "file/state", 20_000)
    assert answer.returncode == 1
    assert str(tmp_path / "file") in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_service_that_does_not_come_up_shows_its_log() -> None:
    config = new_config(services=("shop",), kafka=False, environment={"shop": {"WEBHOOK_SECRET": ""}})
    told: list[Progress] = []
    stack = Stack(config)
    with pytest.raises(StackFailure, match=r"shop ends again and again: read .*shop\.log") as failure:
        stack.start(told.append)
    assert "WEBHOOK_SECRET" in failure.value.detail
    assert not stack.is_running()
    assert all(is_free(port) for port in used_ports(config).values())
    assert [progress.step for progress in told if progress.kind == "done"][:2] == ["ports and folders", "Postgres"]
    stack.remove()


def make_up(state_dir: Path, base: int) -> "subprocess.CompletedProcess[str]":
    """As the Makefile does it, for the shop alone."""
    settings = {"PAYGATE_STATE_DIR": str(state_dir), "PAYGATE_PORT_BASE": str(base), "PAYGATE_SERVICES": "shop"}
    command = [sys.executable, "-m", "deploy.embedded", "up"]
    environment = {**os.environ, **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
