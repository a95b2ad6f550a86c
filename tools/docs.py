"""`make docs`: writes every page that is made from the code; `--check` only says whether one is stale."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from chassis.openapi import pretty
from deploy.embedded.config import ROOT
from services.api.reference.asyncapi import asyncapi
from services.api.reference.offline import committed_openapi
from tools import audit_table, cards_table, dashboard_texts, settings_table

PAGES: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("docs/settings.md", settings_table.page),
    ("docs/audit.md", audit_table.page),
    ("docs/test-cards.md", cards_table.page),
    ("ui/dashboard/src/features/developers/testCards.gen.json", dashboard_texts.test_cards),
    ("ui/dashboard/src/features/docs/snippets.gen.json", dashboard_texts.snippets),
    ("contracts/generated/openapi.json", lambda: pretty(committed_openapi())),
    ("contracts/generated/asyncapi.json", lambda: pretty(asyncapi())),
)
"""Where each page goes, and who makes it."""


def stale(root: Path = ROOT) -> list[str]:
    """The pages that do not say what the code says."""
    return [name for name, make in PAGES if _read(root / name) != make()]


def write(root: Path = ROOT) -> list[str]:
    """Write what is stale anew; the answer is what that was."""
    changed = stale(root)
    for name, make in PAGES:
        if name in changed:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(make(), encoding="utf-8")
    return changed


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    if not parser.parse_args().check:
        for name in write():
            print(f"Wrote {name}.")
        return 0
    if pages := stale():
        print(f"Out of date: {', '.join(pages)}. Run `make docs` and commit what it writes.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
