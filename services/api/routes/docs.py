"""/openapi.json, and /docs/errors, where every error's `doc_url` leads. Made from the code; nothing from outside."""

import re
from html import escape
from typing import Any, Final

from chassis.http import Answer, Call, Route, json_answer
from services.api.error_codes import ERROR_CODES, ErrorCode

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "article{border-top:1px solid #8884;padding:.6rem 0}article:target{background:#fd03}"
    "h2{font:600 1rem ui-monospace,monospace;margin:0}p{margin:.2rem 0}small{opacity:.7}"
    ":root{color-scheme:light dark}"
)
FOR_ANYBODY: Final = {"Cache-Control": "no-cache"}
CODE = re.compile("`([^`]+)`")
SECURITY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}


def _article(error: ErrorCode) -> str:
    where = f"HTTP {error.status}" if error.status else "on a payment or refund"
    return (
        f'<article id="{escape(error.code)}"><h2>{escape(error.code)} <small>{where}</small></h2>'
        f"<p>{_prose(error.meaning)}</p><p>{_prose(error.remedy)}</p></article>"
    )


def _prose(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(text))


PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>Paygate: error codes</title><style>{STYLE}</style><h1>Error codes</h1>"
    "<p>Every refusal is <code>{error: {code, description, field?, request_id, doc_url}}</code>.</p>"
    + "".join(_article(error) for error in ERROR_CODES)
).encode()


async def errors_page(call: Call) -> Answer:
    """GET /docs/errors"""
    return Answer(200, PAGE, SECURITY, "text/html; charset=utf-8")


def docs_routes(openapi: dict[str, Any]) -> list[Route]:
    """The table. The documents are rendered once."""
    return [
        _page("/openapi.json", "The API in OpenAPI 3.1", json_answer(200, openapi, FOR_ANYBODY)),
        Route("GET", "/docs/errors", errors_page, "Every error code", documented=False),
    ]


def _page(path: str, summary: str, answer: Answer) -> Route:
    async def show(call: Call) -> Answer:
        return answer

    return Route("GET", path, show, summary, documented=False, cross_origin=True)
