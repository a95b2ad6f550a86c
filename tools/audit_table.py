"""docs/audit.md, made from the audit's own list: what `make audit` checks, each by the name that it says."""

from typing import Final

from services.api.audit.checks import CHECKS

HEAD: Final = """# What the audit checks

`make audit`, which is `GET /api/v1/audit`, reads every row of every service as sorted streams, joins them, and
derives again what must hold. A difference names a check and an object, and says what was expected of it and what
was found. A merchant's key sees the merchant's own rows, the operator's token all. What a message under way may
still make right is waited for (`?wait_s=`), then told as skipped: the audit is ok only when there is no difference
and nothing was skipped. It takes the same memory whatever the history, and time in proportion to it.

| check | what holds |
|---|---|
"""
FOOT: Final = """
Each of them is broken by hand in the database by a test (`tests/audit/test_breaks.py`), which sees the audit name it.
"""


def page() -> str:
    """The page."""
    return HEAD + "".join(f"| `{name}` | {sentence} |\n" for name, sentence in CHECKS.items()) + FOOT
