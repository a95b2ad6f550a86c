"""The page's languages, and which of them a buyer gets."""

import re
from typing import Final, Literal, cast

Locale = Literal["en", "hi", "es", "fr", "de", "ar"]
Direction = Literal["ltr", "rtl"]

DEFAULT: Final[Locale] = "en"
TITLES: Final[dict[Locale, str]] = {
    "en": "Checkout",
    "hi": "भुगतान",
    "es": "Pago",
    "fr": "Paiement",
    "de": "Bezahlen",
    "ar": "الدفع",
}
"""Every language, with the title of the page before its script says more."""

RIGHT_TO_LEFT: Final = ("ar",)
ACCEPT_MAX_CHARS: Final = 1024
RANGE: Final = re.compile(
    r"\s*(?P<tag>\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*[qQ]\s*=\s*(?P<q>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)
"""An entry of Accept-Language (RFC 9110); what is none is passed over."""


def is_locale(text: str | None) -> bool:
    """Whether the page speaks this language."""
    return text in TITLES


def direction_of(locale: Locale) -> Direction:
    """Which way it is written."""
    return "rtl" if locale in RIGHT_TO_LEFT else "ltr"


def chosen(asked: str | None, session: str | None, accept_language: str | None) -> Locale:
    """What the address asks for, else the session, else the browser. Others count as not said."""
    for named in (asked, session):
        if is_locale(named):
            return cast("Locale", named)
    return _accepted(accept_language or "")


def _accepted(header: str) -> Locale:
    """The language that the browser likes best. Among equals the first; `*` stands for any that it does not name."""
    weights: dict[str, float] = {}
    for entry in header[:ACCEPT_MAX_CHARS].split(","):
        found = RANGE.fullmatch(entry)
        if found:
            # A region's page is its language's: for "fr-CA, fr;q=0.9" that is French at its best weight.
            language = found["tag"].lower().partition("-")[0]
            weights[language] = max(weights.get(language, 0.0), 1.0 if found["q"] is None else float(found["q"]))
    others = weights.pop("*", 0.0)
    spoken: dict[Locale, float] = {locale: weights.get(locale, others) for locale in _as_named(weights)}
    best = max(spoken, key=lambda locale: spoken[locale])
    return best if spoken[best] > 0 else DEFAULT


def _as_named(weights: dict[str, float]) -> list[Locale]:
    """All languages: those that the browser names, in its order, then ours."""
    named = [cast("Locale", language) for language in weights if is_locale(language)]
    return list(dict.fromkeys([*named, *TITLES]))
