"""The audit's query and report."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.api.schemas.fields import Request, Shown


class AuditQuery(Request):
    """GET /api/v1/audit; `wait_s`: how long to wait for what is still in flight, in s."""

    wait_s: Annotated[float, Field(ge=0, le=60)] = 10.0


class DifferenceAnswer(Shown):
    """A rule that does not hold: what was expected of an object, and what was found."""

    check: str
    object: str
    expected: Any
    found: Any


class AuditAnswer(Shown):
    """`ok` needs no difference and nothing skipped. `checked` counts what was compared; `in_flight` shows some of what
    was skipped because it was still under way."""

    ok: bool
    differences: list[DifferenceAnswer]
    checked: dict[str, int]
    skipped: int
    in_flight: list[DifferenceAnswer]
    as_of: datetime
