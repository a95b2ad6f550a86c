"""Files that one can read: short, each saying what it is for, none that is a drawer for everything."""

import ast
from collections.abc import Iterator
from typing import Final

from tests.architecture.source import Module, modules

LINES_MAX: Final = 500
TEST_LINES_MAX: Final = 800
"""A test is read case by case."""

FUNCTION_LINES_MAX: Final = 70
DRAWERS: Final = ("utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base")
NOT_A_DRAWER: Final = ("contracts.events.base",)
"""The one class that every event extends."""

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_modules_are_short() -> None:
    lines = {module.where: module.text.count("\n") for module in modules() if not module.is_test}
    assert not {where: count for where, count in lines.items() if count > LINES_MAX}


def test_modules_of_tests_are_short_enough() -> None:
    lines = {module.where: module.text.count("\n") for module in modules() if module.is_test}
    assert not {where: count for where, count in lines.items() if count > TEST_LINES_MAX}


def test_functions_fit_a_screen_or_two() -> None:
    lines = {
        f"{module.where}: {function.name}": (function.end_lineno or 0) - function.lineno + 1
        for module in modules()
        for function in _functions(module)
    }
    assert not {where: count for where, count in lines.items() if count > FUNCTION_LINES_MAX}


def test_every_module_says_what_it_is_for() -> None:
    assert not [module.where for module in modules() if module.text and not ast.get_docstring(module.tree)]


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = [module.where for module in modules() if module.path.stem in DRAWERS and module.name not in NOT_A_DRAWER]
    assert not drawers


def test_imports_stand_at_the_top() -> None:
    inner = [
        f"{module.where}:{node.lineno}"
        for module in modules()
        for function in _functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inner


def _functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(module.tree) if isinstance(node, FUNCTIONS))
