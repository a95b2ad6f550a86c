"""Refusals as bytes: the error envelope, and the same as a problem of RFC 9457 for whoever asks for one.

Everything is rendered as the envelope first, since that is what an idempotency key keeps and what other services
answer; a caller who prefers `application/problem+json` gets it turned round at the last moment.
"""

import re
from typing import Any, Final

import orjson
from pydantic import BaseModel, ConfigDict

from chassis.errors import ApiError

ENVELOPE_TYPE: Final = "application/json"
PROBLEM_TYPE: Final = "application/problem+json"
WEIGHT: Final = re.compile(r"\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)


class Told(BaseModel):
    """What a refusal says."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: str
    """For programs; every code has its entry on the page that `doc_url` opens."""
    description: str
    """For people: what is wrong, and what to do."""
    field: str | None = None
    """The field, parameter or header that is to blame."""
    reason: str | None = None
    """Which of several reasons for this code."""
    request_id: str
    """The same as the header `Request-Id`: quote it when you ask for help."""
    doc_url: str
    """Where the code is explained."""


class ErrorEnvelope(BaseModel):
    """Every refusal, unless `application/problem+json` is asked for."""

    error: Told


class Problem(BaseModel):
    """The same refusal in the form of RFC 9457, for `Accept: application/problem+json`."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """Where the code is explained."""
    title: str
    """The code in words."""
    status: int
    detail: str
    """For people: what is wrong, and what to do."""
    instance: str
    """The path that was asked."""
    code: str
    field: str | None = None
    reason: str | None = None
    request_id: str


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
