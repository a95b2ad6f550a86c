"""One attempt against every kind of receiver."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chassis.cipher import Cipher
from chassis.clock import SystemClock
from services.notifier.addresses import AddressPolicy
from services.notifier.headers import USER_AGENT
from services.notifier.names import Lookup
from services.notifier.sender import Sender
from services.notifier.signing import new_secret
from services.notifier.state import Endpoint, Exchange, Job
from services.notifier.tests.receiver import Receiver, after, endless, status

CIPHER = Cipher("22" * 32)
SECRET = new_secret()
SEALED = CIPHER.encrypt(SECRET, owner="m")
BODY = '{"id":"evt_1","note":"Zoë"}'.encode()
OPEN = AddressPolicy(allow_private=True, blocked_ports=frozenset())
PUBLIC_ONLY = AddressPolicy(allow_private=False, blocked_ports=frozenset())
TIMEOUT_S = 0.5
"""For receivers that take too long; the others have PATIENCE_S: a slow machine is none of them."""

PATIENCE_S = 30.0
READ_MAX_BYTES = 1024

MakeSender = Callable[..., Sender]


def job(url: str) -> Job:
    return Job("whd_1", 1, 1, "auto", Endpoint("we_1", "m", url, True, SEALED), "evt_1", BODY)


@pytest.fixture
async def make_sender() -> AsyncIterator[MakeSender]:
    """Senders that read little."""
    made: list[Sender] = []

    def make(policy: AddressPolicy = OPEN, timeout_s: float = PATIENCE_S, **options: Any) -> Sender:
        sender = Sender(
            CIPHER,
            SystemClock(),
            policy,
            timeout_s=timeout_s,
            response_max_bytes=READ_MAX_BYTES,
            **options,
        )
        made.append(sender)
        return sender

    yield make
    for sender in made:
        await sender.close()


async def test_a_delivery_that_both_kinds_of_receiver_can_verify(make_sender: MakeSender, receiver: Receiver) -> None:
    receiver.answer = status(200, {"X-Seen": "yes"}, "thank you")
    exchange = await make_sender().send(job(receiver.url))
    assert (exchange.error_class, exchange.response_status, exchange.response_body) == (None, 200, b"thank you")
    assert exchange.response_headers is not None
    assert exchange.response_headers["X-Seen"] == "yes"
    taken = receiver.received[0]
    assert taken.body == BODY
    assert taken.headers["Content-Type"] == "application/json"
    assert taken.headers["User-Agent"] == USER_AGENT
    assert "Accept-Encoding" not in taken.headers
    assert Webhook(SECRET).verify(taken.body.decode(), taken.headers)
    assert taken.headers.items() >= exchange.request_headers.items()
    assert SECRET not in str(exchange)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_redirects_are_failures_and_not_followed(make_sender: MakeSender, receiver: Receiver, code: int) -> None:
    receiver.answer = status(code, {"Location": "/elsewhere"})
    exchange = await make_sender().send(job(receiver.url))
    assert (exchange.error_class, exchange.response_status) == ("status", code)
    assert len(receiver.received) == 1


async def test_one_timeout_for_headers(make_sender: MakeSender, receiver: Receiver) -> None:
    receiver.answer = after(PATIENCE_S)
    assert_timed_out(await make_sender(timeout_s=TIMEOUT_S).send(job(receiver.url)))


async def test_the_same_timeout_for_a_dripping_body(make_sender: MakeSender, receiver: Receiver) -> None:
    receiver.answer = endless(b".", 0.05)
    assert_timed_out(await make_sender(timeout_s=TIMEOUT_S).send(job(receiver.url)))


def assert_timed_out(exchange: Exchange) -> None:
    assert exchange.error_class == "timeout"
    assert TIMEOUT_S * 1000 <= exchange.duration_ms < PATIENCE_S * 1000


async def test_a_large_body_is_read_to_the_limit_only(make_sender: MakeSender, receiver: Receiver) -> None:
    receiver.answer = status(200, text="x" * 5_000_000)
    sender = make_sender()
    exchange = await sender.send(job(receiver.url))
    assert exchange.error_class is None
    assert exchange.response_body == b"x" * READ_MAX_BYTES
    receiver.answer = status(200, text="next")
    assert (await sender.send(job(receiver.url))).response_body == b"next"


async def test_a_compressed_body_is_kept_as_it_came(make_sender: MakeSender, receiver: Receiver) -> None:
    receiver.answer = status(200, {"Content-Encoding": "gzip"}, "not even gzip")
    exchange = await make_sender().send(job(receiver.url))
    assert (exchange.error_class, exchange.response_body) == (None, b"not even gzip")


async def test_connections_are_kept(make_sender: MakeSender) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while await _read_request(reader):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with _raw_server(serve) as url:
        sender = make_sender()
        for _ in range(5):
            assert (await sender.send(job(url))).error_class is None
    assert connections == 1


async def test_a_kept_connection_that_was_closed_costs_no_attempt(make_sender: MakeSender) -> None:
    """The receiver closes without a word when the second request arrives on a connection."""
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        if await _read_request(reader):
            requests += 1
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await _read_request(reader)

    async with _raw_server(serve) as url:
        sender = make_sender()
        for _ in range(3):
            assert (await sender.send(job(url))).error_class is None
    assert requests == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Many: 1\r\n" * 100_000 + b"\r\n",
    ],
    ids=["nothing", "half", "bad chunk", "not http", "long header", "many headers"],
)
async def test_a_broken_answer(make_sender: MakeSender, answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(answer)

    async with _raw_server(serve) as url:
        exchange = await make_sender().send(job(url))
    assert exchange.error_class == "connect"


async def test_bytes_that_a_database_could_not_store(make_sender: MakeSender) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read_request(reader)
        writer.write(b"HTTP/1.1 500 \xff\r\nX-Odd: \xff\xfe\r\nContent-Length: 3\r\n\r\n\x00\xff\x00")

    async with _raw_server(serve) as url:
        exchange = await make_sender().send(job(url))
    assert exchange.error_class == "status"
    assert exchange.response_headers is not None
    assert exchange.response_headers["X-Odd"].encode() == "\ufffd\ufffd".encode()
    assert exchange.response_body == b"\x00\xff\x00"


async def test_nobody_listens_there(make_sender: MakeSender) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        assert (await make_sender().send(job(url))).error_class == "connect"


async def test_a_name_that_does_not_exist(make_sender: MakeSender) -> None:
    assert (await make_sender().send(job("http://no-such-host.invalid/"))).error_class == "dns"


async def test_no_tls_on_the_other_side(make_sender: MakeSender, receiver: Receiver) -> None:
    exchange = await make_sender().send(job(receiver.url.replace("http:", "https:")))
    assert exchange.error_class == "tls"


async def test_a_certificate_nobody_vouches_for(make_sender: MakeSender, own_certificate: ssl.SSLContext) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the handshake must fail")

    async with _raw_server(serve, own_certificate) as url:
        assert (await make_sender().send(job(url))).error_class == "tls"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0177.0.0.1", "127.1", "0"])
async def test_an_address_that_is_not_public_is_refused_when_connecting(
    make_sender: MakeSender, receiver: Receiver, host: str
) -> None:
    exchange = await make_sender(PUBLIC_ONLY).send(job(f"http://{host}:{receiver.server.port}/webhook"))
    assert exchange.error_class == "blocked"
    assert receiver.received == []


async def test_a_name_that_changes_its_mind(make_sender: MakeSender, receiver: Receiver) -> None:
    """Public when it was checked, the machine itself when it is connected to."""
    exchange = await make_sender(PUBLIC_ONLY, lookup=always("127.0.0.1")).send(
        job(f"http://rebind.example:{receiver.server.port}/webhook")
    )
    assert exchange.error_class == "blocked"
    assert receiver.received == []


async def test_of_several_addresses_only_allowed_ones_are_connected_to(
    make_sender: MakeSender, receiver: Receiver
) -> None:
    url = f"http://two.example:{receiver.server.port}/webhook"
    metadata_first = make_sender(OPEN, lookup=always("169.254.169.254", "127.0.0.1"))
    assert (await metadata_first.send(job(url))).error_class is None
    both_bad = make_sender(PUBLIC_ONLY, lookup=always("169.254.169.254", "127.0.0.1"))
    assert (await both_bad.send(job(url))).error_class == "blocked"
    assert len(receiver.received) == 1


async def test_the_gateways_own_ports(make_sender: MakeSender, receiver: Receiver) -> None:
    port = receiver.server.port
    assert port is not None
    policy = AddressPolicy(allow_private=True, blocked_ports=frozenset({port}))
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        exchange = await make_sender(policy).send(job(f"http://{host}:{port}/webhook"))
        assert exchange.error_class == "blocked", host


async def test_a_secret_of_another_merchant_signs_nothing(make_sender: MakeSender, receiver: Receiver) -> None:
    stolen = Job("whd_1", 1, 1, "auto", Endpoint("we_1", "other", receiver.url, True, SEALED), "evt_1", BODY)
    assert (await make_sender().send(stolen)).error_class == "blocked"
    assert receiver.received == []


def always(*hosts: str) -> Lookup:
    """Every name stands for these addresses."""
    return lambda _: hosts


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class _raw_server:
    """A TCP server that does what HTTP servers don't; the connection ends with `serve`."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._tls = tls

    async def __aenter__(self) -> str:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        return f"http{'s' if self._tls else ''}://127.0.0.1:{port}/"

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


async def _read_request(reader: asyncio.StreamReader) -> bool:
    try:
        await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(len(BODY))
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    return True
