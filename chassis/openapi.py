"""An OpenAPI 3.1 document from the routes. They know their models, limits and refusals, so that the reference can't
say otherwise; what they don't know (words, examples, credentials) comes as a `Reference`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Literal, Protocol

import orjson
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from chassis.errors import ApiError
from chassis.http import Route
from chassis.idempotency import KEY_MAX_CHARS
from chassis.operations import description_of, implied_codes, operation_id, prose, scope_of, segments, title_of
from chassis.refusals import ENVELOPE_TYPE, PROBLEM_TYPE, ErrorEnvelope, Problem, error_body, problem_body
from chassis.sse import MEDIA as SSE

Json = dict[str, Any]

SCHEMAS: Final = "#/components/schemas/"
GENERIC: Final = re.compile(r"(\w+?)_(\w+)_")
SAMPLE_REQUEST_ID: Final = "req_5f2b8c1d9e7a4036"
HEADERS: Final[Mapping[str, Json]] = {
    "Request-Id": {
        "description": "Names this request in the logs. Send a `Request-Id` of your own and it is taken.",
        "schema": {"type": "string", "examples": [SAMPLE_REQUEST_ID]},
    },
    "Idempotent-Replayed": {
        "description": "This answer was given before to the same `Idempotency-Key`.",
        "schema": {"type": "string", "const": "true"},
    },
    "Retry-After": {
        "description": "Wait so long before the next try, in s.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {"description": "How to say who you are.", "schema": {"type": "string"}},
}


class Code(Protocol):
    """A row of the table of error codes."""

    @property
    def code(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def meaning(self) -> str: ...
    @property
    def remedy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Tag:
    """A chapter. `segments`: the parts of a path that belong to it, alone or after another (`public/stream`); the last
    part that any tag claims decides, and of two that claim it the one that says more."""

    name: str
    description: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """A request that works: shown in the reference, and run as a test."""

    operation: str
    summary: str
    body: Json | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    then: Literal["succeeds", "fails", "arrives"] | None = None
    """What becomes of it afterwards, for the examples that follow; `arrives`: all that happened so far is told."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What the routes don't know. `limits` are the headers that every answer to a key says."""

    title: str
    version: str
    description: str
    servers: Sequence[Json]
    base: str
    docs_url: str
    tags: Sequence[Tag]
    codes: Sequence[Code]
    security_schemes: Mapping[str, Json]
    security: Sequence[Sequence[str]]
    """Each entry names schemes that are sent together. An authenticator with `schemes` of its own says others."""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    """Schema and description of `{id}` by the part of the path before it."""
    limits: Mapping[str, Json] = field(default_factory=dict)
    examples: Sequence[Example] = ()
    webhooks: Json = field(default_factory=dict)
    models: Sequence[type[BaseModel]] = ()
    """Further models, for what `webhooks` refers to."""
    samples: Mapping[str, Json] = field(default_factory=dict)
    """What an object looks like, by the name of its schema."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of schemas that differ from their models' names."""


class PlainSchemas(GenerateJsonSchema):
    """Fields are not given titles that only repeat their names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(routes: Sequence[Route], reference: Reference) -> Json:
    """The document, in an order that depends on the routes alone."""
    shown = [route for route in routes if route.documented]
    writer = _Writer(shown, reference)
    paths: Json = {}
    for route in shown:
        paths.setdefault("/" + "/".join(segments(route.path)), {})[route.method.lower()] = writer.operation(route)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {"title": reference.title, "version": reference.version, "description": reference.description},
        "servers": list(reference.servers),
        "tags": [{"name": tag.name, "description": tag.description} for tag in reference.tags],
        "paths": paths,
        "webhooks": reference.webhooks,
        "components": {
            "schemas": dict(sorted(writer.schemas.items())),
            "responses": dict(sorted(writer.responses.items())),
            "headers": {**HEADERS, **reference.limits},
            "parameters": {"Idempotency-Key": _idempotency_key()},
            "securitySchemes": dict(reference.security_schemes),
        },
    }


def pretty(value: Json) -> str:
    """JSON for people and for diffs."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n"


class _Writer:
    """Writes operations, and collects what they share."""

    def __init__(self, routes: Sequence[Route], reference: Reference) -> None:
        self._routes = routes
        self._reference = reference
        self._codes = {code.code: code for code in reference.codes}
        self.responses: Json = {}
        models = [
            model
            for model in (*(m for r in routes for m in (r.body, r.answer)), *reference.models, ErrorEnvelope, Problem)
            if model is not None
        ]
        pairs, found = models_json_schema(
            [(model, "validation") for model in dict.fromkeys(models)],
            ref_template=SCHEMAS + "{model}",
            schema_generator=PlainSchemas,
        )
        names = _names(found["$defs"], reference.names)
        self.schemas = {names[name]: _described(schema, names) for name, schema in found["$defs"].items()}
        for name in self.schemas.keys() & reference.samples.keys():
            self.schemas[name]["examples"] = [reference.samples[name]]
        self._refs = {model: _renamed(ref, names) for (model, _), ref in pairs.items()}

    def operation(self, route: Route) -> Json:
        """One operation."""
        name = operation_id(route, self._reference.base)
        examples = [one for one in self._reference.examples if one.operation == name]
        told: Json = {
            "operationId": name,
            "tags": [self._tag(route)],
            "summary": title_of(route, self._routes),
            "description": description_of(route, self._routes),
            "security": self._security(route),
        }
        if parameters := [*self._path_parameters(route), *_query_parameters(route), *_header_parameters(route)]:
            told["parameters"] = parameters
        if route.body is not None:
            content: Json = {"schema": self._refs[route.body]}
            if shown := {one.summary: {"value": one.body} for one in examples if one.body is not None}:
                content["examples"] = shown
            told["requestBody"] = {"required": not route.body_optional, "content": {ENVELOPE_TYPE: content}}
        told["responses"] = self._responses(route)
        return told

    def _tag(self, route: Route) -> str:
        parts = segments(route.path)
        for before, part in reversed(list(zip(["", *parts], parts, strict=False))):
            for claimed in (f"{before}/{part}", part):
                for tag in self._reference.tags:
                    if claimed in tag.segments:
                        return tag.name
        return segments(route.path.removeprefix(self._reference.base))[0]

    def _security(self, route: Route) -> list[Json]:
        if route.authenticate is None:
            return []
        own: Sequence[Sequence[str]] | None = getattr(route.authenticate, "schemes", None)
        if own is not None:
            return [{scheme: [] for scheme in schemes} for schemes in own]
        scope = scope_of(route)
        roles = [scope] if scope else []
        return [dict.fromkeys(schemes, roles) for schemes in self._reference.security]

    def _path_parameters(self, route: Route) -> list[Json]:
        parts = segments(route.path)
        return [
            {
                "name": part[1:-1],
                "in": "path",
                "required": True,
                **self._reference.parameters.get(parts[index - 1], {"schema": {"type": "string"}}),
            }
            for index, part in enumerate(parts)
            if part.startswith("{")
        ]

    def _shown(self, route: Route, answer: Json) -> Json:
        """What a good answer holds; of a stream, each of its events, whose data is the answer as JSON."""
        if route.media != SSE:
            return answer
        told: Json = {"type": "string", "contentMediaType": ENVELOPE_TYPE, "contentSchema": answer}
        words: Json = {"type": "string"}
        return {"type": "object", "properties": {"id": words, "event": words, "data": told}, "required": ["data"]}

    def _responses(self, route: Route) -> Json:
        headers = {"Request-Id": _header("Request-Id")}
        if route.method == "POST":
            headers["Idempotent-Replayed"] = _header("Idempotent-Replayed")
        if route.authenticate is not None:
            headers |= {name: _header(name) for name in self._reference.limits}
        good: Json = {"description": HTTPStatus(route.status).phrase, "headers": headers}
        if route.answer is not None:
            good["content"] = {route.media: {"schema": self._shown(route, self._refs[route.answer])}}
        elif route.status != HTTPStatus.NO_CONTENT:
            good["content"] = {route.media: {"schema": {"type": "string"}}}
        responses = {str(status): good for status in (route.status, *route.also)}
        by_status: dict[int, list[str]] = {}
        wanted = implied_codes(route)
        for code in self._reference.codes:
            if code.code in wanted and code.status is not None and code.status not in route.also:
                by_status.setdefault(code.status, []).append(code.code)
        for status, codes in sorted(by_status.items()):
            responses[str(status)] = {"$ref": f"#/components/responses/{self._refusal(status, codes)}"}
        return responses

    def _refusal(self, status: int, codes: Sequence[str]) -> str:
        """The name of the response that tells one of these codes; written when it is first asked for."""
        name = "Or".join("".join(word.capitalize() for word in code.split("_")) for code in codes)
        if name not in self.responses:
            named = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}
            shown = {code: self._sample(status, code) for code in codes}
            self.responses[name] = {
                "description": "\n".join(f"- `{code}`: {self._codes[code].meaning}" for code in codes),
                "headers": {header: _header(header) for header in ["Request-Id", *named.get(status, [])]},
                "content": {
                    ENVELOPE_TYPE: {
                        "schema": _narrowed("ErrorEnvelope", {"error": {"properties": {"code": {"enum": codes}}}}),
                        "examples": {code: {"value": orjson.loads(body)} for code, body in shown.items()},
                    },
                    PROBLEM_TYPE: {
                        "schema": _narrowed("Problem", {"code": {"enum": codes}, "status": {"const": status}}),
                        "examples": {
                            code: {
                                "value": orjson.loads(problem_body(body, status, f"{self._reference.base}/…") or b"")
                            }
                            for code, body in shown.items()
                        },
                    },
                },
            }
        return name

    def _sample(self, status: int, code: str) -> bytes:
        error = ApiError(status, code, self._codes[code].meaning.removesuffix("."))
        return error_body(error, SAMPLE_REQUEST_ID, self._reference.docs_url)


def plain_name(name: str) -> str:
    """`OrderAnswer` is an `Order` to a caller, `ListAnswer[OrderAnswer]` an `OrderList`."""
    if generic := GENERIC.fullmatch(name):
        return plain_name(generic[2]) + plain_name(generic[1])
    return name.removesuffix("Answer") or name


def _names(models: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Model to schema. Where the plain name is another's (`RetryMany` and its answer), the model's own is kept."""
    plain = {name: given.get(name) or plain_name(name) for name in models}
    counts = Counter(plain.values())
    return {name: name if counts[told] > 1 else told for name, told in plain.items()}


def _described(schema: JsonSchemaValue, names: Mapping[str, str]) -> Any:
    told = {key: value for key, value in _renamed(schema, names).items() if key != "title"}
    if words := prose(told.get("description")):
        told["description"] = words
    else:
        told.pop("description", None)
    return told


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with every reference led to the schema's name in the document."""
    if isinstance(value, dict):
        return {
            key: SCHEMAS + names[inner.removeprefix(SCHEMAS)]
            if key == "$ref" and isinstance(inner, str)
            else _renamed(inner, names)
            for key, inner in value.items()
        }
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value


def _narrowed(schema: str, properties: Json) -> Json:
    return {"allOf": [{"$ref": SCHEMAS + schema}, {"properties": properties}]}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


def _query_parameters(route: Route) -> list[Json]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema(schema_generator=PlainSchemas)
    required = schema.get("required", ())
    parameters = []
    for name, told in schema.get("properties", {}).items():
        told = _without_null(told)
        words = told.pop("description", None)
        parameter = {"name": name, "in": "query", "required": name in required, "schema": told}
        parameters.append(parameter | ({"description": words} if words else {}))
    return parameters


def _without_null(schema: Json) -> Json:
    """A parameter that is not sent is not null."""
    others = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    kept = {key: value for key, value in schema.items() if not (key == "default" and value is None)}
    if not others:
        return kept
    kept.pop("anyOf")
    return {**others[0], **kept} if len(others) == 1 else {**kept, "anyOf": others}


def _header_parameters(route: Route) -> list[Json]:
    return [{"$ref": "#/components/parameters/Idempotency-Key"}] if route.method == "POST" else []


def _idempotency_key() -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Makes a retry safe: the first answer to a key is kept for 24 h and given again, byte for byte. "
        "The same key with another request is refused with 422.",
        "schema": {"type": "string", "maxLength": KEY_MAX_CHARS, "pattern": "^[ -~]*$"},
    }
