"""Connections to receivers: made over TLS or not, kept, found closed, given up; with either event loop."""

import asyncio
import contextlib
import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chassis.tests.waiting import until
from services.notifier import connections
from services.notifier.deadlines import Deadline
from services.notifier.headers import seal
from services.notifier.tests.sockets import (
    BODY,
    CIPHER,
    OK,
    PATIENCE_S,
    TIMEOUT_S,
    Run,
    Server,
    job,
    repeats,
    request_read,
    reset,
    says,
    sender,
    timed_out,
)

Certificate = tuple[ssl.SSLContext, ssl.SSLContext]
"""A server's TLS, and a sender's that trusts it."""


def here(_: str) -> list[str]:
    """Every name is this machine."""
    return ["127.0.0.1"]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """For shop.example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path: Path = tmp_path_factory.mktemp("tls") / "both.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    server.set_alpn_protocols(["h2", "http/1.1"])
    client = ssl.create_default_context(cafile=path)
    client.set_alpn_protocols(["http/1.1"])
    return server, client


def test_over_tls_the_name_is_told_and_checked_and_the_connection_kept(run: Run, certificate: Certificate) -> None:
    server_tls, trust = certificate
    names = []
    server_tls.sni_callback = lambda _, name, __: names.append(name)
    spoken = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        while await request_read(reader):
            writer.write(OK)

    async def attempts() -> None:
        made = sender(lookup=here, trust=trust)
        async with Server(serve, server_tls) as server:
            url = server.url.replace("127.0.0.1", "shop.example")
            first = await made.send(job(url))
            assert (first.error_class, first.response_body) == (None, b"ok")
            assert list(first.phases) == ["dns", "connect", "tls", "wait", "read"]
            second = await made.send(job(url))
            assert list(second.phases) == ["wait", "read"]
            assert sum(first.phases.values()) <= first.duration_ms
            await made.close()
            for wrong in ("other.example", "127.0.0.1"):
                exchange = await made.send(job(url.replace("shop.example", wrong)))
                assert (exchange.error_class, "tls" in exchange.phases) == ("tls", True)
                assert "wait" not in exchange.phases
            await made.close()
        assert server.connections == 1

    run(attempts())
    assert (names[0], spoken) == ("shop.example", ["http/1.1"])


def test_a_certificate_nobody_vouches_for(run: Run, certificate: Certificate) -> None:
    async def attempt() -> None:
        made = sender(lookup=here)
        async with Server(says(OK), certificate[0]) as server:
            exchange = await made.send(job(server.url.replace("127.0.0.1", "shop.example")))
            assert (exchange.error_class, server.connections) == ("tls", 0)
        await made.close()

    run(attempt())


@pytest.mark.parametrize("kind", ["says nothing", "closes", "resets", "speaks HTTP", "speaks garbage"])
def test_a_handshake_that_comes_to_nothing(run: Run, kind: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        if kind == "says nothing":
            await asyncio.sleep(60)
        elif kind == "resets":
            reset(writer)
        elif kind == "speaks HTTP":
            writer.write(OK)
        elif kind == "speaks garbage":
            writer.write(b"\0" * 1000)

    async def attempt() -> None:
        made = sender(timeout_s=TIMEOUT_S if kind == "says nothing" else PATIENCE_S)
        async with Server(serve) as server:
            url = server.url.replace("http:", "https:")
            if kind == "says nothing":
                exchange = await timed_out(made, url, "tls")
            else:
                exchange = await made.send(job(url))
                assert exchange.error_class == "tls"
            assert list(exchange.phases) == ["connect", "tls"]
            assert exchange.duration_ms < PATIENCE_S * 1000
            await until(lambda: server.open == 0, "connections are closed")
        await made.close()

    run(attempt())


def test_the_phases_of_an_attempt_end_where_it_failed(run: Run) -> None:
    async def attempts() -> None:
        made = sender(lookup=here, timeout_s=TIMEOUT_S)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            refused = await made.send(job(f"http://shop.example:{closed.getsockname()[1]}/"))
        assert (refused.error_class, list(refused.phases)) == ("connect", ["dns", "connect"])
        async with Server(repeats(b"", every_s=60)) as server:
            silent = await timed_out(made, server.url, "wait")
        assert list(silent.phases) == ["connect", "wait"]
        assert sum(silent.phases.values()) > TIMEOUT_S * 900
        async with Server(repeats(b"x", b"HTTP/1.1 200 OK\r\n\r\n", 0.05)) as server:
            dripping = await timed_out(made, server.url, "read")
        assert list(dripping.phases) == ["connect", "wait", "read"]
        await made.close()

    run(attempts())


def test_of_several_addresses_the_next_is_tried(run: Run) -> None:
    async def attempt() -> None:
        made = sender(lookup=lambda _: ["127.0.0.3", "127.0.0.2", "127.0.0.1"])
        async with Server(says(OK)) as server:
            exchange = await made.send(job(server.url.replace("127.0.0.1", "shop.example")))
            assert (exchange.error_class, server.connections) == (None, 1)
        await made.close()

    run(attempt())


def test_an_address_where_nobody_answers_costs_little(run: Run) -> None:
    """Its queue of connections is full, so that a further one hangs: the next address is tried beside it."""

    async def attempt() -> None:
        made = sender(lookup=lambda _: ["127.0.0.2", "127.0.0.1"])
        async with Server(says(OK)) as server:
            with socket.create_server(("127.0.0.2", server.port), backlog=0), contextlib.ExitStack() as queue:
                for _ in range(8):
                    waiting = queue.enter_context(socket.socket())
                    waiting.setblocking(False)
                    waiting.connect_ex(("127.0.0.2", server.port))
                exchange = await made.send(job(server.url.replace("127.0.0.1", "shop.example")))
            assert (exchange.error_class, server.connections) == (None, 1)
            assert exchange.phases["connect"] >= connections.NEXT_ADDRESS_S * 900
        await made.close()

    run(attempt())


@pytest.mark.parametrize("kind", ["closes", "resets", "closed while idle", "spoke while idle", "said too much"])
def test_a_kept_connection_that_is_none_any_more_costs_no_attempt(run: Run, kind: str) -> None:
    requests = 0
    kept = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        requests += bool(await request_read(reader))
        writer.write(OK + (OK if kind == "said too much" else b""))
        await writer.drain()
        if kind.endswith("while idle"):
            await kept.wait()
        if kind == "closed while idle":
            return
        if kind == "spoke while idle":
            writer.write(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
        await reader.read(10)
        if kind == "resets":
            reset(writer)

    async def attempts() -> None:
        made = sender()
        async with Server(serve) as server:
            for _ in range(4):
                exchange = await made.send(job(server.url))
                assert (exchange.error_class, exchange.response_body) == (None, b"ok")
                if kind.endswith("while idle"):
                    assert made._connections._idle
                    kept.set()
                    await until(lambda: not made._connections._idle, "what happened to it is seen")
                    kept.clear()
            assert (requests, server.connections) == (4, 4)
        await made.close()

    run(attempts())


def test_what_was_begun_to_be_answered_is_not_sent_again(run: Run) -> None:
    requests = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal requests
        for said in (OK, b"H"):
            requests += bool(await request_read(reader))
            writer.write(said)

    async def attempts() -> None:
        made = sender()
        async with Server(serve) as server:
            assert (await made.send(job(server.url))).error_class is None
            assert (await made.send(job(server.url))).error_class == "connect"
        await made.close()

    run(attempts())
    assert requests == 2


def test_a_new_connection_that_is_closed_is_a_failure_and_not_tried_for_ever(run: Run) -> None:
    async def attempt() -> None:
        made = sender()
        async with Server(says(b"")) as server:
            assert (await made.send(job(server.url))).error_class == "connect"
            assert server.connections == 1
        await made.close()

    run(attempt())


def test_an_answer_before_the_whole_request_was_read(run: Run) -> None:
    """It counts; the connection, with the rest of the request on it, is not used again."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(60)

    async def attempts() -> None:
        made = sender()
        async with Server(serve) as server:
            for count in (1, 2):
                exchange = await made.send(replace(job(server.url), body=b"x" * 20_000_000))
                assert (exchange.error_class, exchange.response_status) == ("status", 413)
                assert server.connections == count
        await made.close()

    run(attempts())


def test_so_many_connections_are_kept_and_so_long(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_PER_ORIGIN_MAX", 3)
    monkeypatch.setattr(connections, "IDLE_MAX", 5)
    monkeypatch.setattr(connections, "IDLE_S", 3600.0)
    monkeypatch.setattr(connections, "IDLE_CHECK_S", 0.02)

    async def attempts() -> None:
        made = sender(lookup=here)
        async with Server(says(*[OK] * 9, then_waits=True)) as server:
            await asyncio.gather(*(made.send(job(server.url)) for _ in range(8)))
            assert server.connections == 8
            await until(lambda: server.open == 3, "connections are closed")
            for name in ("a.example", "b.example"):
                url = server.url.replace("127.0.0.1", name)
                await asyncio.gather(*(made.send(job(url)) for _ in range(2)))
            await until(lambda: server.open == 5, "connections are closed")
            check = made._connections._check
            await until(lambda: made._connections._check is not check, "it is looked for old ones")
            assert len(made._connections._since) == 5
            monkeypatch.setattr(connections, "IDLE_S", 0.0)
            await until(lambda: server.open == 0, "connections are closed")
        await made.close()

    run(attempts())


def test_nothing_is_left_of_attempts_that_timed_out(run: Run) -> None:
    async def attempts() -> None:
        made = sender(timeout_s=0.3)
        async with Server(repeats(b"", every_s=60)) as server:
            exchanges = await asyncio.gather(*(made.send(job(server.url)) for _ in range(100)))
            assert {exchange.error_class for exchange in exchanges} == {"timeout"}
            assert server.connections, "nobody came as far as a connection"
            await until(lambda: server.open == 0, "connections are closed")
        await made.close()

    run(attempts())


@pytest.mark.parametrize("name", ["X-A\r\nX-Evil", "X-A: b\r\n\r\nGET / HTTP/1.1\r\nX", "X-\0"])
def test_a_header_that_would_be_two_is_not_sent(run: Run, name: str) -> None:
    async def attempt() -> None:
        made = sender()
        async with Server(says(OK)) as server:
            for headers in ({name: "b"}, {"X-A": name}):
                endpoint = replace(job(server.url).endpoint, headers_sealed=seal(CIPHER, headers, merchant_id="m"))
                exchange = await made.send(replace(job(server.url), endpoint=endpoint))
                assert (exchange.error_class, server.connections) == ("blocked", 0)
        await made.close()

    run(attempt())


def test_the_request_as_it_is_on_the_wire(run: Run) -> None:
    seen = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_read(reader))
        writer.write(OK)

    async def attempt() -> None:
        made = sender(lookup=here)
        async with Server(serve) as server:
            headers = {"X-Own": "Zoë"}
            url = f"http://Shop.Example:{server.port}/a b/ä?q=1&r=%2F#part".replace(" ", "%20")
            endpoint = replace(job(url).endpoint, headers_sealed=seal(CIPHER, headers, merchant_id="m"))
            assert (await made.send(replace(job(url), endpoint=endpoint))).error_class is None
            head, body = seen[0].split(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            assert body == BODY
            assert lines[:2] == ["POST /a%20b/%C3%A4?q=1&r=/ HTTP/1.1", f"Host: shop.example:{server.port}"]
            assert f"Content-Length: {len(BODY)}" in lines
            assert "X-Own: Zoë" in lines
            names = {line.partition(":")[0].lower() for line in lines[1:]}
            assert not names & {"accept-encoding", "cookie", "authorization", "connection", "expect"}
        await made.close()

    run(attempt())


def test_an_outer_cancellation_is_not_a_timeout(run: Run) -> None:
    async def work() -> None:
        deadline = Deadline(0.2)
        timed_out = []

        async def within(name: str) -> None:
            try:
                with deadline:
                    await asyncio.sleep(60)
            except TimeoutError:
                timed_out.append(name)

        late, cancelled = asyncio.create_task(within("late")), asyncio.create_task(within("cancelled"))
        await asyncio.sleep(0.05)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        began_s = asyncio.get_running_loop().time()
        later = asyncio.create_task(within("later"))
        await asyncio.gather(late, later)
        assert timed_out == ["late", "later"], "each at its own time"
        assert asyncio.get_running_loop().time() - began_s >= 0.19

    run(work())
