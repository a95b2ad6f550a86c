"""Changes are asked for by our own pages alone: a browser says which page a request comes from, and no page can make it
say something else (OWASP, Cross-Site Request Forgery Prevention; the cookie's SameSite=Strict is the second lock)."""

from typing import Final

from aiohttp import web

from chassis.errors import ApiError

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""What changes nothing."""


def require_own_page(request: web.Request, origin: str) -> None:
    """Raises 403 for a request that does not come from a page of this origin, or does not say."""
    given = request.headers.getall("Origin", [])
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    if given != [origin] or site != "same-origin":
        raise ApiError(
            403,
            "PERMISSION_ERROR",
            f"Only a page of {origin} may ask for this: the header Origin says otherwise, or is missing",
            reason="foreign_origin",
        )
