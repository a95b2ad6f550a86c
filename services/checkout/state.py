"""Pure decisions: who may embed a merchant's checkout."""

from collections.abc import Sequence
from typing import Final

LOCAL_ORIGINS: Final = ("http://localhost:*", "http://127.0.0.1:*")
"""Any port of this machine: where shops are developed."""


def effective_origins(allowed: Sequence[str] | None, *, test_mode: bool) -> tuple[str, ...]:
    """Whose pages may embed the checkout of a merchant that allows these, or None for one that has said nothing."""
    if allowed is not None:
        return tuple(allowed)
    return LOCAL_ORIGINS if test_mode else ()
