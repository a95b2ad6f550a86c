"""A JSON schema as lines that a person reads: each field's path, type and words."""

from collections.abc import Iterator, Mapping
from typing import Any

Line = tuple[str, str, str]


def fields_of(schema: Mapping[str, Any]) -> list[Line]:
    """Path (`payment.amount`), type, description of every field, depth first."""
    return list(_lines(schema, schema.get("$defs", {}), ""))


def _lines(schema: Mapping[str, Any], models: Mapping[str, Any], above: str) -> Iterator[Line]:
    for name, told in schema.get("properties", {}).items():
        path = f"{above}{name}"
        inner = _model(told, models)
        yield path, _kind(told, models), told.get("description", "")
        if inner is not None:
            yield from _lines(inner, models, f"{path}.")


def _model(told: Mapping[str, Any], models: Mapping[str, Any]) -> Any:
    """The model that a field holds, directly or among null."""
    for one in (told, *told.get("anyOf", ())):
        if "$ref" in one:
            return models[one["$ref"].rpartition("/")[2]]
    return None


def _kind(told: Mapping[str, Any], models: Mapping[str, Any]) -> str:
    if "anyOf" in told:
        return " or ".join(_kind(one, models) for one in told["anyOf"])
    if "$ref" in told:
        return "object"
    if "enum" in told or "const" in told:
        return " or ".join(f"“{one}”" for one in told.get("enum", [told.get("const")]))
    kind = {"date-time": "instant"}.get(told.get("format", ""), told.get("type", "anything"))
    limits = [f"{sign} {told[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in told]
    return f"{kind} {', '.join(limits)}".strip()
