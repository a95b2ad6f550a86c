"""Merchants in and out, for the operator."""

import re
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field, field_validator
from yarl import URL

from chassis.validation import Text, api_error
from services.api.schemas.fields import OwnRequest, ShortText, Shown
from services.api.schemas.lists import PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX

URL_MAX_CHARS = 2048
ID_MAX_CHARS = 64
ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")


def _is_address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise api_error("BAD_REQUEST_ERROR", "email must look like name@host")
    return text


class CreateMerchant(OwnRequest):
    """POST /api/v1/merchants"""

    name: Annotated[ShortText, Field(min_length=1)]
    email: Annotated[ShortText, AfterValidator(_is_address), Field(json_schema_extra={"format": "email"})]
    webhook_url: Annotated[Text, Field(max_length=URL_MAX_CHARS)] | None = None
    """Where its webhooks go until it says otherwise."""

    @field_validator("webhook_url")
    @classmethod
    def _is_a_url(cls, text: str | None) -> str | None:
        if text is None:
            return None
        try:
            url = URL(text)
            usable = url.scheme in ("http", "https") and bool(url.host) and url.port not in (None, 0)
        except (ValueError, IndexError):  # the latter comes of `http://[]@`
            usable = False
        if not usable or not text.isprintable() or " " in text:
            raise api_error("BAD_REQUEST_ERROR", "webhook_url must start with https:// or http:// and name a host")
        return text


class MerchantsQuery(OwnRequest):
    """GET /api/v1/merchants"""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    starting_after: Annotated[Text | None, Field(max_length=ID_MAX_CHARS, description="Go on after this id")] = None


class MerchantAnswer(Shown):
    """A merchant, as the operator sees it."""

    id: str
    name: str
    email: str
    created_at: datetime


class NewMerchantAnswer(MerchantAnswer):
    """A new merchant with its first keys. It finds the secret of its webhooks in its profile."""

    api_key: str
    api_secret: str
    """Shown this once."""
    publishable_key: str
    webhook_url: str | None


class MerchantsAnswer(Shown):
    """A page, newest first. `next_cursor` is there with `has_more`: send it as `starting_after`."""

    data: list[MerchantAnswer]
    limit: int
    has_more: bool
    next_cursor: str | None = None
