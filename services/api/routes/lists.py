"""What all nouns' routes share: ids in paths, what is to be expanded, and the envelope of a list."""

from typing import Any

from chassis.errors import bad_request
from chassis.http import Answer, Call, json_answer
from contracts import ids
from services.api.auth import Scope
from services.api.lists import Page
from services.api.orders import not_found
from services.api.schemas.lists import PageQuery


def id_in_path(call: Call, prefix: str, noun: str) -> str:
    """The path's id. Raises 404 for what can't be an id of this kind."""
    found = call.path["id"]
    if not ids.is_id(found, prefix):
        raise not_found(noun)
    return found


def expanded(call: Call, **allowed: Scope | None) -> set[str]:
    """What `expand` names, separated by commas or repeated (`expand[]`, too). `allowed`: what can be expanded here, and
    the scope that a key needs for it. Raises 400 for anything else, 403 for what the key may not read."""
    given = call.request.query
    texts = [*given.getall("expand", ()), *given.getall("expand[]", ())]
    names = {name.strip() for text in texts for name in text.split(",")} - {""}
    if not names <= set(allowed):
        raise bad_request(f"expand takes {', '.join(allowed)} here", field="expand")
    for name in sorted(names):
        if (scope := allowed[name]) is not None:
            call.principal.check(scope)
    return names


def list_answer(data: list[dict[str, Any]], page: Page, query: PageQuery) -> Answer:
    """A page with its totals."""
    body: dict[str, Any] = {
        "data": data,
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "has_more": page.next_cursor is not None,
    }
    if page.total_capped:
        body["total_capped"] = True
    if page.next_cursor is not None:
        body["next_cursor"] = page.next_cursor
    return json_answer(200, body)
