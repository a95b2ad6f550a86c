"""Forms of addresses that must not be reached: refused when the URL is saved, or when the connection is made."""

import socket
from ipaddress import ip_network

import pytest
from yarl import URL

from services.notifier.addresses import AddressPolicy, is_own_address, url_problem

PUBLIC_ONLY = AddressPolicy(allow_private=False, blocked_ports=frozenset())
DEVELOPMENT = AddressPolicy(allow_private=True, blocked_ports=frozenset({5432, 8000}))

NEVER_REACHED = [
    "0.0.0.0", "0.1.2.3", "100.64.0.1", "100.100.100.200", "168.63.129.16", "169.254.0.1", "169.254.169.254",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3",
    "240.0.0.1", "255.255.255.255", "::", "::127.0.0.1", "::a9fe:a9fe", "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fd00:ec2::254", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "::ffff:0.0.0.0", "::ffff:224.0.0.1",
]  # fmt: skip
PRIVATE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "172.17.0.1", "192.168.1.1", "::1", "fc00::1", "fd12::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:c0a8:101",
]  # fmt: skip
PUBLIC = ["93.184.216.34", "1.1.1.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1"]


def is_foreign(_: object) -> bool:
    return False


@pytest.mark.parametrize("host", NEVER_REACHED)
@pytest.mark.parametrize("policy", [PUBLIC_ONLY, DEVELOPMENT])
def test_never_reached(policy: AddressPolicy, host: str) -> None:
    assert policy.refusal(host, 443, is_foreign) is not None


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_for_development(host: str) -> None:
    assert PUBLIC_ONLY.refusal(host, 443, is_foreign) is not None
    assert DEVELOPMENT.refusal(host, 443, is_foreign) is None


@pytest.mark.parametrize("host", PUBLIC)
def test_public_addresses(host: str) -> None:
    assert PUBLIC_ONLY.refusal(host, 8000, is_foreign) is None
    assert DEVELOPMENT.refusal(host, 443, is_foreign) is None


def test_the_gateways_own_ports_stay_shut_on_this_machine_only() -> None:
    assert DEVELOPMENT.refusal("127.0.0.1", 8000, is_foreign) is not None
    assert DEVELOPMENT.refusal("::ffff:127.0.0.1", 5432, is_foreign) is not None
    assert DEVELOPMENT.refusal("::1", 8000, is_foreign) is not None
    assert DEVELOPMENT.refusal("192.168.1.1", 8000, lambda _: True) is not None
    assert DEVELOPMENT.refusal("192.168.1.1", 8000, is_foreign) is None
    assert DEVELOPMENT.refusal("127.0.0.1", 4000, is_foreign) is None


def test_in_the_containers_network_the_gateways_ports_stay_shut_whoever_has_the_address() -> None:
    compose = AddressPolicy(
        allow_private=True, blocked_ports=frozenset({5432, 8000}), own_networks=(ip_network("172.30.255.0/24"),)
    )
    assert compose.refusal("172.30.255.7", 5432, is_foreign) is not None
    assert compose.refusal("::ffff:172.30.255.7", 8000, is_foreign) is not None
    assert compose.refusal("172.30.255.9", 4000, is_foreign) is None
    assert compose.refusal("192.168.1.1", 8000, is_foreign) is None


def test_own_addresses_are_those_a_socket_can_be_bound_to() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which address would be used
        except OSError:
            pytest.skip("this machine has no route out")
        own = probe.getsockname()[0]
    assert DEVELOPMENT.refusal(own, 8000, is_own_address) is not None
    assert DEVELOPMENT.refusal("93.184.216.34", 8000, is_own_address) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/",
        "http://0x7f.1/", "http://017700000001/", "http://0/", "http://127.0.0.1./x/../", "http://2130706433.:80/",
        "http://user@shop.example/", "http://user:pw@shop.example/", "http://shop.example@127.0.0.1/",
        "http://@127.0.0.1/", "http://127.0.0.1\\@shop.example/", "http://shop.example\t/", "http://a b/",
        "ftp://shop.example/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "javascript:alert(1)",
        "//shop.example/", "shop.example", "http://", "http:///path", "http://shop.example:0/",
        "http://shop.example:99999/", "http://[::1/", "http://[]@", "http://[fe80::1", "http://1.2.3.4.5/", "http://256.1.1.1/",
        "http://shop.example/\x00", "http://" + "a" * 2048,
    ],
)  # fmt: skip
def test_refused_by_its_form(url: str) -> None:
    assert url_problem(url, "url") is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/webhook?x=1",
        "http://127.0.0.1:4000/webhook",
        "http://[::1]:4000/",
        "https://日本.jp",
        "http://host.docker.internal.:80/",
    ],
)
def test_fine_by_its_form(url: str) -> None:
    assert url_problem(url, "url") is None


@pytest.mark.parametrize("digits", ["１２７.0.0.1", "①②⑦.0.0.1", "127。0。0。1"])
def test_digits_of_other_scripts_are_an_address_or_refused(digits: str) -> None:
    url = f"http://{digits}/"
    if url_problem(url, "url") is None:
        assert PUBLIC_ONLY.refusal(URL(url).raw_host or "", 80, is_foreign) is not None
