"""Imports go one way, and what decides touches nothing outside."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import grimp
import pytest

from tests.architecture.source import ROOT, Module, modules, shipped

PACKAGES: Final = ("contracts", "chassis", "acquirer", "services")
PURE: Final = ("state", "rules", "fold")
OUTSIDE: Final = ("asyncpg", "aiokafka", "aiohttp")


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, packages from outside included."""
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_the_contracts_of_import_linter_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    ended = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_pure_modules_reach_no_driver_not_even_through_others(graph: grimp.ImportGraph) -> None:
    pure = [module.name for module in shipped("acquirer", "services") if module.path.stem in PURE]
    assert len(pure) >= 4
    chains = [graph.find_shortest_chain(module, driver) for module in pure for driver in OUTSIDE]
    assert not [" → ".join(chain) for chain in chains if chain]


def test_an_example_stands_outside() -> None:
    """It sees what an integration sees: HTTP, webhooks and the contracts."""
    assert not _imported(modules("examples"), ("chassis", "acquirer", "services", "deploy", "tools"))


def test_what_is_shipped_needs_neither_tests_nor_tools() -> None:
    assert not _imported(
        shipped("contracts", "chassis", "acquirer", "services"), ("tests", "tools", "deploy", "examples")
    )


def test_contracts_need_pydantic_alone() -> None:
    allowed = {"contracts", "pydantic", "pydantic_core", *sys.stdlib_module_names}
    wrong = [
        (module.where, name)
        for module in shipped("contracts")
        for name, _ in module.imports()
        if name.split(".")[0] not in allowed
    ]
    assert not wrong


def _imported(importers: Iterable[Module], packages: tuple[str, ...]) -> list[str]:
    return [
        f"{module.where} imports {name}"
        for module in importers
        for name, _ in module.imports()
        if name.split(".")[0] in packages
    ]
