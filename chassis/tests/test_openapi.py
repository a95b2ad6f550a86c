"""A document from a table of routes: names, words, parameters, refusals."""

from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import Answer, Call, Route, json_answer
from chassis.openapi import Example, Reference, Tag, document, plain_name
from chassis.operations import operation_id, prose

Item = TypeVar("Item", bound=BaseModel)


class Thing(BaseModel):
    """POST /things; whatever it is."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    amount: Annotated[int, Field(ge=1, le=10)]
    """In grams."""
    name: str | None = None


class ThingAnswer(Thing):
    """A thing."""

    id: str


class ListAnswer(BaseModel, Generic[Item]):
    data: list[Item]


class Filters(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    name: Annotated[str | None, Field(max_length=5)] = None


@dataclass(frozen=True)
class Code:
    code: str
    status: int | None
    meaning: str = "It is so."
    remedy: str = "Wait."


class Keys:
    scope = "things:write"

    async def __call__(self, request: Any) -> str:
        return "somebody"


async def create(call: Call) -> Answer:
    """POST /things. Makes one."""
    return json_answer(201, {})


async def answer(call: Call) -> Answer:
    """GET /things"""
    return json_answer(200, {})


ROUTES = [
    Route("POST", "/v1/things", create, "Create a thing", Keys(), Thing, answer=ThingAnswer, status=201),
    Route("GET", "/v1/things", answer, "List things", query=Filters, answer=ListAnswer[ThingAnswer]),
    Route("GET", "/v1/things/{id:[a-z]+}", answer, "Get a thing", answer=ThingAnswer, also=(503,)),
    Route("POST", "/v1/objects", create, "Create a thing", Keys(), Thing, answer=ThingAnswer, status=201),
    Route("GET", "/live", answer, "Whether it lives", documented=False),
]
CODES = [
    Code("BAD_REQUEST_ERROR", 400),
    Code("PERMISSION_ERROR", 403),
    Code("NOT_FOUND_ERROR", 404),
    Code("OVERLOADED", 503),
    Code("SERVICE_UNAVAILABLE", 503),
    Code("FAILED_LATER", None),
]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document(
        ROUTES,
        Reference(
            title="Things",
            version="1",
            description="All about things.",
            servers=[{"url": "http://localhost"}],
            base="/v1",
            docs_url="/docs",
            tags=[Tag("Things", "Them.", ("things", "objects"))],
            codes=CODES,
            security_schemes={"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            security=[("Key",)],
            examples=[Example("createThing", "A light one", {"amount": 1})],
            samples={"Thing": {"id": "thing_1", "amount": 1}},
        ),
    )


def test_the_document_is_valid_and_shows_what_is_documented(made: dict[str, Any]) -> None:
    assert not list(OpenAPIV31SpecValidator(made).iter_errors())
    assert set(made["paths"]) == {"/v1/things", "/v1/things/{id}", "/v1/objects"}


def test_an_operation_says_what_its_route_says(made: dict[str, Any]) -> None:
    told = made["paths"]["/v1/things"]["post"]
    assert told["operationId"] == "createThing"
    assert told["tags"] == ["Things"]
    assert told["description"] == "Makes one.\n\nNeeds a key with the scope `things:write`."
    assert told["security"] == [{"Key": ["things:write"]}]
    assert told["parameters"] == [{"$ref": "#/components/parameters/Idempotency-Key"}]
    assert told["requestBody"]["content"]["application/json"]["examples"] == {"A light one": {"value": {"amount": 1}}}
    assert list(told["responses"]) == ["201", "400", "403", "503"]


def test_an_alias_says_what_it_is_an_alias_of(made: dict[str, Any]) -> None:
    told = made["paths"]["/v1/objects"]["post"]
    assert told["summary"] == "Create a thing (alias)"
    assert told["description"].startswith("The same as `POST /v1/things`")


def test_a_query_has_its_limits_and_no_null(made: dict[str, Any]) -> None:
    limit, name = made["paths"]["/v1/things"]["get"]["parameters"]
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}
    assert name["schema"] == {"type": "string", "maxLength": 5}


def test_schemas_have_plain_names_their_models_words_and_samples(made: dict[str, Any]) -> None:
    schemas = made["components"]["schemas"]
    assert {"ThingAnswer", "Thing", "ThingList"} <= set(schemas), "a plain name that is taken is not taken twice"
    assert schemas["Thing"]["description"] == "Whatever it is."
    assert schemas["Thing"]["properties"]["amount"]["description"] == "In grams."


def test_a_refusal_is_told_in_both_forms_with_its_codes(made: dict[str, Any]) -> None:
    reference = made["paths"]["/v1/things"]["post"]["responses"]["503"]["$ref"]
    assert reference == "#/components/responses/OverloadedOrServiceUnavailable"
    told = made["components"]["responses"]["OverloadedOrServiceUnavailable"]
    assert set(told["content"]) == {"application/json", "application/problem+json"}
    assert set(told["content"]["application/json"]["examples"]) == {"OVERLOADED", "SERVICE_UNAVAILABLE"}
    assert "Retry-After" in told["headers"]


def test_an_answer_that_comes_with_other_statuses_is_told_so(made: dict[str, Any]) -> None:
    responses = made["paths"]["/v1/things/{id}"]["get"]["responses"]
    assert responses["503"] == responses["200"]
    assert "$ref" in responses["404"]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/v1/orders", "createOrder"),
        ("GET", "/v1/orders", "listOrders"),
        ("GET", "/v1/orders/{id}", "getOrder"),
        ("PUT", "/v1/orders/{id}", "updateOrder"),
        ("DELETE", "/v1/orders/{id}", "deleteOrder"),
        ("GET", "/v1/orders/{id}/public", "getOrderPublic"),
        ("POST", "/v1/payments/{id}/capture", "capturePayment"),
        ("POST", "/v1/payments/{id}/refunds", "createPaymentRefund"),
        ("GET", "/v1/payments/{id}/refunds", "listPaymentRefunds"),
        ("GET", "/v1/ledger_entries", "listLedgerEntries"),
        ("GET", "/v1/ledger_entries/{id}", "getLedgerEntry"),
        ("POST", "/v1/hooks/{id}/roll-secret", "rollSecretHook"),
        ("GET", "/health", "getHealth"),
        ("GET", "/v1/jobs/status", "getJobsStatus"),
    ],
)
def test_an_operation_has_a_name_that_one_would_give_it(method: str, path: str, name: str) -> None:
    assert operation_id(Route(method, path, answer, "x"), "/v1") == name


@pytest.mark.parametrize(
    ("docstring", "told"),
    [
        (None, ""),
        ("GET /things", ""),
        ("GET /things/{id}: one of them.", "One of them."),
        ("POST /things; the card\n    nested or flat.", "The card\nnested or flat."),
        ("POST /api/v1/things", ""),
        ("What it does.", "What it does."),
    ],
)
def test_a_docstring_is_told_without_method_and_path(docstring: str | None, told: str) -> None:
    assert prose(docstring) == told


def test_plain_names() -> None:
    assert plain_name("OrderAnswer") == "Order"
    assert plain_name("ListAnswer_OrderAnswer_") == "OrderList"
    assert plain_name("Problem") == "Problem"
