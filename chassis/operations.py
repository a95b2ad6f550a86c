"""What a route says of itself to a reader: its name, its prose, and which refusals its shape implies."""

import inspect
import re
from collections.abc import Sequence
from typing import Final

from chassis.http import Route

METHOD_AND_PATH: Final = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE) \S+?(?=[.:;,]?(?:\s|$))[.:;,]?\s*")
VERBS: Final = {"PUT": "update", "PATCH": "update", "DELETE": "delete"}


def prose(text: str | None) -> str:
    """A docstring as a reader of the API wants it: without the method and path that it may begin with."""
    told = METHOD_AND_PATH.sub("", inspect.cleandoc(text or ""))
    return told[:1].upper() + told[1:]


def first_of(route: Route, routes: Sequence[Route]) -> Route:
    """The route itself, or the one that it is an alias of: an alias does the same, and so says the same."""
    return next(one for one in routes if (one.method, one.summary) == (route.method, route.summary))


def title_of(route: Route, routes: Sequence[Route]) -> str:
    """The summary; an alias says that it is one."""
    return route.summary if first_of(route, routes).path == route.path else f"{route.summary} (alias)"


def description_of(route: Route, routes: Sequence[Route]) -> str:
    """What the route itself says, else its handler's docstring; an alias says what it is an alias of."""
    first = first_of(route, routes)
    if first.path != route.path:
        return f"The same as `{first.method} {first.path}`, under a name that older clients use."
    told = route.description if route.description is not None else prose(inspect.getdoc(route.handle))
    scope = scope_of(route)
    return "\n\n".join(part for part in (told, f"Needs a key with the scope `{scope}`." if scope else "") if part)


def scope_of(route: Route) -> str | None:
    """What a key must be allowed to do; None where every key may, or nobody is asked."""
    return getattr(route.authenticate, "scope", None)


def segments(path: str) -> list[str]:
    """The path's parts; a parameter as `{name}`."""
    return [re.sub(r"\{(\w+)(?::.*)?\}", r"{\1}", part) for part in path.strip("/").split("/")]


def operation_id(route: Route, base: str) -> str:
    """The route's name for generated clients: `createOrder`, `listPaymentRefunds`, `capturePayment`."""
    if route.operation is not None:
        return route.operation
    parts = segments(route.path.removeprefix(base))
    of_one = parts[-1].startswith("{")
    words = [_noun(parts, index) for index, part in enumerate(parts) if not part.startswith("{")]
    last = words[-1]
    match route.method:
        case "GET":
            verb = "get" if of_one or not _is_plural(last) else "list"
        case "POST" if not of_one and not _is_plural(last):
            return _camel([last, *words[:-1]])
        case "POST":
            verb, words[-1] = "create", _singular(last)
        case method:
            verb = VERBS[method]
    return _camel([verb, *words])


def implied_codes(route: Route) -> set[str]:
    """The refusals that follow from the route's shape; `route.errors` adds those that follow from its business."""
    writes = route.method != "GET"
    implied = {
        "BAD_REQUEST_ERROR": route.body or route.query or route.method == "POST",
        "AUTHENTICATION_ERROR": route.authenticate,
        "PERMISSION_ERROR": scope_of(route),
        "RATE_LIMIT_ERROR": route.authenticate,
        "NOT_FOUND_ERROR": "{" in route.path,
        "REQUEST_TIMEOUT": route.body,
        "PAYLOAD_TOO_LARGE": route.body,
        "UNSUPPORTED_MEDIA_TYPE": route.body,
        "CONFLICT": writes,
        "IDEMPOTENCY_KEY_REUSED": route.method == "POST",
        "INTERNAL_ERROR": True,
        "OVERLOADED": writes,
        "SERVICE_UNAVAILABLE": True,
        "OUTCOME_UNKNOWN": writes,
    }
    return {code for code, told in implied.items() if told} | set(route.errors)


def _noun(parts: Sequence[str], index: int) -> str:
    """A collection is named in the singular where one of it is meant."""
    one = index + 1 < len(parts) and parts[index + 1].startswith("{")
    return _singular(parts[index]) if one else parts[index]


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us"))


def _singular(word: str) -> str:
    if not _is_plural(word):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


def _camel(words: Sequence[str]) -> str:
    first, *others = [part for word in words for part in re.split(r"[^0-9A-Za-z]+", word)]
    return first + "".join(part[:1].upper() + part[1:] for part in others)
