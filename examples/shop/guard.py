"""Who may make the shop do something: its own pages and tools, no page of another site."""

from aiohttp import web


def refuse_other_sites(request: web.Request) -> None:
    """A page of another site that the person has open must not steer this shop. Tools send no such header."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise web.HTTPForbidden(text="Another site may not steer this shop: use the shop's own page.")
