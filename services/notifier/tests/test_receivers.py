"""The receiver zoo: whatever stands on the other side, an attempt ends in the right state with the right error class,
in bounded time and memory. With either event loop: production runs on uvloop."""

import asyncio
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.http1 import HEADER_MAX_CHARS, HEADERS_MAX_BYTES, INTERIM_MAX
from services.notifier.state import ErrorClass, Exchange, Outcome, Schedule, after_exchange
from services.notifier.tests.sockets import (
    OK,
    PATIENCE_S,
    READ_MAX_BYTES,
    TIMEOUT_S,
    Run,
    Serve,
    Server,
    answer,
    job,
    repeats,
    request_read,
    resets_in_the_middle,
    says,
    sender,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SCHEDULE = Schedule((60, 300), jitter=lambda: 0.0)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 50_000_000)


@dataclass(frozen=True)
class Receiver:
    """What it does, and what must come of it."""

    serve: Serve
    error_class: ErrorClass | None
    status: int | None = None
    becomes: str = "pending"
    body: bytes | None = None


ZOO = {
    "200": Receiver(says(OK), None, 200, "success", b"ok"),
    "201": Receiver(says(answer("201 Made", body=b"x")), None, 201, "success", b"x"),
    "204": Receiver(says(b"HTTP/1.1 204 No Content\r\n\r\n", then_waits=True), None, 204, "success", b""),
    "304": Receiver(says(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", then_waits=True), "status", 304),
    "500": Receiver(says(answer("500 Oops", body=b"sorry")), "status", 500, body=b"sorry"),
    "302": Receiver(says(answer("302 Found", "Location: /elsewhere")), "status", 302),
    "404": Receiver(says(answer("404 Not Found")), "status", 404),
    "410": Receiver(says(answer("410 Gone")), "status", 410, "failed"),
    "429": Receiver(says(answer("429 Slow Down", "retry-after: 1200")), "status", 429),
    "101": Receiver(
        says(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n\x01\x02", then_waits=True),
        "status",
        101,
    ),
    "status 999": Receiver(says(answer("999 Eh")), "status", 999),
    "5 GB": Receiver(
        repeats(b"x" * 65536, b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n"),
        None,
        200,
        "success",
        b"x" * READ_MAX_BYTES,
    ),
    "endless until the connection's end": Receiver(
        repeats(b"x" * 65536, b"HTTP/1.0 200 OK\r\n\r\n"), None, 200, "success", b"x" * READ_MAX_BYTES
    ),
    "endless chunks": Receiver(
        repeats(b"8\r\nxxxxxxxx\r\n", CHUNKED), None, 200, "success", b"x" * READ_MAX_BYTES
    ),
    "gzip bomb": Receiver(
        says(answer("200 OK", "Content-Encoding: gzip", body=BOMB)), None, 200, "success", BOMB[:READ_MAX_BYTES]
    ),
    "drip of headers": Receiver(repeats(b"X-Drop: 1\r\n", b"HTTP/1.1 200 OK\r\n", 0.05), "timeout"),
    "drip within a header": Receiver(repeats(b"x", b"HTTP/1.1 200 OK\r\nX-Drop: ", 0.05), "timeout"),
    "drip of a body": Receiver(repeats(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", 0.05), "timeout"),
    "drip of chunks": Receiver(repeats(b"1\r\nx\r\n", CHUNKED, 0.05), "timeout"),
    "says nothing": Receiver(repeats(b"", every_s=60), "timeout"),
    "half an answer, then nothing": Receiver(
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", then_waits=True), "timeout"
    ),
    "closes without an answer": Receiver(says(b""), "connect"),
    "closes in the middle": Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), "connect"),
    "closes within the headers": Receiver(says(b"HTTP/1.1 200 OK\r\nX-He"), "connect"),
    "closes within a chunk": Receiver(says(CHUNKED + b"5\r\nab"), "connect"),
    "closes before the last chunk": Receiver(says(CHUNKED + b"2\r\nab\r\n"), "connect"),
    "resets in the middle": Receiver(resets_in_the_middle, "connect"),
    "until the connection's end": Receiver(says(b"HTTP/1.1 200 OK\r\n\r\nall"), None, 200, "success", b"all"),
    "HTTP/1.0": Receiver(says(b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall"), None, 200, "success", b"all"),
    "coded until the end": Receiver(
        says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nall"), None, 200, "success", b"all"
    ),
    "chunks": Receiver(
        says(CHUNKED + b"3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n", then_waits=True),
        None,
        200,
        "success",
        b"abcde",
    ),
    "no reason": Receiver(says(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), None, 200, "success", b""),
    "bare line feeds": Receiver(says(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok"), None, 200, "success", b"ok"),
    "100 and 103 before it": Receiver(
        says(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK),
        None,
        200,
        "success",
        b"ok",
    ),
    "endless 1xx": Receiver(repeats(b"HTTP/1.1 100 Continue\r\n\r\n"), "connect"),
    "slowly endless 1xx": Receiver(repeats(b"HTTP/1.1 102 Processing\r\n\r\n", every_s=0.2), "timeout"),
    "endless headers": Receiver(repeats(b"X-Bomb: 1\r\n" * 100, b"HTTP/1.1 200 OK\r\n"), "connect"),
    "an endless header": Receiver(repeats(b"x" * 4096, b"HTTP/1.1 200 OK\r\nX-Bomb: "), "connect"),
    "an endless reason": Receiver(repeats(b"x" * 4096, b"HTTP/1.1 200 "), "connect"),
    "endless trailers": Receiver(repeats(b"X-Bomb: 1\r\n" * 100, CHUNKED + b"0\r\n"), "connect"),
    "an endless chunk extension": Receiver(repeats(b"x" * 4096, CHUNKED + b"1;"), "connect"),
    "garbage": Receiver(repeats(bytes(range(256))), "connect"),
    "SSH": Receiver(says(b"SSH-2.0-OpenSSH_9.6\r\n"), "connect"),
    "HTTP/2": Receiver(says(b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x80\0\4\0\1\0\0\0\5\0\xff\xff\xff"), "connect"),
    "a request": Receiver(says(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "connect"),
    "HTTP/9.9": Receiver(says(b"HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"), "connect"),
    "a status of letters": Receiver(says(b"HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n"), "connect"),
    "NUL in a header": Receiver(says(b"HTTP/1.1 200 OK\r\nX-Odd: a\0b\r\nContent-Length: 0\r\n\r\n"), "connect"),
    "carriage return in a header": Receiver(says(b"HTTP/1.1 200 OK\r\nX: a\rb: c\r\n\r\n"), "connect"),
    "no colon": Receiver(says(b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"), "connect"),
    "negative length": Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), "connect"),
    "two lengths": Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "connect"),
    "a length and chunks": Receiver(
        says(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "connect"
    ),
    "a huge length": Receiver(says(b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n"), "connect"),
    "a chunk of letters": Receiver(says(CHUNKED + b"zz\r\n"), "connect"),
    "a negative chunk": Receiver(says(CHUNKED + b"-5\r\nabcde\r\n"), "connect"),
    "a huge chunk": Receiver(says(CHUNKED + b"f" * 40 + b"\r\n"), "connect"),
    "a chunk longer than it says": Receiver(says(CHUNKED + b"1\r\nabc\r\n0\r\n\r\n"), "connect"),
}  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_the_zoo(run: Run, name: str) -> None:
    receiver = ZOO[name]
    limit_s = TIMEOUT_S if receiver.error_class == "timeout" else PATIENCE_S

    async def attempt() -> Exchange:
        made = sender(timeout_s=limit_s)
        async with Server(receiver.serve) as server:
            exchange = await made.send(job(server.url))
        await made.close()
        return exchange

    exchange: Exchange = run(attempt())
    assert (exchange.error_class, exchange.response_status) == (receiver.error_class, receiver.status), exchange.error
    assert exchange.duration_ms < PATIENCE_S * 1000
    assert (exchange.error_class == "timeout") == (exchange.duration_ms >= limit_s * 1000)
    if receiver.body is not None:
        assert exchange.response_body == receiver.body
        assert exchange.response_truncated == (len(receiver.body) == READ_MAX_BYTES)
    assert (exchange.error is None) == (exchange.error_class is None)
    outcome = became(exchange)
    assert outcome.status == receiver.becomes
    assert outcome.endpoint_gone == (name == "410")
    assert became(exchange, number=3).status == ("success" if receiver.becomes == "success" else "failed")
    if name == "429":
        assert outcome.next_attempt_at == NOW + timedelta(seconds=1200)
    elif outcome.status == "pending":
        assert outcome.next_attempt_at == NOW + timedelta(seconds=60)


def became(exchange: Exchange, number: int = 1) -> Outcome:
    return after_exchange(job("http://x", number), exchange, NOW, SCHEDULE)


def test_of_five_gigabytes_little_is_taken(run: Run) -> None:
    """The receiver could send only what fits into the buffers on the way."""
    sent_bytes = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent_bytes
        await request_read(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent_bytes += 65536

    async def attempt() -> None:
        made = sender()
        async with Server(serve) as server:
            for _ in range(3):
                assert (await made.send(job(server.url))).response_truncated
            assert server.connections == 3
        await made.close()

    run(attempt())
    assert sent_bytes < 100_000_000


def test_what_is_kept_of_headers_is_bounded(run: Run) -> None:
    long = b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * (HEADERS_MAX_BYTES - 100) + b"\r\nContent-Length: 0\r\n\r\n"
    longer = long.replace(b"x" * 100, b"x" * 400, 1)
    several = answer("200 OK", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Odd: \u00fc")
    odd = b"HTTP/1.1 200 OK\r\nX-Odd: caf\xe9\r\nContent-Length: 0\r\n\r\n"

    async def attempt() -> None:
        made = sender()
        for said, expected in (
            (long, {"X-Long": "x" * HEADER_MAX_CHARS, "Content-Length": "0"}),
            (longer, None),
            (
                several.replace("X-\u00d6dd".encode(), b"X-Odd"),
                {"Set-Cookie": "a=1, b=2", "X-Odd": "\u00fc", "Content-Length": "0"},
            ),
            (odd, {"X-Odd": "caf\ufffd", "Content-Length": "0"}),
        ):
            async with Server(says(said)) as server:
                assert (await made.send(job(server.url))).response_headers == expected
        await made.close()

    run(attempt())


def test_so_many_interim_answers_and_no_more(run: Run) -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\n"

    async def attempt() -> None:
        made = sender()
        for count, expected in ((INTERIM_MAX, None), (INTERIM_MAX + 1, "connect")):
            async with Server(says(interim * count + OK)) as server:
                assert (await made.send(job(server.url))).error_class == expected
        await made.close()

    run(attempt())
