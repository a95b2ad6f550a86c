"""What runs in the browser is built once for each change, by one process at a time, whole or not at all."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest

from deploy.embedded import ui
from deploy.embedded.config import ROOT
from deploy.embedded.failure import StackFailure

COPIES = """
import { appendFileSync, copyFileSync, mkdirSync } from "node:fs";
mkdirSync(process.argv[2]);
appendFileSync("../builds", "x");
copyFileSync("page.txt", `${process.argv[2]}/page.txt`);
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace whose build copies a file and counts how often it ran."""
    folder = tmp_path / "ui"
    folder.mkdir()
    about = {"name": "ui", "version": "1.0.0", "type": "module", "scripts": {"greet": "node greet.js"}}
    (folder / "package.json").write_text(json.dumps(about))
    lock = {"name": "ui", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": about}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "build.ts").write_text(COPIES)
    (folder / "page.txt").write_text("one")
    return folder


def builds(workspace: Path) -> int:
    counted = workspace.parent / "builds"
    return len(counted.read_text()) if counted.exists() else 0


def side_by_side(*calls: Callable[[], object]) -> None:
    start = Barrier(len(calls))

    def run(call: Callable[[], object]) -> None:
        start.wait(timeout=30)
        call()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_it_is_built_again_only_when_a_source_has_changed(workspace: Path) -> None:
    assert not ui.is_built(workspace)
    assert (ui.build(workspace) / "page.txt").read_text() == "one"
    ui.build(workspace)
    assert builds(workspace) == 1
    (workspace / "page.txt").write_text("two")
    assert not ui.is_built(workspace)
    assert (ui.build(workspace) / "page.txt").read_text() == "two"
    assert builds(workspace) == 2
    assert not list(workspace.glob("dist.*")), "nothing half done is left there"


def test_what_only_tests_read_changes_nothing(workspace: Path) -> None:
    ui.build(workspace)
    (workspace / "tests").mkdir()
    (workspace / "tests/a.test.ts").write_text("1")
    assert ui.is_built(workspace)


def test_a_build_installs_no_tools_and_what_needs_them_does(workspace: Path) -> None:
    stamp = workspace / "node_modules/.installed"
    ui.build(workspace)
    assert stamp.read_text().endswith(" to build")
    ui.prepare(workspace)
    assert stamp.read_text().endswith(" all")
    (workspace / "page.txt").write_text("two")
    ui.build(workspace)
    assert stamp.read_text().endswith(" all"), "a build has use for them, too"


def test_two_at_once_build_once(workspace: Path) -> None:
    program = "import sys, pathlib; from deploy.embedded import ui; ui.build(pathlib.Path(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(workspace)]
    side_by_side(*[lambda: subprocess.run(command, cwd=ROOT, check=True, timeout=60)] * 3)
    assert builds(workspace) == 1
    assert ui.is_built(workspace)


def test_a_build_that_fails_says_why_and_leaves_the_former_one(workspace: Path) -> None:
    ui.build(workspace)
    (workspace / "build.ts").write_text("throw new Error('the page has no entry')")
    with pytest.raises(StackFailure, match=r"could not be built: .* run the same command again") as failure:
        ui.build(workspace)
    assert "the page has no entry" in failure.value.detail
    assert (workspace / "dist/page.txt").read_text() == "one"
    assert not ui.is_built(workspace)


def test_a_script_answers_with_its_exit_code(workspace: Path) -> None:
    (workspace / "greet.js").write_text("process.exit(process.version.startsWith('v24.') ? 7 : 8)")
    ui.prepare(workspace)
    assert ui.run("greet", workspace) == 7
