"""API keys in and out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, field_validator

from chassis.validation import Text
from services.api.auth import SCOPES, Scope
from services.api.schemas.fields import OwnRequest, Shown
from services.api.schemas.lists import PageQuery

NAME_MAX_CHARS = 100
GRACE_MAX_S = 86_400
ALL = "*"

KeyName = Annotated[Text, Field(min_length=1, max_length=NAME_MAX_CHARS)]


class CreateApiKey(OwnRequest):
    """POST /api/v1/api_keys"""

    name: KeyName
    kind: Literal["secret", "publishable"] = "secret"
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))] | None = None
    """What the key may do; unset, or `*`: all."""
    expires_at: AwareDatetime | None = None
    rate_limit_per_s: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = None
    """A lower limit than the gateway's own."""

    @field_validator("scopes", mode="before")
    @classmethod
    def _all(cls, value: object) -> object:
        return None if value in (ALL, [ALL]) else value


class RenameApiKey(OwnRequest):
    """PATCH /api/v1/api_keys/{id}"""

    name: KeyName


class RollApiKey(OwnRequest):
    """POST /api/v1/api_keys/{id}/roll"""

    grace_s: Annotated[int, Field(strict=True, ge=0, le=GRACE_MAX_S)] = 0
    """How long the old key works on, in s."""


class ApiKeysQuery(PageQuery, OwnRequest):
    """GET /api/v1/api_keys"""


class ApiKeyAnswer(Shown):
    """A key without its secret."""

    id: str
    """The same as `key`."""
    key: str
    """The public part: what is sent as X-Api-Key."""
    kind: Literal["secret", "publishable"]
    name: str
    scopes: list[str]
    """`["*"]` for a key that may do all."""
    status: Literal["active", "expired", "revoked"]
    rate_limit_per_s: int | None
    last_used_at: datetime | None
    """Some seconds late."""
    expires_at: datetime | None
    revoked_at: datetime | None
    created_at: datetime


class NewApiKeyAnswer(ApiKeyAnswer):
    """A new key with its secret."""

    secret: str | None
    """Shown this once; null for a publishable key, which has none."""
    replaces: str | None = None
    """The key that it was rolled from."""
    replaced_expires_at: datetime | None = None
    """Until when that one works beside it."""
