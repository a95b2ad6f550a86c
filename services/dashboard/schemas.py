"""Requests to the dashboard's own routes. A field that is not known is refused."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts import ids
from services.dashboard.state import Role

EMAIL = r"^[^\s@\x00]{1,64}@[^\s@\x00]{1,255}$"


def _action_id(text: str) -> str:
    if not ids.is_id(text, ids.USER_ACTION):
        raise ValueError("must be the id of an action")
    return text


Email = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=320, pattern=EMAIL)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Login(_Strict):
    """POST /dashboard/api/login"""

    email: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    password: Password


class NewPassword(_Strict):
    """POST /dashboard/api/password"""

    current: Password
    new: Password


class CreateUser(_Strict):
    """POST /dashboard/api/users"""

    email: Email
    name: Name
    role: Role


class OperatorsUser(CreateUser):
    """POST /dashboard/api/operator/users"""

    merchant_id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]


class ChangeUser(_Strict):
    """PATCH /dashboard/api/users/{id}; what is not named stays."""

    name: Name | None = None
    role: Role | None = None
    disabled: bool | None = None


class NoBody(_Strict):
    """Nothing to say."""


class TrailQuery(_Strict):
    """GET /dashboard/api/trail"""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    starting_after: Annotated[str, AfterValidator(_action_id)] | None = None
    user_id: Annotated[str, StringConstraints(max_length=64)] | None = None


class CspReport(BaseModel):
    """POST /dashboard/api/csp-report: whatever a browser sends (Content Security Policy Level 3, section 5.3)."""

    report: dict[str, Any] = Field(alias="csp-report")
