"""Where a request comes from, as it is counted: an IPv4 address, or the network of an IPv6 address.

One person has a whole IPv6 /64 to choose addresses from (RFC 6177, RFC 8981), so that single ones mean nothing.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_PERSON = 64
"""Bits of the smallest IPv6 network that one customer gets."""


def network_of(address: str | None) -> str:
    """The IPv4 address, or the /64 of an IPv6 address; `-` where there is no address, as in a Unix socket."""
    found = parse(address)
    if found is None:
        return "-"
    if isinstance(found, IPv4Address):
        return str(found)
    return str(IPv6Network((found, _PERSON), strict=False))


def is_internal(address: str | None) -> bool:
    """Whether it is an address that only machines next to this one have: loopback, private, or none at all."""
    found = parse(address)
    return found is None or found.is_private or found.is_loopback or found.is_link_local


def parse(address: str | None) -> IPv4Address | IPv6Address | None:
    """The address, an IPv4 one also where it is written as IPv6; None if it is none."""
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
