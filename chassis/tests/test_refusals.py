"""Refusals in both forms: the envelope, and the problem of RFC 9457 for whoever asks for one."""

import orjson
import pytest

from chassis.errors import ApiError
from chassis.refusals import error_body, prefers_problem, problem_body
from chassis.tests.test_http import Server, server

__all__ = ["server"]
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("accept", "problem"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/*", False),
        ("application/json", False),
        ("application/json, text/plain, */*", False),
        (PROBLEM, True),
        ("Application/Problem+JSON", True),
        (f"{PROBLEM};charset=utf-8", True),
        (f"application/json, {PROBLEM}", True),
        (f"{PROBLEM}, */*", True),
        (f"{PROBLEM};q=0.5, application/json", False),
        (f"{PROBLEM};q=0.5, application/json;q=0.4", True),
        (f"{PROBLEM} ; q=0.9 , */*;q=1", True),
        (f"{PROBLEM};q=0", False),
        (f"{PROBLEM};q=0.000, text/html", False),
        (f"{PROBLEM};q=nan", True),
        (f"x-{PROBLEM}", False),
        (f",,;;,{PROBLEM}", True),
    ],
)
def test_only_who_names_problems_and_likes_them_no_less_gets_one(accept: str | None, problem: bool) -> None:
    assert prefers_problem(accept) is problem


def test_a_problem_says_all_that_the_envelope_says() -> None:
    error = ApiError(404, "NOT_FOUND_ERROR", "There is no such thing", field="id", reason="gone")
    problem = problem_body(error_body(error, "req_1", "https://pay.example/docs/errors"), 404, "/things/1")
    assert problem is not None
    assert orjson.loads(problem) == {
        "type": "https://pay.example/docs/errors#NOT_FOUND_ERROR",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such thing",
        "instance": "/things/1",
        "code": "NOT_FOUND_ERROR",
        "field": "id",
        "reason": "gone",
        "request_id": "req_1",
    }


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b"[]", b'{"error": null}', b'{"error": {"code": 5}}'])
def test_what_is_no_envelope_is_no_problem(body: bytes) -> None:
    assert problem_body(body, 503, "/") is None


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere?x=%ff", 404, "NOT_FOUND_ERROR"),
        ("DELETE", "/things", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/secrets", 401, "AUTHENTICATION_ERROR"),
        ("POST", "/things", 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("GET", "/things?limit=0", 400, "BAD_REQUEST_ERROR"),
        ("GET", "/failing", 500, "INTERNAL_ERROR"),
    ],
)
async def test_every_refusal_is_a_problem_for_who_asks(
    server: Server, method: str, path: str, status: int, code: str
) -> None:
    async with server.client.request(method, path, headers={"Accept": PROBLEM}) as response:
        problem = orjson.loads(await response.read())
        assert (response.status, response.content_type) == (status, PROBLEM)
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["request_id"] == response.headers["Request-Id"]
        assert problem["instance"] == path.partition("?")[0]
    async with server.client.request(method, path, headers={"Accept": "*/*"}) as response:
        assert response.content_type == "application/json"


async def test_a_good_answer_is_what_it_is(server: Server) -> None:
    async with server.client.get("/things/1", headers={"Accept": PROBLEM}) as response:
        assert (response.status, response.content_type) == (200, "application/json")
