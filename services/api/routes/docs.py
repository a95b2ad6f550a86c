"""/docs and what belongs to it: made from the code, rendered once, in need of nothing from outside."""

from pathlib import Path
from typing import Any, Final

from chassis.http import Answer, Call, Route, json_answer
from services.api.reference.asyncapi import asyncapi
from services.api.reference.pages import errors_page, events_page, viewer_page
from services.api.settings import Settings

STATIC: Final = Path(__file__).resolve().parents[1] / "static"
VIEWER: Final = "rapidoc-9.3.8.js"
FILES: Final = {VIEWER: "text/javascript", "reference.js": "text/javascript", "docs.css": "text/css"}
GUARDED: Final = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
POLICY: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
VIEWER_POLICY: Final = (
    # The viewer styles its elements one by one, and shows pictures that it carries itself.
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def docs_routes(openapi: dict[str, Any], settings: Settings) -> list[Route]:
    """The table. None of it is part of the API's reference."""
    viewer = viewer_page(f"/docs/static/{VIEWER}", test_mode=settings.test_mode)
    return [
        _shown("/docs", "The API's reference", _html(viewer, VIEWER_POLICY)),
        _shown("/docs/errors", "Every error code", _html(errors_page(settings.docs_url), POLICY)),
        _shown("/docs/events", "Every topic", _html(events_page(), POLICY)),
        _shown("/openapi.json", "The API in OpenAPI 3.1", json_answer(200, openapi), cross_origin=True),
        _shown("/asyncapi.json", "The topics in AsyncAPI 3.0", json_answer(200, asyncapi()), cross_origin=True),
        *(_shown(f"/docs/static/{name}", f"The file {name}", _file(name, kind)) for name, kind in FILES.items()),
    ]


def _shown(path: str, summary: str, answer: Answer, *, cross_origin: bool = False) -> Route:
    async def show(call: Call) -> Answer:
        return answer

    return Route("GET", path, show, summary, media=answer.content_type, cross_origin=cross_origin, documented=False)


def _html(page: bytes, policy: str) -> Answer:
    return Answer(200, page, {**GUARDED, "Content-Security-Policy": policy}, "text/html; charset=utf-8")


def _file(name: str, kind: str) -> Answer:
    headers = {**GUARDED, **(FOREVER if name == VIEWER else {})}
    return Answer(200, (STATIC / name).read_bytes(), headers, f"{kind}; charset=utf-8")
