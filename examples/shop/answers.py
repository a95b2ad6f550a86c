"""HTTP out: JSON, the error envelope, HTML; and the middleware that gives every failure the one shape."""

from datetime import UTC, datetime
from typing import Any, Final

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from examples.shop.gateway import GatewayFailure
from examples.shop.layout import message

JSON: Final = "application/json"
PAGE_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cache-Control": "no-store",
}
CLOSED_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Of a page that may load nothing from elsewhere and run nothing inline."""


def paying_policy(checkout: str) -> str:
    """Of a page that takes payments: beyond the shop's own, the checkout's script and its frame. `form-action` is for
    who has no JavaScript and is sent on to the gateway's own page."""
    return (
        f"default-src 'self'; script-src 'self' {checkout}; frame-src {checkout}; form-action 'self' {checkout}; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


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


def html_response(text: str, status: int = 200, policy: str = CLOSED_POLICY) -> web.Response:
    """A page."""
    headers = {**PAGE_HEADERS, "Content-Security-Policy": policy}
    return web.Response(text=text, status=status, content_type="text/html", headers=headers)


def problems_of(error: ValidationError) -> str:
    """What pydantic found, in one line, without the input."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}" for problem in problems)


def iso(at_s: float) -> str:
    """A time as bodies show it."""
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@web.middleware
async def errors_told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives what goes wrong in a handler, or before it, the error envelope; a page to who asked for one."""
    try:
        return await handler(request)
    except ValidationError as error:
        description = f"The request is not understood: {problems_of(error)}."
        return _told(request, 400, "BAD_REQUEST_ERROR", description)
    except GatewayFailure as failure:
        return _told(request, failure.status, "GATEWAY_FAILURE", str(failure))
    except web.HTTPError as error:
        code = error.reason.upper().replace(" ", "_")
        if request.match_info.http_exception is not None:
            description = f"This shop has no {request.method} {request.path}: open / to see what it does."
            return _told(request, error.status, code, description)
        return _told(request, error.status, code, error.text or error.reason)


def _told(request: web.Request, status: int, code: str, description: str) -> web.Response:
    if "text/html" not in request.headers.get("Accept", ""):
        return error_response(status, code, description)
    return html_response(message("Not here" if status == 404 else "That did not work", description), status)
