"""The browser's code: its own tests, what it weighs, and that its packages work where there is no browser."""

import subprocess
from pathlib import Path

import pytest

from deploy.embedded import node, ui

TIMEOUT_S = 60


@pytest.fixture(scope="module", autouse=True)
def built(ui_dist: Path) -> Path:
    """As it is delivered, with the tools of the workspace."""
    return ui_dist


def test_the_code_of_the_browser_passes_its_tests() -> None:
    assert ui.run("test") == 0, "see what vitest says"


def test_what_a_browser_downloads_is_within_its_budget() -> None:
    assert ui.run("size") == 0, "see what size-limit says"


def test_the_packages_are_whole_and_load_on_a_server(built: Path, tmp_path: Path) -> None:
    """Frameworks import what they render, also on a server."""
    scope = tmp_path / "node_modules/@paygate"
    scope.mkdir(parents=True)
    for name in ("sdk", "react"):
        (scope / name).symlink_to(built / name)
    (tmp_path / "node_modules/react").symlink_to(ui.UI / "node_modules/react")
    program = tmp_path / "load.mjs"
    program.write_text(
        """import { PaymentGateway } from "@paygate/sdk";
        import { PayButton, usePaymentGateway } from "@paygate/react";
        console.log(typeof PaymentGateway, typeof PayButton, typeof usePaymentGateway);"""
    )
    command: list[str | Path] = [node.program(), "--preserve-symlinks", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.stdout.split() == ["function"] * 3, done.stderr
    for name, types in (("sdk", "checkout.d.ts"), ("react", "index.d.ts")):
        assert (built / name / types).exists()
