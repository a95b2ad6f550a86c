"""Refusals as bytes: the error envelope, and the same as a problem of RFC 9457 for whoever asks for one.

Everything is rendered as the envelope first, since that is what an idempotency key keeps and what other services
answer; a caller who prefers `application/problem+json` gets it turned round at the last moment.
"""

import re
from typing import Any, Final

import orjson

from chassis.errors import ApiError

ENVELOPE_TYPE: Final = "application/json"
PROBLEM_TYPE: Final = "application/problem+json"
WEIGHT: Final = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


def error_body(error: ApiError, request_id: str, docs_url: str) -> bytes:
    """The error envelope. `docs_url` is the page that has an anchor for each code."""
    told: dict[str, Any] = {"code": error.code, "description": error.description}
    if error.field:
        told["field"] = error.field
    if error.reason:
        told["reason"] = error.reason
    told["request_id"] = request_id
    told["doc_url"] = f"{docs_url}#{error.code}"
    return orjson.dumps({"error": told})


def problem_body(envelope: bytes, status: int, path: str) -> bytes | None:
    """The envelope as a problem about `path` (RFC 9457); None for what is no envelope."""
    try:
        told = orjson.loads(envelope)["error"]
        problem = {
            "type": told["doc_url"],
            "title": told["code"].removesuffix("_ERROR").replace("_", " ").capitalize(),
            "status": status,
            "detail": told["description"],
            "instance": path,
            **{name: told[name] for name in ("code", "field", "reason", "request_id") if name in told},
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return orjson.dumps(problem)


def prefers_problem(accept: str | None) -> bool:
    """Whether an Accept header names `application/problem+json` and likes it no less than `application/json`.

    Wildcards mean the envelope: everybody sends them.
    """
    if not accept or PROBLEM_TYPE not in accept.lower():
        return False
    weights = dict(_weighed(one) for one in accept.lower().split(","))
    problem = weights.get(PROBLEM_TYPE, 0.0)
    return problem > 0 and problem >= weights.get(ENVELOPE_TYPE, 0.0)


def _weighed(entry: str) -> tuple[str, float]:
    kind, *parameters = entry.split(";")
    given = (WEIGHT.fullmatch(parameter) for parameter in parameters)
    return kind.strip(), next((float(weight[1]) for weight in given if weight), 1.0)
