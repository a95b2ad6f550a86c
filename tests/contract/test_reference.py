"""The reference is complete and valid. Each failure says what a new route lacks, and where to say it."""

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from chassis.http import Route
from chassis.operations import operation_id
from services.api.error_codes import ERROR_CODES
from services.api.reference.examples import EXAMPLES, samples
from services.api.reference.offline import committed_openapi, default_settings, routes_of
from services.api.reference.openapi import BASE, TAGS
from tests.contract.schemas import Contract

ROUTES = routes_of(default_settings())
DOCUMENTED = [route for route in ROUTES if route.documented]
PAGES = ("/docs", "/openapi.json", "/asyncapi.json", "/internal", "/live", "/ready", "/metrics")


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def test_the_document_is_valid_openapi(contract: Contract) -> None:
    faults = [
        f"{list(error.path)}: {error.message[:200]}"
        for error in OpenAPIV31SpecValidator(contract.document).iter_errors()
    ]
    assert not faults


def test_no_route_is_missing(contract: Contract) -> None:
    told = {(method, path) for method, path, _ in contract.operations().values()}
    assert told == {(route.method, re.sub(r"\{(\w+):[^}]*\}", r"{\1}", route.path)) for route in DOCUMENTED}
    hidden = [named(route) for route in ROUTES if not route.documented and not route.path.startswith(PAGES)]
    assert not hidden, "only pages and what other services call may be left out of the reference"


@pytest.mark.parametrize("route", DOCUMENTED, ids=named)
def test_a_route_says_what_it_does_and_what_it_answers(route: Route) -> None:
    assert route.summary, "give the Route a summary: it is the operation's title in the reference"
    assert not route.summary.endswith("."), "a summary is a title, without a full stop"
    if route.media == "application/json" and route.status != 204:
        assert route.answer is not None, (
            "give the Route `answer=`, the model of what it answers (in services/api/schemas/<noun>.py): "
            "the reference is made from it, and answers are held against it"
        )
        ours = [one for one in route.answer.__mro__ if one.__module__.startswith(("services.", "contracts."))]
        assert any(one.__doc__ for one in ours), (
            f"give {route.answer.__name__} a docstring: it is its description in the reference"
        )


def test_operations_have_names_of_their_own_that_make_good_functions(contract: Contract) -> None:
    names = [operation_id(route, BASE) for route in DOCUMENTED]
    assert len(set(names)) == len(names), "two routes have one name: give one of them `operation=`"
    assert all(re.fullmatch(r"[a-z][A-Za-z]{4,40}", name) for name in names), names


def test_every_operation_belongs_to_a_chapter(contract: Contract) -> None:
    chapters = {tag.name for tag in TAGS}
    lost = {name for name, (_, _, one) in contract.operations().items() if set(one["tags"]) - chapters}
    assert not lost, "add a Tag, or a segment to one, in services/api/reference/openapi.py"


def test_every_parameter_in_a_path_is_described(contract: Contract) -> None:
    for name, (_, _, operation) in contract.operations().items():
        for one in operation.get("parameters", ()):
            if one.get("in") == "path":
                assert "description" in one, f"{name}: describe it in PARAMETERS of services/api/reference/openapi.py"


def test_pages_of_any_origin_may_call_what_is_public() -> None:
    shut = [named(route) for route in ROUTES if route.path.endswith("/public") and not route.cross_origin]
    assert not shut, "give the Route `cross_origin=True`: a checkout on another origin calls it"


def test_every_code_that_a_route_names_is_in_the_table() -> None:
    known = {code.code for code in ERROR_CODES}
    assert not {code for route in ROUTES for code in route.errors} - known


def test_every_example_is_of_an_operation_and_of_its_shape(contract: Contract) -> None:
    operations = contract.operations()
    for example in EXAMPLES:
        assert example.operation in operations, f"there is no operation {example.operation}"
        _, _, operation = operations[example.operation]
        if example.body is not None:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert not contract.faults(schema, example.body), example.summary
        told = {one.get("name") for one in operation.get("parameters", ())}
        assert set(example.query) <= told, example.summary


def test_every_body_that_is_required_has_an_example(contract: Contract) -> None:
    shown = {example.operation for example in EXAMPLES if example.body is not None}
    lacking = {
        name
        for name, (_, _, one) in contract.operations().items()
        if one.get("requestBody", {}).get("required") and name not in shown and "The same as" not in one["description"]
    }
    assert not lacking, "add examples to services/api/reference/examples.py: they are shown, and run as tests"


def test_the_samples_of_answers_are_of_their_shape(contract: Contract) -> None:
    for name, sample in samples().items():
        assert not contract.faults({"$ref": f"#/components/schemas/{name}"}, sample), name


def test_the_webhooks_examples_are_of_their_shape(contract: Contract) -> None:
    for webhook in contract.document["webhooks"].values():
        media = webhook["post"]["requestBody"]["content"]["application/json"]
        for example in media.get("examples", {}).values():
            assert not contract.faults(media["schema"], example["value"])


def test_what_is_served_is_what_is_committed(contract: Contract) -> None:
    served: dict[str, Any] = committed_openapi()
    assert served == contract.document, "run `make docs` and commit what it writes"
