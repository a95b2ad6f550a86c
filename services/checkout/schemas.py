"""What the api forwards for merchants, and what browsers ask."""

import re
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.validation import Instant, Text
from contracts import ids
from services.checkout.locales import Locale
from services.checkout.origins import origin_problem, shown
from services.checkout.state import PLACEHOLDER, Theme

PAGE_LIMIT_DEFAULT: Final = 10
PAGE_LIMIT_MAX: Final = 100
PAGE_OFFSET_MAX: Final = 100_000
URL_MAX_CHARS: Final = 2048
END_OF_HOST: Final = re.compile(r"[/?#]")
URL_TEXT: Final = re.compile(r"[!#-&(-;=?-\[\]_a-z~]+")
"""The characters of an address: printable ASCII without quotes, brackets of markup, and what browsers rewrite."""

VPA_MAX_CHARS: Final = 255
NAME_MAX_CHARS: Final = 255
ORIGINS_READ_MAX: Final = 1000


def _unfit(sentence: str, **context: object) -> PydanticCustomError:
    return PydanticCustomError("unfit", sentence, context)  # type: ignore[arg-type, unused-ignore]


def _id_of(prefix: str) -> AfterValidator:
    def check(told: str) -> str:
        if not ids.is_id(told, prefix):
            raise _unfit("must be an id that begins with {prefix}_", prefix=prefix)
        return told

    return AfterValidator(check)


def _web_address(told: str) -> str:
    """Absolute, of http or https, and nothing that could mean another place to a browser than to us."""
    plain = told.replace(PLACEHOLDER, "")
    if not URL_TEXT.fullmatch(plain):
        raise _unfit("must be an address of printable ASCII characters; escape the others (%20 for a space)")
    try:
        parts = urlsplit(plain)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise _unfit("must be a whole address that begins with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise _unfit("must not hold a user name or a password")
    if PLACEHOLDER in END_OF_HOST.split(told.partition("://")[2])[0]:
        raise _unfit("must not have {placeholder} in its host", placeholder=PLACEHOLDER)
    return told


def _origins(told: list[str]) -> list[str]:
    for origin in told:
        problem = origin_problem(origin)
        if problem is not None:
            raise _unfit(
                "must hold origins such as https://shop.example: {origin} {problem}",
                origin=shown(origin),
                problem=problem,
            )
    return list(dict.fromkeys(told))


OrderId = Annotated[str, _id_of(ids.ORDER)]
SessionId = Annotated[str, _id_of(ids.CHECKOUT_SESSION)]
WebAddress = Annotated[Text, Field(max_length=URL_MAX_CHARS), AfterValidator(_web_address)]


class Request(BaseModel):
    """A request of a route that is ours alone: a field that nobody knows is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Prefill(Request):
    """What the page's fields hold at first. Never a card's number."""

    vpa: Annotated[Text, Field(max_length=VPA_MAX_CHARS)] | None = None
    holder_name: Annotated[Text, Field(max_length=NAME_MAX_CHARS)] | None = None


class CreateSession(Request):
    """POST /internal/checkout/sessions"""

    order_id: Annotated[Text, Field(max_length=64)]
    success_url: WebAddress | None = None
    cancel_url: WebAddress | None = None
    expires_at: Instant | None = None
    locale: Locale | None = None
    theme: Theme | None = None
    prefill: Prefill | None = None

    @property
    def prefilled(self) -> dict[str, Any]:
        """What is told of it."""
        return {} if self.prefill is None else self.prefill.model_dump(exclude_none=True)


class SessionsQuery(Request):
    """GET /internal/checkout/sessions"""

    limit: Annotated[int, Field(ge=1, le=PAGE_LIMIT_MAX)] = PAGE_LIMIT_DEFAULT
    offset: Annotated[int, Field(ge=0, le=PAGE_OFFSET_MAX)] = 0
    order_id: OrderId | None = None
    starting_after: SessionId | None = None
    ending_before: SessionId | None = None

    @model_validator(mode="after")
    def _asks_for_one_place(self) -> Self:
        if self.starting_after is not None and self.ending_before is not None:
            raise ValueError("starting_after and ending_before can't be combined: use one of them")
        if self.offset and (self.starting_after or self.ending_before):
            raise ValueError("offset can't be combined with a cursor, which says where to start")
        return self


class SaveSettings(Request):
    """PUT /internal/checkout/settings: whose pages may embed the checkout; null for the default."""

    allowed_origins: Annotated[list[str], Field(max_length=ORIGINS_READ_MAX), AfterValidator(_origins)] | None


class PageQuery(BaseModel):
    """GET /checkout and /checkout/{session}: what a shop's page or a link says. A page is shown whatever that is."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    order_id: str | None = None
    key: str | None = None
    embedded: str | None = None
    locale: str | None = None
    theme: str | None = None


class UpiQuery(BaseModel):
    """GET /upi/{order}: the link's own parameters are for people and apps to read; the order counts."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    payment: str | None = None


class UpiChoice(BaseModel):
    """POST /upi/{order}: which button, in which attempt."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    choice: Literal["pay", "decline"]
    attempt: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]


class NoBody(Request):
    """A POST that needs no body; what is sent is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)
