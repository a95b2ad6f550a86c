"""The HTTP kit: whatever is sent, the answer is a clear one in the envelope, and no input makes a 5xx."""

import asyncio
import gzip
import io
import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

import asyncpg
import orjson
import pytest
import pytest_asyncio
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel, ConfigDict, Field

from chassis import pg
from chassis.errors import ApiError, Retry
from chassis.http import Answer, Call, HttpConfig, HttpKit, Route, json_answer
from chassis.log import WideLog
from chassis.metrics import Metrics
from chassis.pg import Pool
from chassis.tests.conftest import PoolMaker, Schema
from chassis.tests.proxy import PostgresProxy
from chassis.tests.waiting import until
from chassis.validation import JsonObject, Text

BODY_MAX_BYTES = 64 * 1024
Client = TestClient[web.Request, web.Application]


class Thing(BaseModel):
    """What the tests' route takes."""

    model_config = ConfigDict(extra="forbid")

    amount: Annotated[int, Field(strict=True, ge=1, le=10**12)]
    name: Annotated[Text, Field(max_length=100)] = "nameless"
    notes: JsonObject = Field(default_factory=dict)
    color: Annotated[str, Field(pattern="^[a-z]+$")] = "red"


class Filters(BaseModel):
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    name: Text | None = None


async def take(call: Call) -> Answer:
    return json_answer(201, call.body.model_dump())


async def take_optional(call: Call) -> Answer:
    return json_answer(200, {"asked": call.body.model_dump(exclude_unset=True)})


async def show(call: Call) -> Answer:
    return json_answer(200, {"id": call.path["id"], "key": call.idempotency_key})


async def show_nothing(call: Call) -> Answer:
    return json_answer(200, {})


async def list_things(call: Call) -> Answer:
    return json_answer(200, call.query.model_dump())


class Optional(BaseModel):
    amount: int | None = None


async def pass_on(call: Call) -> Answer:
    assert call.body is None
    assert call.query is None
    return Answer(200, await call.request.read())


class Failing:
    """A route that fails as it is told."""

    error: Exception = KeyError("a bug of ours")

    async def __call__(self, call: Call) -> Answer:
        raise self.error


async def refuse_in_a_language(call: Call) -> Answer:
    return Answer(404, b"Nein", {"Vary": "Accept-Language"}, "text/plain")


class Server:
    """An application with a few routes, and what it noted of its requests."""

    client: Client

    def __init__(self) -> None:
        self.failing = Failing()
        self.wide = WideLog("tests")
        self.metrics = Metrics()
        self.authenticated = asyncio.Event()

    def application(self) -> web.Application:
        kit = HttpKit(HttpConfig(BODY_MAX_BYTES, request_timeout_s=0.2), metrics=self.metrics, wide=self.wide)
        return kit.application(
            [
                Route("POST", "/things", take, "Take a thing", body=Thing),
                Route("POST", "/optional", take_optional, "Take a body or none", body=Optional, body_optional=True),
                Route("GET", "/things", list_things, "List", query=Filters),
                Route("GET", "/things/{id}", show, "Show one"),
                Route("POST", "/secrets", take, "With authentication", authenticate=self.authenticate, body=Thing),
                Route("GET", "/failing", self.failing, "Fail"),
                Route("GET", "/localised", refuse_in_a_language, "Fail in the caller's language"),
                Route("GET", "/open", show_nothing, "For any page", cross_origin=True),
                Route("POST", "/open", take, "For any page", body=Thing, cross_origin=True),
                Route("POST", "/forwarded", pass_on, "Pass on", body=Thing, query=Filters, forwarded=True),
            ]
        )

    async def authenticate(self, request: web.Request) -> str:
        if request.headers.get("Authorization") != "Bearer good":
            raise ApiError(401, "AUTHENTICATION_ERROR", "Who are you?")
        self.authenticated.set()
        return "merchant"

    async def post(self, body: bytes, path: str = "/things", **headers: str) -> tuple[int, Any]:
        async with self.client.post(
            path, data=io.BytesIO(body), headers={"Content-Type": "application/json"} | headers
        ) as response:
            return response.status, await told(response)

    async def raw(self, request: bytes) -> bytes:
        """The answer to exact bytes on a connection of its own."""
        reader, writer = await asyncio.open_connection(self.client.host, self.client.port)
        writer.write(request)
        await writer.drain()
        try:
            async with asyncio.timeout(10):
                return await reader.read(65_536)
        finally:
            writer.close()


async def told(response: ClientResponse) -> Any:
    assert response.content_type == "application/json"
    value = orjson.loads(await response.read())
    if response.status >= 400:
        assert set(value) == {"error"}
        assert set(value["error"]) - {"field", "reason"} == {"code", "description", "request_id", "doc_url"}
        assert value["error"]["request_id"] == response.headers["Request-Id"]
        assert value["error"]["doc_url"] == f"/docs/errors#{value['error']['code']}"
    return value


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    async with TestClient(TestServer(server.application())) as server.client:
        runner = server.client.server.runner
        assert runner is not None
        assert runner.server is not None
        runner.server.handler_cancellation = False  # as aiohttp has it outside of its own test server
        yield server


async def test_a_good_body_is_parsed_and_answered_as_compact_json(server: Server) -> None:
    body = '{"amount": 100, "name": "größe 日本", "notes": {"a": [1, 2.5, null, true]}}'.encode()
    async with server.client.post("/things", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == 201
        assert await response.read() == (
            '{"amount":100,"name":"größe 日本","notes":{"a":[1,2.5,null,true]},"color":"red"}'.encode()
        )


DEEP = 200_000
BAD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{amount: 1}",
    "cut off": b'{"amount": 1',
    "two values": b'{"amount": 1}{"amount": 2}',
    "form": b"amount=1",
    "a list": b"[1]",
    "a number": b"5",
    "null": b"null",
    "missing field": b"{}",
    "unknown field": b'{"amount": 1, "colour": "red"}',
    "null for a number": b'{"amount": null}',
    "text for a number": b'{"amount": "100"}',
    "float for a number": b'{"amount": 100.5}',
    "whole float for a number": b'{"amount": 100.0}',
    "exponent for a number": b'{"amount": 1e2}',
    "bool for a number": b'{"amount": true}',
    "list for a number": b'{"amount": [100]}',
    "negative": b'{"amount": -100}',
    "zero": b'{"amount": 0}',
    "10^30": b'{"amount": 1' + b"0" * 30 + b"}",
    "10^5000": b'{"amount": 1' + b"0" * 5000 + b"}",
    "1e400": b'{"amount": 1, "notes": {"a": 1e400}}',
    "NaN": b'{"amount": 1, "notes": {"a": NaN}}',
    "Infinity": b'{"amount": 1, "notes": {"a": -Infinity}}',
    "10^30 in notes": b'{"amount": 1, "notes": {"a": 1' + b"0" * 30 + b"}}",
    "NUL escaped": b'{"amount": 1, "name": "a\\u0000b"}',
    "NUL raw": b'{"amount": 1, "name": "a\x00b"}',
    "NUL in notes": b'{"amount": 1, "notes": {"a": ["\\u0000"]}}',
    "NUL in a key of notes": b'{"amount": 1, "notes": {"a\\u0000": 1}}',
    "lone surrogate escaped": b'{"amount": 1, "name": "\\ud800"}',
    "lone surrogate raw": b'{"amount": 1, "name": "\xed\xa0\x80"}',
    "lone surrogate in notes": b'{"amount": 1, "notes": {"\\udfff": "x"}}',
    "not UTF-8": b'{"amount": 1, "name": "\xff"}',
    "UTF-16": '{"amount": 1}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"amount": 1}',
    "name too long": b'{"amount": 1, "name": "' + b"x" * 101 + b'"}',
    "notes too deep": b'{"amount": 1, "notes": ' + b'{"a":' * 10 + b"1" + b"}" * 10 + b"}",
    "notes of another type": b'{"amount": 1, "notes": "x"}',
    "pattern": b'{"amount": 1, "color": "RED"}',
    "very deep": b"[" * 30_000,
    "very deep in notes": b'{"amount": 1, "notes": ' + b'{"a":' * 10_000,
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
async def test_bad_input_is_a_400_that_says_what_is_wrong(server: Server, body: bytes) -> None:
    status, value = await server.post(body)
    assert status == 400
    assert value["error"]["code"] == "BAD_REQUEST_ERROR"
    description = value["error"]["description"]
    assert description[0].isupper() or description.split()[0].rstrip(":") == value["error"]["field"]
    assert len(description) < 200
    assert "pydantic" not in description


@pytest.mark.parametrize(
    ("body", "field", "description"),
    [
        (b"{}", "amount", "amount is required"),
        (b'{"amount": 0}', "amount", "amount must be at least 1"),
        (b'{"amount": 2000000000000}', "amount", "amount must be at most 1000000000000"),
        (b'{"amount": "1"}', "amount", "amount must be an integer"),
        (b'{"amount": 1.0}', "amount", "amount must be an integer"),
        (b'{"amount": 1, "name": 5}', "name", "name must be a string"),
        (b'{"amount": 1, "name": "\\u0000"}', "name", "name must not contain a NUL character"),
        (b'{"amount": 1, "notes": []}', "notes", "notes must be an object"),
        (b'{"amount": 1, "x": 1}', "x", "x is not a field of this request"),
        (b"[]", None, "The request's body must be an object"),
        (b"{", None, "The request's body is not valid JSON"),
    ],
)
async def test_the_sentence_names_the_field(server: Server, body: bytes, field: str | None, description: str) -> None:
    _, value = await server.post(body)
    assert (value["error"].get("field"), value["error"]["description"]) == (field, description)


class TestBodies:
    async def test_a_body_of_a_mebibyte_is_413(self, server: Server) -> None:
        status, value = await server.post(b'{"amount": 1, "name": "' + b"x" * 1_048_576 + b'"}')
        assert (status, value["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")

    async def test_a_body_of_a_mebibyte_in_chunks_is_413(self, server: Server) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(128):
                yield b"x" * 8192

        async with server.client.post("/things", data=chunks()) as response:
            assert (response.status, (await told(response))["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")

    async def test_a_small_body_that_unpacks_to_a_mebibyte_is_413(self, server: Server) -> None:
        status, value = await server.post(gzip.compress(b"x" * 1_048_576), **{"Content-Encoding": "gzip"})
        assert (status, value["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")

    async def test_a_packed_body_is_read(self, server: Server) -> None:
        status, _ = await server.post(gzip.compress(b'{"amount": 1}'), **{"Content-Encoding": "gzip"})
        assert status == 201

    @pytest.mark.parametrize("path", ["/things", "/forwarded"])
    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    async def test_a_body_that_is_not_packed_as_it_says_is_400(self, server: Server, encoding: str, path: str) -> None:
        body = b'{"amount": 1}'
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n"
        assert (await server.raw(head.encode() + body)).startswith(b"HTTP/1.1 400 ")

    async def test_chunks_that_are_broken_are_400(self, server: Server) -> None:
        head = b"POST /things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert (await server.raw(head + b"zz\r\n{}\r\n0\r\n\r\n"))[9:12] == b"400"

    @pytest.mark.parametrize(
        "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", "text/notjson"]
    )
    async def test_another_content_type_is_415(self, server: Server, kind: str) -> None:
        status, value = await server.post(b'{"amount": 1}', **{"Content-Type": kind})
        assert (status, value["error"]["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")

    @pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/problem+json", ""])
    async def test_json_under_any_of_its_names_is_read(self, server: Server, kind: str) -> None:
        assert (await server.post(b'{"amount": 1}', **{"Content-Type": kind}))[0] == 201

    async def test_no_body_is_an_empty_object_where_it_is_optional(self, server: Server) -> None:
        assert await server.post(b"", "/optional") == (200, {"asked": {}})
        assert await server.post(b"", "/optional", **{"Content-Type": "text/plain"}) == (200, {"asked": {}})
        assert await server.post(b'{"amount": 5}', "/optional") == (200, {"asked": {"amount": 5}})

    @pytest.mark.parametrize("path", [b"/things", b"/forwarded"])
    async def test_a_body_that_does_not_come_is_408(self, server: Server, path: bytes) -> None:
        head = b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        answer = await server.raw(b"POST " + path + head)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"REQUEST_TIMEOUT"' in answer

    async def test_a_caller_who_goes_away_in_the_middle_of_its_body_is_no_error_of_ours(self, server: Server) -> None:
        _, writer = await asyncio.open_connection(server.client.host, server.client.port)
        head = b"POST /secrets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Length: 100\r\n\r\n"
        writer.write(head + b"{")
        await server.authenticated.wait()
        writer.transport.abort()
        (line,) = await until(lambda: server.wide._lines, "the request has its line")
        assert (line["status"], line["code"]) in ((400, "BAD_REQUEST_ERROR"), (408, "REQUEST_TIMEOUT"))

    async def test_a_forwarded_body_and_query_are_not_read_but_passed_on_as_they_came(self, server: Server) -> None:
        body = b'{"amount" : "none", "unknown": [1.0, 1e2, "\\u20b9"]} '
        async with server.client.post("/forwarded?limit=x", data=body) as response:
            assert (response.status, await response.read()) == (200, body)


class TestRouting:
    async def test_an_unknown_path_is_404_in_the_envelope(self, server: Server) -> None:
        async with server.client.get("/nowhere") as response:
            assert (response.status, (await told(response))["error"]["code"]) == (404, "NOT_FOUND_ERROR")

    @pytest.mark.parametrize("path", ["/things/%00", "/things/%ff", "/things/%ED%A0%80", "/things/" + "x" * 5000])
    async def test_a_strange_path_is_no_error_of_ours(self, server: Server, path: str) -> None:
        answer = await server.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert answer[9:12] in (b"200", b"400", b"404")

    @pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "OPTIONS"])
    async def test_a_method_that_is_not_there_is_405_and_says_which_are(self, server: Server, method: str) -> None:
        async with server.client.request(method, "/things") as response:
            assert response.status == 405
            assert response.headers["Allow"] == "GET,HEAD,POST"
            assert (await told(response))["error"]["code"] == "METHOD_NOT_ALLOWED"

    async def test_head_tells_what_get_would_without_the_body(self, server: Server) -> None:
        async with server.client.get("/things/1") as response:
            wanted = {name: response.headers[name] for name in ("Content-Type", "Content-Length")}
        async with server.client.head("/things/1") as response:
            assert response.status == 200
            assert {name: response.headers[name] for name in wanted} == wanted
            assert "Request-Id" in response.headers
            assert await response.read() == b""

    async def test_a_route_without_get_has_no_head(self, server: Server) -> None:
        async with server.client.head("/optional") as response:
            assert (response.status, response.headers["Allow"]) == (405, "POST")

    async def test_pages_of_any_origin_may_call_a_route_that_is_open_to_them(self, server: Server) -> None:
        asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
        async with server.client.options("/open", headers=asked) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Methods"] == "GET, POST"
            assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
            assert "Access-Control-Allow-Credentials" not in response.headers
        for body, status in ((b'{"amount": 1}', 201), (b"{", 400)):
            async with server.client.post("/open", data=body, headers={"Content-Type": "application/json"}) as response:
                assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (status, "*")

    async def test_no_other_route_is_open_to_them(self, server: Server) -> None:
        async with server.client.get("/things", headers={"Origin": "https://shop.example"}) as response:
            assert "Access-Control-Allow-Origin" not in response.headers

    @pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=1.5", "limit=1e30", "name=a%00b"])
    async def test_a_bad_query_is_400_and_names_the_field(self, server: Server, query: str) -> None:
        async with server.client.get(f"/things?{query}") as response:
            assert (response.status, (await told(response))["error"]["field"]) == (400, query.partition("=")[0])

    @pytest.mark.parametrize("query", ["%ff=%fe", "name=%ED%A0%80", "&&&=", "a[]=1", "limit=5&limit=6"])
    async def test_a_strange_query_is_no_error_of_ours(self, server: Server, query: str) -> None:
        answer = await server.raw(f"GET /things?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert answer[9:12] in (b"200", b"400")

    async def test_who_is_not_known_is_told_before_its_body_is_read(self, server: Server) -> None:
        assert (await server.post(b"{not json", "/secrets"))[0] == 401
        assert (await server.post(b"{not json", "/secrets", Authorization="Bearer good"))[0] == 400
        assert (await server.post(b'{"amount": 1}', "/secrets", Authorization="Bearer good"))[0] == 201


class TestHeaders:
    @pytest.mark.parametrize("name", ["Request-Id", "X-Request-Id"])
    async def test_a_sane_request_id_is_echoed(self, server: Server, name: str) -> None:
        async with server.client.get("/nowhere", headers={name: "abc.DEF-1:2_3"}) as response:
            assert response.headers["Request-Id"] == "abc.DEF-1:2_3"

    @pytest.mark.parametrize("given", ["", " ", "a b", "x" * 129, "a;b", '"', "<script>", "é"])
    async def test_any_other_request_id_is_replaced(self, server: Server, given: str) -> None:
        async with server.client.get("/things", headers={"Request-Id": given}) as response:
            assert re.fullmatch(r"req_[0-9a-f]{16}", response.headers["Request-Id"])

    async def test_every_request_without_an_id_gets_one_of_its_own(self, server: Server) -> None:
        async with server.client.get("/things") as one, server.client.get("/things") as two:
            assert one.headers["Request-Id"] != two.headers["Request-Id"]

    @pytest.mark.parametrize(
        "name", [b"Request-Id", b"Idempotency-Key", b"Authorization", b"traceparent", b"X-Api-Key"]
    )
    async def test_a_header_of_foreign_bytes_is_no_error_of_ours(self, server: Server, name: bytes) -> None:
        answer = await server.raw(b"GET /things/1 HTTP/1.1\r\nHost: x\r\n" + name + b": \xff\xfe\x80\r\n\r\n")
        assert answer[9:12] in (b"200", b"400")
        server.wide._flush()  # the line can be written, too

    async def test_a_key_that_can_not_be_kept_is_400(self, server: Server) -> None:
        async with server.client.get("/things/1", headers={"Idempotency-Key": "k" * 256}) as response:
            assert (response.status, (await told(response))["error"]["field"]) == (400, "Idempotency-Key")

    async def test_the_callers_trace_goes_on_and_a_broken_one_is_started_anew(self, server: Server) -> None:
        good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        for given in (good, "00-zz", ""):
            async with server.client.get("/things", headers={"traceparent": given}):
                pass
        traces = [line["traceparent"] for line in server.wide._lines]
        assert traces[0] == good
        assert len(set(traces)) == 3
        assert all(re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", trace) for trace in traces)


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "status", "code"),
        [
            (ApiError(402, "PAY_FIRST", "Pay first", field="amount", reason="poor"), 402, "PAY_FIRST"),
            (Retry("busy"), 409, "CONFLICT"),
            (pg.CommitOutcomeUnknown("lost"), 503, "OUTCOME_UNKNOWN"),
            (ConnectionRefusedError(111, "refused"), 503, "SERVICE_UNAVAILABLE"),
            (TimeoutError(), 503, "SERVICE_UNAVAILABLE"),
            (asyncpg.PostgresError.new({"C": "57P03", "M": "starting"}), 503, "SERVICE_UNAVAILABLE"),
            (asyncpg.PostgresError.new({"C": "53300", "M": "too many"}), 503, "SERVICE_UNAVAILABLE"),
            (asyncpg.PostgresError.new({"C": "55P03", "M": "locked"}), 409, "CONFLICT"),
            (asyncpg.PostgresError.new({"C": "40P01", "M": "deadlock"}), 409, "CONFLICT"),
            (asyncpg.PostgresError.new({"C": "22021", "M": "NUL"}), 400, "BAD_REQUEST_ERROR"),
            (asyncpg.PostgresError.new({"C": "42P01", "M": "no table"}), 500, "INTERNAL_ERROR"),
            (web.HTTPGone(), 410, "BAD_REQUEST_ERROR"),
            (KeyError("secret_test_xyz789"), 500, "INTERNAL_ERROR"),
        ],
        ids=repr,
    )
    async def test_an_error_is_told_in_the_envelope(
        self, server: Server, error: Exception, status: int, code: str
    ) -> None:
        server.failing.error = error
        async with server.client.get("/failing") as response:
            assert (response.status, (await told(response))["error"]["code"]) == (status, code)
            assert ("Retry-After" in response.headers) == (status == 503)

    async def test_a_bug_says_no_more_than_its_request_id(self, server: Server) -> None:
        server.failing.error = KeyError("secret_test_xyz789")
        async with server.client.get("/failing") as response:
            text = await response.text()
        assert "secret" not in text
        assert "KeyError" not in text
        assert server.metrics.counter("http_errors", "", route="/failing").value == 1

    async def test_a_refusal_tells_its_field_and_reason(self, server: Server) -> None:
        server.failing.error = ApiError(400, "X", "No", field="amount", reason="poor", headers={"X-More": "1"})
        async with server.client.get("/failing") as response:
            error = (await told(response))["error"]
            assert (error["field"], error["reason"], response.headers["X-More"]) == ("amount", "poor", "1")

    async def test_a_lost_database_is_a_503_that_says_so(
        self, server: Server, make_pool: PoolMaker, empty_schema: Schema
    ) -> None:
        proxy = PostgresProxy(empty_schema.dsn)
        async with proxy.running():
            server.failing.error = await error_of_a_lost_database(proxy, await make_pool(proxy.dsn))
        async with server.client.get("/failing") as response:
            error = (await told(response))["error"]
            assert (response.status, error["code"]) == (503, "SERVICE_UNAVAILABLE")
            assert "nothing was saved" in error["description"]


async def error_of_a_lost_database(proxy: PostgresProxy, pool: Pool) -> Exception:
    proxy.away = True
    proxy.drop()
    try:
        await pool.fetchval("SELECT 1")
    except Exception as error:
        return error
    raise AssertionError("the database was there")


async def test_every_request_has_one_wide_line(server: Server) -> None:
    await server.post(b'{"amount": 1}', "/secrets", Authorization="Bearer good", **{"Request-Id": "r1"})
    await server.post(b"{", "/secrets", Authorization="Bearer good", **{"Request-Id": "r2"})
    good, bad = server.wide._lines
    assert (good["route"], good["method"], good["status"], good["code"]) == ("/secrets", "POST", 201, None)
    assert (good["request_id"], good["principal"]) == ("r1", "merchant")
    assert (bad["status"], bad["code"], bad["request_id"]) == (400, "BAD_REQUEST_ERROR", "r2")


async def test_many_bad_requests_at_once_are_all_answered(server: Server) -> None:
    answers = await asyncio.gather(*(server.post(body) for body in BAD_BODIES.values() for _ in range(3)))
    assert {status for status, _ in answers} == {400}
    assert json.dumps(answers)


async def test_a_refusal_that_depends_on_another_header_keeps_saying_so(server: Server) -> None:
    for path, expected in (("/localised", "Accept-Language, Accept"), ("/nothing", "Accept")):
        async with server.client.get(path) as response:
            assert (response.status, response.headers["Vary"]) == (404, expected)
