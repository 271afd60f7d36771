"""Which addresses webhooks may be sent to: hosts on the public internet, and nothing inside our own network.

A host name is resolved once, every address it resolves to is checked, and only checked addresses are connected to.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from threading import BoundedSemaphore, Thread
from urllib.parse import quote, urlsplit

from app.language import gettext
from app.notify.public_networks import is_public

HTTPS_PORT = 443
LONGEST = 2000
_LOOKUPS = BoundedSemaphore(16)
"""Lookups in progress. A lookup can't be canceled, so a silent name server must not use up more threads."""

_NO_HOST = re.compile(r"[\x00-\x20\x7f\\]")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$", re.IGNORECASE)
_NAME = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE
)


class AddressError(ValueError):
    """An address is not allowed; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: a host name and its checked addresses."""

    scheme: str
    host: str
    port: int
    addresses: tuple[str, ...]
    path: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == {"http": 80, "https": HTTPS_PORT}[self.scheme] else f"{name}:{self.port}"


def find(url: str, *, allow_private: bool, ports: Collection[int], seconds: float) -> Target:
    """Resolve and check an address. Raises `AddressError`. `allow_private` allows http, any port, and
    non-public addresses, for development. `seconds` is the DNS timeout."""
    if len(url) > LONGEST or _NO_HOST.search(url):
        raise AddressError(
            gettext("The address has spaces, backslashes or control characters in it, or is too long.")
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError(gettext("The address has an invalid host or port.")) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise AddressError(gettext("Use an address like https://portal.example/billing-events."))
    if parts.scheme == "http" and not allow_private:
        raise AddressError(gettext("Use https: messages are confidential."))
    if port is None:
        port = HTTPS_PORT if parts.scheme == "https" else 80
    if port == 0 or not (allow_private or port in ports):
        allowed = ", ".join(map(str, sorted(ports)))
        raise AddressError(
            gettext(
                "Port %(port)s is not allowed, only %(allowed)s. WEBHOOK_PORTS says which are.",
                port=port,
                allowed=allowed,
            )
        )
    host = _host(parts.hostname)
    addresses = _resolved(host, port, seconds)
    for address in addresses:
        if not allow_private and not is_public(address):
            raise AddressError(
                gettext(
                    "%(host)s leads to %(address)s, which is not a public address.",
                    host=host,
                    address=address,
                )
            )
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (
        f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    )
    return Target(parts.scheme, host, port, addresses, path)


def _host(written: str) -> str:
    """The host in canonical form, ready for lookup: an IP address in its one notation, or a valid DNS name."""
    if "%" in written:
        raise AddressError(
            gettext("The address has a zone or a percent sign in its host. Use the host's name.")
        )
    if ":" in written:
        try:
            return str(ipaddress.IPv6Address(written))
        except ValueError:
            raise AddressError(gettext("%(text)s is no address.", text=written)) from None
    try:
        name = written.encode("idna").decode().removesuffix(".").lower()
    except UnicodeError:
        raise AddressError(
            gettext(
                "%(text)s is not a valid host name: its parts have 1 to 63 letters, digits or hyphens.",
                text=written[:80],
            )
        ) from None
    if _ENDS_IN_NUMBER.search(name):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise AddressError(
                gettext("%(text)s is no address. Use a name, or four numbers from 0 to 255.", text=written)
            ) from None
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise AddressError(gettext("%(text)s is no name of a host.", text=written[:80]))
    return name


def _resolved(host: str, port: int, seconds: float) -> tuple[str, ...]:
    """The distinct addresses of a host. Runs in its own thread, because a lookup has no timeout."""
    found: list[str] = []

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))
        except (OSError, UnicodeError):
            pass
        finally:
            _LOOKUPS.release()

    if not _LOOKUPS.acquire(timeout=seconds):
        raise AddressError(
            gettext("%(host)s could not be looked up: the name server does not answer.", host=host)
        )
    thread = Thread(target=look_up, daemon=True, name="lookup")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise AddressError(
            gettext(
                "%(host)s could not be looked up within %(seconds)s seconds.",
                host=host,
                seconds=f"{seconds:.0f}",
            )
        )
    if not found:
        raise AddressError(gettext("%(host)s can't be found.", host=host))
    return tuple(found)
