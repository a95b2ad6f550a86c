"""Every way to write an address that a webhook must not reach: refused when it is saved, and again when it is sent.

A server listens on this machine meanwhile, and hears nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from chassis.cipher import Cipher
from chassis.clock import SystemClock
from services.notifier.addresses import AddressPolicy, BlockedAddress, is_own_address
from services.notifier.connections import Connections, Origin
from services.notifier.endpoints import Endpoints
from services.notifier.http1 import Phases
from services.notifier.names import Names, system_lookup
from services.notifier.sender import Sender
from services.notifier.settings import Settings
from services.notifier.signing import new_secret
from services.notifier.state import Endpoint, Exchange, Job

CIPHER = Cipher("22" * 32)
SEALED = CIPHER.encrypt(new_secret(), owner="m")
PUBLIC_ONLY = AddressPolicy(allow_private=False, blocked_ports=frozenset())
PUBLIC = "93.184.216.34"

NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.localdomain": ["127.0.0.1"],
    "shop.localhost": ["127.0.0.1"],
    "ip6-loopback": ["::1"],
    "127.0.0.1.nip.example": ["127.0.0.1"],
    "7f000001.nip.example": ["127.0.0.1"],
    "10-0-0-5.wild.example": ["10.0.0.5"],
    "metadata.wild.example": ["169.254.169.254"],
    "metadata.google.internal": ["169.254.169.254"],
    "mapped.wild.example": ["::ffff:127.0.0.1"],
    "nat64.wild.example": ["64:ff9b::7f00:1"],
    "zone.wild.example": ["fe80::1%lo"],
    "all.wild.example": ["0.0.0.0"],
    "two.wild.example": ["127.0.0.1", "169.254.169.254"],
}
"""What the resolver of these tests says; about everything else it asks the machine's."""

CORPUS = [
    # IPv4, written as it should be
    "127.0.0.1", "127.1.2.3", "127.255.255.254", "10.0.0.5", "172.16.0.1", "172.17.0.1", "192.168.1.1", "0.0.0.0",
    "169.254.169.254", "169.254.170.2", "100.100.100.200", "100.64.0.1", "168.63.129.16", "192.0.0.192", "198.18.0.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1", "203.0.113.7",
    # in other ways: decimal, octal, hexadecimal, mixed, short, too long
    "2130706433", "017700000001", "0x7f000001", "0X7F000001", "0x7f.0.0.1", "0177.0.0.1", "0177.0x0.0.1", "127.1",
    "127.0.1", "0", "0x0", "00000177.0.0.1", "2852039166", "0xa9fea9fe", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376",
    "127.0.0.1.", "127.0.0.001", "4294967296", "127.0.0.0x1",
    # IPv6, and IPv4 within it
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]", "[fe80::1%lo]", "[fe80::1%25lo]", "[::1%lo]", "[fc00::1]",
    "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[ff05::1:3]", "[100::1]", "[2001:db8::1]", "[5f00::1]", "[4000::1]",
    # digits, dots and letters of other scripts
    "１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "₁₂₇.0.0.1", "127。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    # percent-encoding, a name before the address, things that parsers read differently
    "LOCALHOST",
    "%31%32%37.0.0.1", "127.0.0.1%00.shop.example", "127%2e0%2e0%2e1", "%6cocalhost", "shop.example%2f@127.0.0.1",
    "shop.example@127.0.0.1", "shop.example:80@127.0.0.1", "@127.0.0.1", "127.0.0.1\\@shop.example",
    "shop.example\\@127.0.0.1", "shop.example&@127.0.0.1", "127.0.0.1\t", "127.0.0.1\n", "127.0.0.1\r\nX-Injected:1",
    "127.0.0.1 ", "127.0.0.1\x00.shop.example", "127.0.\u200b0.1", "127.0.0.1\u2028", "localhost\u00ad",
    # names
    *NAMES, "localhost.", "127.0.0.1.nip.example.",
]  # fmt: skip

DISGUISED = ["2130706433", "017700000001", "0x7f000001", "0177.0.0.1", "127.1", "127.0.1", "0", "0x7f.1"]


@dataclass
class Listener:
    """Listens on this machine and remembers who came."""

    port: int = 0
    connections: int = 0
    heard: bytearray = field(default_factory=bytearray)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers whoever comes."""
        self.connections += 1
        self.heard += await reader.read(65536)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """What nobody may reach."""
    made = Listener()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


Send = Callable[..., Any]


@pytest.fixture
async def send() -> AsyncIterator[Send]:
    """Sends one attempt."""
    senders: list[Sender] = []

    async def sent(
        url: str,
        policy: AddressPolicy = PUBLIC_ONLY,
        lookup: Callable[[str], Sequence[str]] = lambda host: NAMES.get(host.removesuffix(".")) or system_lookup(host),
    ) -> Exchange:
        sender = Sender(CIPHER, SystemClock(), policy, timeout_s=5, response_max_bytes=1024, lookup=lookup)
        senders.append(sender)
        return await sender.send(Job("whd_1", 1, 1, "auto", Endpoint("we_1", "m", url, True, SEALED), "evt_1", b"{}"))

    yield sent
    for sender in senders:
        await sender.close()


def endpoints(
    policy: AddressPolicy = PUBLIC_ONLY, lookup: Callable[[str], Sequence[str]] = NAMES.__getitem__
) -> Endpoints:
    return Endpoints(CIPHER, policy, gaps_s=(60,), most=10, lookup=lookup)


@pytest.mark.parametrize("host", CORPUS)
async def test_refused_when_saved_and_when_sent(send: Send, listener: Listener, host: str) -> None:
    url = f"http://{host}:{listener.port}/webhook"
    said = await endpoints(lookup=lambda name: NAMES[name.removesuffix(".")]).url_refusal(url, "url")
    assert said is not None
    assert said.startswith("url ")
    exchange = await send(url)
    assert exchange.error_class == "blocked"
    assert set(exchange.phases) <= {"dns"}
    assert listener.connections == 0


@pytest.mark.parametrize("host", DISGUISED)
async def test_a_number_in_disguise_would_be_refused_as_what_it_leads_to(listener: Listener, host: str) -> None:
    """The form is not what the gateway relies on."""
    connections = Connections(PUBLIC_ONLY, Names())
    with pytest.raises(BlockedAddress):
        await connections.exchange(Origin(False, host, listener.port), b"POST", 0, Phases())
    assert listener.connections == 0


async def test_a_name_that_is_public_when_saved_and_private_when_sent(send: Send, listener: Listener) -> None:
    said = iter([[PUBLIC], ["127.0.0.1"]])

    def rebinds(_: str) -> list[str]:
        return next(said)

    url = f"http://rebind.example:{listener.port}/webhook"
    assert await endpoints(lookup=rebinds).url_refusal(url, "url") is None
    exchange = await send(url, lookup=rebinds)
    assert (exchange.error_class, exchange.error) == (
        "blocked",
        "Webhooks are not sent there: 127.0.0.1 is a private address",
    )
    assert listener.connections == 0


async def test_what_is_judged_is_what_is_connected_to(send: Send, listener: Listener) -> None:
    """There is no second look-up between the judgement and the connection that could say something else."""
    policy = AddressPolicy(False, frozenset(), allowed_networks=(ip_network("127.0.0.1/32"),))
    asked = []

    def rebinds(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    assert (await send(f"http://rebind.example:{listener.port}/", policy, rebinds)).error_class is None
    assert asked == ["rebind.example"]
    assert listener.connections == 1


async def test_a_redirect_leads_nowhere(send: Send, listener: Listener) -> None:
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        location = f"http://127.0.0.1:{listener.port}/"
        writer.write(f"HTTP/1.1 307 Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(redirect, "127.0.0.2", 0) as server:
        policy = AddressPolicy(False, frozenset(), allowed_networks=(ip_network("127.0.0.2/32"),))
        exchange = await send(f"http://127.0.0.2:{server.sockets[0].getsockname()[1]}/", policy)
    assert (exchange.error_class, exchange.response_status) == ("status", 307)
    assert listener.connections == 0


def settings(hosts: str) -> Settings:
    return Settings(
        database_url="postgres://x",
        internal_token="test-token",
        encryption_key="22" * 32,
        test_mode=False,
        webhook_allowed_hosts=hosts,
    )


async def test_a_shop_on_the_developers_machine_may_be_named(send: Send, listener: Listener) -> None:
    made = settings("127.0.0.1, host.docker.internal,172.17.0.1")
    policy = AddressPolicy(
        made.test_mode,
        frozenset({5432}),
        allowed_networks=made.allowed_networks,
        allowed_names=made.allowed_names,
    )

    def lookup(name: str) -> list[str]:
        return {"host.docker.internal": ["127.0.0.1"], "other.example": ["192.168.65.254"]}[name]

    for host in ("127.0.0.1", "host.docker.internal"):
        url = f"http://{host}:{listener.port}/"
        assert await endpoints(policy, lookup).url_refusal(url, "url") is None
        assert (await send(url, policy, lookup)).error_class is None
    assert listener.connections == 2
    assert policy.refusal("192.168.65.254", 4000, is_own_address, name="host.docker.internal") is None
    for host in ("other.example", "127.0.0.2", "10.0.0.1", "169.254.169.254"):
        assert (await send(f"http://{host}:{listener.port}/", policy, lookup)).error_class == "blocked"
    assert policy.refusal("169.254.169.254", 80, is_own_address, name="host.docker.internal") is not None
    assert policy.refusal("127.0.0.1", 5432, is_own_address) is not None


@pytest.mark.parametrize(
    "hosts", ["8.8.8.8", "0.0.0.0/0", "169.254.169.254", "192.168.0.0/8", "::/0", "a host", "http://x/", "127.1"]
)
def test_what_can_not_be_allowed_is_refused_at_the_start(hosts: str) -> None:
    with pytest.raises(ValueError, match="webhook_allowed_hosts"):
        settings(hosts)
