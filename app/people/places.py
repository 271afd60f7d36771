"""Where an IP address is, in words: the country that it is registered in.

The data come with `iptocc`: what the five regional registries assign, renewed every night, without a third party that
would learn who signs in. An address may be used in another country than it is registered in, so pages and emails say
which it is, along with the address itself.
"""

from __future__ import annotations

from functools import cache
from ipaddress import ip_address

from babel import Locale
from iptocc import country_code


def as_text(address: str | None) -> str | None:
    """`United States (8.8.8.8)`; only the address where no country has it, as in a private network; None where it is
    not known."""
    if not address:
        return None
    country = _country(address)
    return f"{country} ({address})" if country else address


def _country(address: str) -> str | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    code = country_code(str(mapped or found))
    return _names().get(code) if code else None


@cache
def _names() -> dict[str, str]:
    return dict(Locale.parse("en").territories)
