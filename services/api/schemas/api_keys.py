"""API keys in and out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field, field_validator

from chassis.validation import Text
from services.api.auth import SCOPES, Scope
from services.api.schemas.fields import OwnRequest
from services.api.schemas.lists import PageQuery

NAME_MAX_CHARS = 100
GRACE_MAX_S = 86_400
ALL = "*"

KeyName = Annotated[Text, Field(min_length=1, max_length=NAME_MAX_CHARS)]


class CreateApiKey(OwnRequest):
    """POST /api/v1/api_keys; without scopes, or with `*`, the key may do all. `rate_limit_per_s`: a lower limit."""

    name: KeyName
    kind: Literal["secret", "publishable"] = "secret"
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))] | None = None
    expires_at: AwareDatetime | None = None
    rate_limit_per_s: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None

    @field_validator("scopes", mode="before")
    @classmethod
    def _all(cls, value: object) -> object:
        return None if value in (ALL, [ALL]) else value


class RenameApiKey(OwnRequest):
    """PATCH /api/v1/api_keys/{id}"""

    name: KeyName


class RollApiKey(OwnRequest):
    """POST /api/v1/api_keys/{id}/roll; for `grace_s` the old key works beside the new one."""

    grace_s: Annotated[int, Field(strict=True, ge=0, le=GRACE_MAX_S)] = 0


class ApiKeysQuery(PageQuery, OwnRequest):
    """GET /api/v1/api_keys"""


class ApiKeyAnswer(BaseModel):
    """A key without its secret. `id` is its public part, the same as `key`; `scopes` is `["*"]` for one that may do
    all; `last_used_at` is some seconds late."""

    id: str
    key: str
    kind: Literal["secret", "publishable"]
    name: str
    scopes: list[str]
    status: Literal["active", "expired", "revoked"]
    rate_limit_per_s: int | None
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class NewApiKeyAnswer(ApiKeyAnswer):
    """A new key, with its secret for this once (null for a publishable one). `replaces`: the key that it was rolled
    from, which works until `replaced_expires_at`."""

    secret: str | None
    replaces: str | None = None
    replaced_expires_at: datetime | None = None
