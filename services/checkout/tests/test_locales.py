"""Which language a buyer gets."""

import pytest

from services.checkout.locales import TITLES, chosen, direction_of


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"),
        ("", "en"),
        ("*", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("fr-CA, fr;q=0.9, en;q=0.8", "fr"),
        ("ja, es;q=0.3, de;q=0.7", "de"),
        ("hi;q=0.5, ar;q=0.5", "hi"),
        ("ar;q=0.5, hi;q=0.5", "ar"),
        ("en;q=0, *", "hi"),
        ("en;q=0", "en"),
        ("en;q=0.1, fr;q=0", "en"),
        ("zh-Hant-TW, *;q=0.5, de;q=0.4", "en"),
        ("de;q=0.4, *;q=0.5, en;q=0.1", "hi"),
        ("de;q=1.5, es", "es"),
        ("de;level=1, es;q=0.5", "es"),
        ("de;q = 0.9 ,es;Q=0.95", "es"),
        (", ,;;, de", "de"),
        ("x" * 5000 + ", de", "en"),
        ("<script>, fr", "fr"),
        ("de\x00, fr;q=0.2", "fr"),
        ("fr-FR;q=0.2, fr;q=0.9, es;q=0.5", "fr"),
    ],
)
def test_the_browser_says_what_it_likes(header: str | None, locale: str) -> None:
    assert chosen(None, None, header) == locale


def test_the_address_goes_before_the_session_and_the_session_before_the_browser() -> None:
    assert chosen("fr", "de", "es") == "fr"
    assert chosen(None, "de", "es") == "de"
    assert chosen("tlh", "de", "es") == "de"
    assert chosen("FR", None, "es") == "es"


def test_every_language_has_a_direction() -> None:
    assert {locale: direction_of(locale) for locale in TITLES} == {
        "en": "ltr",
        "hi": "ltr",
        "es": "ltr",
        "fr": "ltr",
        "de": "ltr",
        "ar": "rtl",
    }
