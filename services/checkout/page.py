"""The checkout's HTML and the headers that guard it. All that is a merchant's or a buyer's stands in one data block, in
the title, or in a text; none of it in an attribute, and nothing is a script but our own file."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import orjson

from chassis.http import Answer
from services.checkout.assets import Build
from services.checkout.locales import TITLES, Locale, direction_of
from services.checkout.origins import origin_of
from services.checkout.settings import Settings
from services.checkout.state import Theme

HTML: Final = "text/html; charset=utf-8"
PLAIN: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(self), usb=()",
}
"""Of every page here."""

UNSAFE: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}
"""What could end a data block, or be read as a line's end, as JSON writes it otherwise."""

NOT_BUILT: Final = (
    "The checkout's page has not been built yet: run `make ui` (`make up` does so by itself), then load it again."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the buyer is told instead of an order."""

    status: int
    code: str
    description: str


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is shown, and to whom. `origins`: whose pages may embed it; none for a page of its own."""

    locale: Locale
    theme: Theme
    embedded: bool
    origins: Sequence[str] = ()


class Pages:
    """Renders pages for the places that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._frame = origin_of(settings.challenge_base_url)
        # The bank, too: it is told when its buyer gives up.
        self._connect = f"'self' {origin_of(settings.public_url)} {self._frame}"

    def page(
        self,
        build: Build,
        look: Look,
        data: dict[str, Any],
        *,
        status: int,
        merchant: str | None,
        problem: Problem | None,
    ) -> Answer:
        """The page with its data block. A problem stands in it as text as well, for who has no script."""
        title = TITLES[look.locale] if merchant is None else f"{TITLES[look.locale]} · {merchant}"
        html = (
            f'<!doctype html><html lang="{look.locale}" dir="{direction_of(look.locale)}" data-theme="{look.theme}">'
            '<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
            '<meta name="color-scheme" content="light dark">'
            f"<title>{escape(title)}</title>"
            '<link rel="icon" href="data:,">'
            f"{_links(build)}</head>"
            f'<body><div id="app">{_text(problem)}</div>{NO_SCRIPT if problem is None else ""}'
            f'<script type="application/json" id="bootstrap">{embeddable(data)}</script>'
            "</body></html>"
        )
        return Answer(status, html.encode(), self._headers(look, status), HTML)

    def not_built(self) -> Answer:
        """503 while there are no files to make a page of."""
        return plain_page(503, "Not built yet", NOT_BUILT)

    def _headers(self, look: Look, status: int) -> dict[str, str]:
        ancestors = " ".join(look.origins) or "'none'"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
            f"connect-src {self._connect}; frame-src {self._frame}; form-action 'self'; base-uri 'none'; "
            f"object-src 'none'; frame-ancestors {ancestors}; require-trusted-types-for 'script'"
        )
        headers = {
            **PLAIN,
            "Content-Security-Policy": policy,
            # The page that embeds ours is told apart by its origin; no path of ours goes anywhere.
            "Referrer-Policy": "strict-origin",
            "Vary": "Accept-Language",
        }
        if not look.embedded:
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if status == 503:
            headers["Retry-After"] = "2"
        return headers


NO_SCRIPT: Final = "<noscript><p>This page needs JavaScript to take a payment.</p></noscript>"


def embeddable(data: Any) -> str:
    """JSON that can stand in a script element of an HTML page, whatever it says."""
    text = orjson.dumps(data, option=orjson.OPT_UTC_Z).decode()
    for char, escaped in UNSAFE.items():
        text = text.replace(char, escaped)
    return text


def plain_page(status: int, title: str, sentence: str) -> Answer:
    """A page of words alone, which nobody frames."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="data:,"></head>'
        f"<body><main><h1>{escape(title)}</h1><p>{escape(sentence)}</p></main></body></html>"
    )
    headers = {
        **PLAIN,
        "Content-Security-Policy": "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
    if status == 503:
        headers["Retry-After"] = "2"
    return Answer(status, html.encode(), headers, HTML)


def _links(build: Build) -> str:
    """The build's own file names; escaped all the same."""
    styles = "".join(f'<link rel="stylesheet" href="{escape(style)}">' for style in build.styles)
    preload = "".join(f'<link rel="modulepreload" href="{escape(script)}">' for script in build.preload)
    return f'{styles}{preload}<script type="module" src="{escape(build.script)}"></script>'


def _text(problem: Problem | None) -> str:
    return "" if problem is None else f"<main><p>{escape(problem.description)}</p></main>"
