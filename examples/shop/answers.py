"""HTTP out: JSON, the error envelope, HTML; and the middleware that gives every failure the one shape."""

from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

JSON: Final = "application/json"
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def json_response(value: Any, status: int = 200) -> web.Response:
    """The value as compact JSON."""
    return web.Response(body=orjson.dumps(value), status=status, content_type=JSON)


def json_list(data: list[dict[str, Any]], total: int, limit: int, offset: int) -> web.Response:
    """A page of a list, of the same shape as the merchant API's."""
    has_more = offset + len(data) < total
    return json_response({"data": data, "total": total, "limit": limit, "offset": offset, "has_more": has_more})


def error_response(status: int, code: str, description: str) -> web.Response:
    """The error envelope, of the same shape as the merchant API's."""
    return json_response({"error": {"code": code, "description": description}}, status)


def html_response(text: str, status: int = 200) -> web.Response:
    """A page that may load nothing from elsewhere and run nothing inline."""
    return web.Response(text=text, status=status, content_type="text/html", headers=PAGE_HEADERS)


def problems_of(error: ValidationError) -> str:
    """What pydantic found, in one line, without the input."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}" for problem in problems)


def iso(at_s: float) -> str:
    """A time as bodies show it."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives what goes wrong in a handler, or before it, the error envelope."""
    try:
        return await handler(request)
    except ValidationError as error:
        return error_response(400, "BAD_REQUEST_ERROR", f"The query is not understood: {problems_of(error)}.")
    except web.HTTPError as error:
        code = error.reason.upper().replace(" ", "_")
        if request.match_info.http_exception is not None:
            description = f"This shop has no {request.method} {request.path}: open / to see what it does."
            return error_response(error.status, code, description)
        return error_response(error.status, code, error.text or error.reason)
