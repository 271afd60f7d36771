"""Which addresses messages may go to, in every way in which one can be written."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.notify import webhooks
from app.notify.addresses import AddressError
from app.notify.public_networks import NOT_PUBLIC_4, NOT_PUBLIC_6, is_public

PRIVATE = (
    *(
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
    ),
    *("0.0.0.0", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
)
NOT_PUBLIC_V6 = (
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1", "100::1"),
    *("2001:db8::1", "3fff::1", "2001::1", "2001:10::1", "2001:2::1", "5f00::1", "64:ff9b:1::8.8.8.8"),
    *("::ffff:8.8.8.8", "::8.8.8.8", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
)
PUBLIC = (
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700::1111",
    "2a00:1450:4001:81b::200e",
    "64:ff9b::8.8.8.8",
)


def in_v6(address: str) -> tuple[str, ...]:
    """The forms that an IPv4 address has in IPv6: mapped, compatible, NAT64, 6to4, ISATAP."""
    number = int(IPv4Address(address))
    return (
        str(IPv6Address(0xFFFF << 32 | number)),
        str(IPv6Address(number)),
        str(IPv6Address(0x64FF9B << 96 | number)),
        str(IPv6Address(0x64FF9B0001 << 80 | number)),
        str(IPv6Address(0x2002 << 112 | number << 80 | 1)),
        str(IPv6Address(0x20010000 << 96 | number << 64 | (number ^ 0xFFFFFFFF))),
        str(IPv6Address(0x2A00145040010000 << 64 | 0x00005EFE << 32 | number)),
    )


@pytest.mark.parametrize(
    "address", [*PRIVATE, *NOT_PUBLIC_V6, *(form for one in PRIVATE for form in in_v6(one))]
)
def test_what_is_not_of_the_public_internet_is_refused(address: str) -> None:
    assert not is_public(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressError):
        webhooks.check_address(f"https://{host}/x", allow_private=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_taken(address: str) -> None:
    assert is_public(address)


@given(st.sampled_from(NOT_PUBLIC_4).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_special_network_is_public_in_any_form(address: IPv4Address) -> None:
    assert not is_public(str(address))
    assert not any(is_public(form) for form in in_v6(str(address)))


@given(st.sampled_from(NOT_PUBLIC_6).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_special_network_of_ipv6_is_public(address: IPv6Address) -> None:
    assert not is_public(str(address))


@given(st.ip_addresses())
def test_what_python_takes_for_private_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if (
        address.is_private
        or address.is_multicast
        or (address.is_reserved and address not in IPv6Network("64:ff9b::/96"))
    ):
        assert not is_public(str(address))


@pytest.mark.parametrize(
    "host",
    [
        *("2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.0.0.1", "127.1", "127.0.1", "0"),
        *("127.0.0.1.", "localhost.", "LOCALHOST", "１２７.０.０.１", "127。0。0。1", "①②⑦.0.0.1"),
        *("[fe80::1%25eth0]", "[fe80::1%eth0]", "[::ffff:7f00:1]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"),
        *("134744072", "8.8.2056", "010.8.8.8", "8.8.8.8.8", "256.1.1.1", "1.1.1.0x1", "0x.1"),
    ],
)
def test_no_notation_of_a_number_leads_around_the_check(host: str) -> None:
    with pytest.raises(AddressError):
        webhooks.check_address(f"https://{host}/x", allow_private=False)


@pytest.mark.parametrize(
    "url",
    [
        f"https://{'a' * 64}.example/x",
        f"https://{'ä' * 63}.example/x",
        f"https://{'.'.join(['a' * 60] * 5)}/x",
        *(
            "https://a..example/x",
            "https://.example/x",
            "https://-/x",
            "https://a b.example/x",
            "https://a%2eb/x",
        ),
        *(
            "https://[::1/x",
            "https://[nonsense]/x",
            "https://[v1.x]/x",
            "https://\u2100.example/x",
            "https://\x00/x",
        ),
        *(
            "https://portal.example\\@127.0.0.1/x",
            "https://@portal.example/x",
            "https://u:p@portal.example/x",
        ),
        *(
            "https://portal.example/x\r\nHost: other",
            "https://portal.example/\tx",
            "https:///x",
            "https://",
            "",
        ),
        *(
            "portal.example/x",
            "//portal.example/x",
            "file:///etc/passwd",
            "gopher://portal.example/",
            "https:portal",
        ),
        *("https://portal.example:0/x", "https://portal.example:-1/x", "https://portal.example:65536/x"),
        *("https://portal.example:x/x", "https://portal.example:４４３４/x", "https://" + "a/" * 2000),
        "https://\udcff.example/x",
    ],
)
def test_what_is_no_address_is_refused_in_words(url: str) -> None:
    for allow_private in (True, False):
        with pytest.raises(AddressError, match=r"^[A-Z].*\.$|^.{1,90} (is no|can't be|has)"):
            webhooks.check_address(url, allow_private=allow_private)


@pytest.mark.parametrize(
    ("url", "ports", "allowed"),
    [
        ("https://127.0.0.1/x", {443}, True),
        ("https://127.0.0.1:443/x", {443}, True),
        ("https://127.0.0.1:8443/x", {443}, False),
        ("https://127.0.0.1:8443/x", {443, 8443}, True),
        ("https://127.0.0.1:22/x", {443, 8443}, False),
        ("https://127.0.0.1/x", {8443}, False),
    ],
)
def test_only_ports_that_are_allowed_are_sent_to(url: str, ports: set[int], allowed: bool) -> None:
    """Which of the two reasons is said tells whether the port was one."""
    with pytest.raises(AddressError, match="not a public address" if allowed else "WEBHOOK_PORTS"):
        webhooks.check_address(url, allow_private=False, ports=ports)


def test_development_allows_every_port(app: Flask) -> None:
    webhooks.check_address("http://127.0.0.1:8443/x", allow_private=True)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_every_address_that_a_name_leads_to_is_checked(
    monkeypatch: pytest.MonkeyPatch, position: int
) -> None:
    found = ["93.184.216.34", "2606:4700::1111"]
    found.insert(position, "10.0.0.1")

    def lookup(*_: object, **__: object) -> Sequence[object]:
        return [(0, 0, 0, "", (address, 443)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(AddressError, match=r"10\.0\.0\.1"):
        webhooks.check_address("https://portal.example/x", allow_private=False)


def test_an_address_that_can_not_be_is_told_to_the_operator(app: Flask) -> None:
    refused: Result = app.test_cli_runner().invoke(args=["platform", "add", f"https://{'a' * 64}.example/x"])
    assert refused.exit_code == 1
    assert "1 to 63 letters" in refused.output
    assert refused.exception is None or isinstance(refused.exception, SystemExit)


def test_the_networks_are_those_of_the_registries() -> None:
    assert all(isinstance(one, IPv4Network) for one in NOT_PUBLIC_4)
    private = list(ipaddress.IPv4Address._constants._private_networks)  # type: ignore[attr-defined]
    uncovered = [one for one in private if not any(one.subnet_of(ours) for ours in NOT_PUBLIC_4)]
    assert uncovered == [], "what Python knows as private, we know too"
