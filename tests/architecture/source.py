"""The repository's own Python, read and parsed once, for the tests that look at it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ("contracts", "chassis", "acquirer", "services", "examples", "deploy", "tools")
SERVICES: Final = tuple(sorted(path.parent.name for path in (ROOT / "services").glob("*/__main__.py")))
GENERATED: Final = ("__pycache__", "node_modules", "dist", "generated")


@dataclass(frozen=True)
class Module:
    """One file; `name` as it is imported."""

    path: Path
    name: str
    text: str
    tree: ast.Module

    @property
    def where(self) -> str:
        """For messages."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def is_test(self) -> bool:
        """In a folder of tests."""
        return "tests" in self.path.relative_to(ROOT).parts

    def imports(self) -> Iterator[tuple[str, str | None]]:
        """Every (module, name) that it imports; the name is None for `import module`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, None) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)

    def names(self) -> set[str]:
        """Every name that its code mentions."""
        found = {node.id for node in ast.walk(self.tree) if isinstance(node, ast.Name)}
        return found | {node.attr for node in ast.walk(self.tree) if isinstance(node, ast.Attribute)}


@cache
def modules(*packages: str) -> tuple[Module, ...]:
    """Every module below these packages ('services/api'), tests included; the whole repository's if none is named."""
    roots = [ROOT / package for package in packages] or [ROOT]
    return tuple(_parsed(path) for root in roots for path in sorted(root.rglob("*.py")) if not _is_foreign(path))


def shipped(*packages: str) -> list[Module]:
    """The same without tests."""
    return [module for module in modules(*packages) if not module.is_test]


@cache
def files() -> tuple[Path, ...]:
    """Every file of the repository that is not made by a tool."""
    return tuple(path for path in sorted(ROOT.rglob("*")) if path.is_file() and not _is_foreign(path))


@cache
def _parsed(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    return Module(path, name, text, ast.parse(text, filename=str(path)))


def _is_foreign(path: Path) -> bool:
    """Caches, virtual environments, the stack's own folder: hidden, or in GENERATED (and a worktree's file `.git`)."""
    folders = path.relative_to(ROOT).parts[:-1]
    return path.name == ".git" or any((part.startswith(".") and part != ".ci") or part in GENERATED for part in folders)
