"""The audit's query."""

from typing import Annotated

from pydantic import Field

from services.api.schemas.fields import Request


class AuditQuery(Request):
    """GET /api/v1/audit; `wait_s`: how long to wait for what is still in flight, in s."""

    wait_s: Annotated[float, Field(ge=0, le=60)] = 10.0
