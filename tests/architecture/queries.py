"""Every named query of the code: where it is defined, who may run it, and where it is mentioned."""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from chassis.sql import Query
from tests.architecture.source import SERVICES, Module, shipped

PACKAGES: Final = ("chassis", "acquirer", "services")


@dataclass(frozen=True)
class Owned:
    """A query and the role that runs it; the chassis' own queries are there once for each service."""

    role: str
    home: str
    query: Query

    @property
    def label(self) -> str:
        """For messages."""
        return f"{self.role}: {self.home}.{self.query.name}"


@cache
def homes() -> Mapping[str, Mapping[str, Query]]:
    """Module that says `queries = Queries(…)` to its queries by name."""
    names = [module.name for module in shipped(*PACKAGES) if _defines_queries(module)]
    return {name: {query.name: query for query in importlib.import_module(name).queries} for name in names}


def owned() -> Iterator[Owned]:
    """Every query under every role that runs it."""
    for home, queries in homes().items():
        package, _, rest = home.partition(".")
        roles = {"chassis": SERVICES, "acquirer": ("acquirer",), "services": (rest.split(".")[0],)}[package]
        for role in roles:
            yield from (Owned(role, home, query) for query in queries.values())


def mentions() -> tuple[dict[str, set[str]], list[str]]:
    """Home to the names that are mentioned as its attributes, and the places that use `queries` otherwise."""
    used: dict[str, set[str]] = defaultdict(set)
    opaque = []
    for module in shipped(*PACKAGES):
        local = _homes_by_local_name(module)
        seen = set()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and (home := _home(node.value, local)):
                used[home].add(node.attr)
                seen.add(id(node.value))
        for node in ast.walk(module.tree):
            if _home(node, local) and id(node) not in seen and isinstance(getattr(node, "ctx", None), ast.Load):
                opaque.append(f"{module.where}:{getattr(node, 'lineno', 0)}")
    return used, opaque


def _home(node: ast.AST, local: Mapping[str, str]) -> str | None:
    """The module whose `queries` an expression is: `queries`, or `store.queries`."""
    if isinstance(node, ast.Name):
        return local.get(node.id)
    if isinstance(node, ast.Attribute) and node.attr == "queries" and isinstance(node.value, ast.Name):
        return local.get(f"{node.value.id}.queries")
    return None


def _homes_by_local_name(module: Module) -> dict[str, str]:
    local = {"queries": module.name} if _defines_queries(module) else {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                name = alias.asname or alias.name
                if alias.name == "queries":
                    local[name] = node.module or ""
                elif f"{node.module}.{alias.name}" in homes():
                    local[f"{name}.queries"] = f"{node.module}.{alias.name}"
    return local


def _defines_queries(module: Module) -> bool:
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "Queries"
        for node in module.tree.body
    )
