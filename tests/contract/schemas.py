"""What the OpenAPI document says, in a form that answers can be held against."""

import copy
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS = FormatChecker(formats=())
FORMATS.checks("date-time", raises=ValueError)(_is_instant)


class Contract:
    """An OpenAPI document. Callers must expect new fields, but we must not send what we do not tell of: so every
    object of an answer is taken to be complete."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._closed = {"components": {"schemas": _closed(copy.deepcopy(document["components"]["schemas"]))}}

    def operations(self) -> dict[str, tuple[str, str, dict[str, Any]]]:
        """operationId to method, path and operation."""
        return {
            operation["operationId"]: (method.upper(), path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def response(self, operation: str, status: int) -> dict[str, Any] | None:
        """What is told of this status; references are followed."""
        told: dict[str, Any] | None = self.operations()[operation][2]["responses"].get(str(status))
        if told is not None and "$ref" in told:
            found: dict[str, Any] = self.document["components"]["responses"][told["$ref"].rpartition("/")[2]]
            return found
        return told

    def faults(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with a value, in words."""
        validator = Draft202012Validator({**schema, **self._closed}, format_checker=FORMATS)
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def _closed(schema: Any) -> Any:
    if isinstance(schema, dict):
        closed = {key: _closed(value) for key, value in schema.items()}
        if "properties" in closed and closed.get("type") == "object":
            closed.setdefault("additionalProperties", False)
        return closed
    return [_closed(one) for one in schema] if isinstance(schema, list) else schema
