"""Where a webhook may be sent: an explicit list of addresses that are refused, checked when a URL is saved and again
when its socket is made. Python's own `is_global` lets NAT64, 6to4 and multicast through, so it is not asked."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from yarl import URL

URL_MAX_CHARS: Final = 2048
NAME_MAX_CHARS: Final = 254

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata
        "168.63.129.16/32",  # a cloud's metadata
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/128",  # unspecified
        "::/96",  # IPv4-compatible (`::1` is looked up in PRIVATE first)
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "100::/64",  # discard
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fd00:ec2::/32",  # a cloud's metadata
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
PRIVATE: Final[tuple[Network, ...]] = tuple(
    ip_network(text) for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
GLOBAL_IPV6: Final = ip_network("2000::/3")
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_NUMBER: Final = re.compile(r"(0[xX][0-9a-fA-F]*|[0-9]+)\.?")


class BlockedAddress(OSError):
    """A socket to an address that no webhook may be sent to; the text says why. Of a name with several addresses the
    others are tried."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """`allow_private` for shops on the same machine or network; then the gateway's own `blocked_ports` stay shut, on
    this machine and in `own_networks` (between containers each service has an address of its own). Without it, private
    are only those in `allowed_networks`, and those that `allowed_names` stand for."""

    allow_private: bool
    blocked_ports: frozenset[int]
    own_networks: tuple[Network, ...] = ()
    allowed_networks: tuple[Network, ...] = ()
    allowed_names: frozenset[str] = frozenset()

    def refusal(
        self, host: str, port: int, is_own: Callable[[Address], bool], *, name: str | None = None
    ) -> str | None:
        """Why a connection to this address (a literal, as the resolver gave it for `name`) is refused; None when it is
        not."""
        address = _plain(ip_address(host.partition("%")[0]))
        if address != IPv6Address("::1") and any(address in network for network in NEVER):
            return f"{address} is not a public address"
        if isinstance(address, IPv6Address) and address not in GLOBAL_IPV6 and not _is_private(address):
            return f"{address} is not a public address"
        if _is_private(address) and not self._is_allowed(address, name):
            return f"{address} is a private address"
        if port in self.blocked_ports and self._is_ours(address, is_own):
            return f"port {port} there belongs to the gateway itself"
        return None

    def _is_allowed(self, address: Address, name: str | None) -> bool:
        named = name is not None and name.removesuffix(".") in self.allowed_names
        return self.allow_private or named or any(address in network for network in self.allowed_networks)

    def _is_ours(self, address: Address, is_own: Callable[[Address], bool]) -> bool:
        return address.is_loopback or any(address in network for network in self.own_networks) or is_own(address)


def _plain(address: Address) -> Address:
    """An IPv4 address written as IPv6 is that IPv4 address."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_private(address: Address) -> bool:
    return any(address in network for network in PRIVATE)


def is_own_address(address: Address) -> bool:
    """Whether this machine has the address: only then can a socket be bound to it."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True


def url_problem(text: str, field: str) -> str | None:
    """What is wrong with the form of a webhook URL that came in this field, in a sentence; None when nothing is. Parsed
    by the sender's own parser, so that both see the same host."""
    if len(text) > URL_MAX_CHARS:
        return f"{field} must be at most {URL_MAX_CHARS} characters"
    if not text.isprintable() or " " in text or "\\" in text:
        return f"{field} must not contain spaces, backslashes or control characters"
    try:
        url = URL(text)
        host, port = url.host, url.port
    except (ValueError, IndexError):  # the latter comes of `http://[]@`
        return f"{field} is not a URL; write it like https://shop.example.com/webhook"
    if url.scheme not in ("http", "https") or not host:
        return f"{field} must start with https:// or http:// and name a host"
    if "@" in _AUTHORITY_END.split(text.partition("://")[2])[0]:
        return f"{field} must not contain a user name or password"
    if port is None or port == 0:
        return f"{field} has a port that can't be used"
    return _host_problem(url.raw_host or "", field)


def _host_problem(host: str, field: str) -> str | None:
    if "%" in host:
        return f"{field} has a host with a % in it; write a name as it is, an address without a zone"
    if is_literal(host):
        return None
    if _NUMBER.fullmatch(host.split(".")[-1] or host.split(".")[-2:][0]):
        return f"{field} has a host that is a number in disguise; write the address as four decimal numbers"
    if not _NAME.fullmatch(host) or len(host) > NAME_MAX_CHARS:
        return f"{field} has a host that can't be a name"
    return None


def is_literal(host: str) -> bool:
    """Whether a host is an address and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_name(host: str) -> bool:
    """Whether a host is a name that can be looked up, in lower case."""
    return _host_problem(host, "") is None and not is_literal(host) and host == host.lower()


def is_private_network(network: Network) -> bool:
    """Whether a network has private addresses only."""
    return any(network.network_address in private and network.broadcast_address in private for private in PRIVATE)
