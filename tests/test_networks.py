"""An IPv6 address counts as its /64, an IPv4 one by itself, and what is no address as one."""

from __future__ import annotations

import pytest

from app.networks import is_internal, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "-"),
        (None, "-"),
        ("unknown", "-"),
    ],
)
def test_a_network_is_what_one_person_chooses_addresses_from(address: str | None, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "internal"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("192.168.0.9", True),
        ("::ffff:10.0.0.1", True),
        ("fd00::1", True),
        (None, True),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
    ],
)
def test_internal_addresses_are_those_of_machines_next_to_this_one(
    address: str | None, internal: bool
) -> None:
    assert is_internal(address) is internal
