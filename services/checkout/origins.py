"""Web origins as browsers write them, since they are compared byte by byte: in messages, and by `frame-ancestors`."""

import re
from ipaddress import IPv4Address
from typing import Final

from yarl import URL

ORIGIN_MAX_CHARS: Final = 300
SHOWN_MAX_CHARS: Final = 100
HOST_MAX_CHARS: Final = 253
LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
ORIGIN: Final = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::(?P<port>[1-9]\d{0,4}))?", re.ASCII)
DEFAULT_PORTS: Final = {"http": 80, "https": 443}
PORT_MAX: Final = 65_535


def origin_problem(text: str) -> str | None:
    """Why this is no origin as a browser writes it, in words that follow its name; None when it is one."""
    found = ORIGIN.fullmatch(text) if len(text) <= ORIGIN_MAX_CHARS else None
    if found is None:
        return _why_not(text)
    port = int(found["port"] or 0)
    if port > PORT_MAX:
        return f"names a port beyond {PORT_MAX}"
    if port == DEFAULT_PORTS[found["scheme"]]:
        return f"must not name port {port}: browsers leave it out with {found['scheme']}"
    return _host_problem(found["host"])


def shown(text: str) -> str:
    """For a sentence about it: quoted, without what does not print, and not longer than one reads."""
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[:SHOWN_MAX_CHARS])
    return f'"{printable}{"…" if len(text) > SHOWN_MAX_CHARS else ""}"'


def origin_of(url: str) -> str:
    """The origin of an absolute URL that we were configured with."""
    return str(URL(url).origin())


def _why_not(text: str) -> str:
    if "*" in text:
        return "must name one origin: a wildcard would let pages in that nobody looked at"
    if "[" in text:
        return "names an IPv6 address, which `frame-ancestors` can't: use a host name"
    if text != text.lower():
        return "must be in lower case, as browsers write it"
    if re.fullmatch(r"https?://[^/?#]+[/?#].*", text):
        return "must end after host and port, without a slash"
    if not text.isascii():
        return "must name its host in ASCII, as browsers write it (xn--…)"
    return "must be scheme://host or scheme://host:port with http or https"


def _host_problem(host: str) -> str | None:
    labels = host.split(".")
    if len(host) > HOST_MAX_CHARS or not all(LABEL.fullmatch(label) for label in labels):
        return "does not name a host"
    # Browsers take a host that ends in a number (`1.2.3`, `0x7f.1`) for an IPv4 address, and write it in full.
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        try:
            IPv4Address(host)
        except ValueError:
            return "names an IPv4 address that is not written as four numbers"
    return None
