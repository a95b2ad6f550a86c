"""/docs and what belongs to it: made from the code when it is first asked for, in need of nothing from outside."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from chassis.http import Answer, Call, Route, json_answer
from services.api.reference.asyncapi import asyncapi
from services.api.reference.pages import errors_page, events_page, viewer_page
from services.api.settings import Settings

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json"
STATIC: Final = Path(__file__).resolve().parents[1] / "static"
VIEWER: Final = "rapidoc-9.3.8.js"
SCRIPT: Final = "text/javascript; charset=utf-8"
FILES: Final = {VIEWER: SCRIPT, "reference.js": SCRIPT, "docs.css": "text/css; charset=utf-8"}
GUARDED: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
VIEWER_POLICY: Final = (
    # The viewer styles its elements one by one, and shows pictures that it carries itself.
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def docs_routes(openapi: Callable[[], dict[str, Any]], settings: Settings) -> list[Route]:
    """The table. None of it is part of the API's reference."""

    def viewer() -> Answer:
        return _html(viewer_page(f"/docs/static/{VIEWER}", test_mode=settings.test_mode), VIEWER_POLICY)

    return [
        _shown("/docs", "The API's reference", HTML, viewer),
        _shown("/docs/errors", "Every error code", HTML, lambda: _html(errors_page(settings.docs_url), POLICY)),
        _shown("/docs/events", "Every topic", HTML, lambda: _html(events_page(), POLICY)),
        _shown("/openapi.json", "The API in OpenAPI 3.1", JSON, lambda: json_answer(200, openapi()), cross_origin=True),
        _shown(
            "/asyncapi.json",
            "The topics in AsyncAPI 3.0",
            JSON,
            lambda: json_answer(200, asyncapi()),
            cross_origin=True,
        ),
        *(
            _shown(f"/docs/static/{name}", f"The file {name}", kind, partial(_file, name, kind))
            for name, kind in FILES.items()
        ),
    ]


def _shown(path: str, summary: str, media: str, make: Callable[[], Answer], *, cross_origin: bool = False) -> Route:
    made = cache(make)

    async def show(call: Call) -> Answer:
        return made()

    return Route("GET", path, show, summary, media=media, cross_origin=cross_origin, documented=False)


def _html(page: bytes, policy: str) -> Answer:
    return Answer(200, page, {**GUARDED, "Content-Security-Policy": policy}, HTML)


def _file(name: str, kind: str) -> Answer:
    headers = {**GUARDED, **(FOREVER if name == VIEWER else {})}
    return Answer(200, (STATIC / name).read_bytes(), headers, kind)
