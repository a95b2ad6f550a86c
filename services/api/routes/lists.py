"""What all nouns' routes share: ids in paths, and the envelope of a list."""

from typing import Any

from chassis.http import Answer, Call, json_answer
from contracts import ids
from services.api.orders import not_found
from services.api.schemas.lists import PageQuery
from services.api.store import Page


def id_in_path(call: Call, prefix: str, noun: str) -> str:
    """The path's id. Raises 404 for what can't be an id of this kind."""
    found = call.path["id"]
    if not ids.is_id(found, prefix):
        raise not_found(noun)
    return found


def list_answer(data: list[dict[str, Any]], page: Page, query: PageQuery) -> Answer:
    """A page with its totals."""
    body: dict[str, Any] = {
        "data": data,
        "total": page.total,
        "limit": query.limit,
        "offset": query.offset,
        "has_more": query.offset + len(data) < page.total,
    }
    if page.total_capped:
        body["total_capped"] = True
    return json_answer(200, body)
