"""The golden examples of `contracts/examples`, by type of event."""

from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[3] / "contracts" / "examples"


@cache
def golden(kind: str) -> dict[str, bytes]:
    """Name to bytes of the examples of this kind; none when there is no such folder."""
    return {path.stem: path.read_bytes() for path in sorted((FOLDER / kind).glob("*.json"))}
