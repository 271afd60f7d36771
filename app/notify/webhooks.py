"""Sending a message to an address of the platform, signed as Standard Webhooks says.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import ipaddress
import json
import secrets as random_source
import socket
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import urllib3
from standardwebhooks.webhooks import Webhook
from urllib3.exceptions import HTTPError

PATIENCE = urllib3.Timeout(connect=3.05, read=10.0)
_KEPT = 200


class AddressError(ValueError):
    """An address can't be sent to; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What sending led to: whether it was taken, and the answer in words."""

    taken: bool
    words: str


def new_secret() -> str:
    """A secret to sign with, as the scheme writes it: 32 random bytes."""
    return f"whsec_{b64encode(random_source.token_bytes(32)).decode()}"


def check_address(url: str, *, allow_private: bool) -> None:
    """Whether messages could be sent to an address. Raises `AddressError`."""
    _target(url, allow_private=allow_private)


def send(
    url: str,
    signing: Sequence[str],
    *,
    message_id: str,
    type_: str,
    data: dict[str, Any],
    at: datetime,
    allow_private: bool,
) -> Answer:
    """Send one message, signed with each of the secrets; anything but a 2xx counts as not taken.

    Where the name leads is looked up once, checked, and connected to, so that it can't lead somewhere else meanwhile
    (DNS rebinding); redirects are not followed.
    """
    body = json.dumps({"type": type_, "timestamp": at.astimezone(UTC).isoformat(), "data": data})
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "VoicePortalBilling/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message_id, now, body) for secret in signing),
    }
    try:
        target = _target(url, allow_private=allow_private)
        response = target.pool().request(
            "POST",
            target.path,
            body=body.encode(),
            headers={"Host": target.host_header} | headers,
            redirect=False,
            retries=False,
            preload_content=False,
        )
        try:
            return Answer(200 <= response.status < 300, _words(response.status))
        finally:
            response.close()
    except AddressError as error:
        return Answer(False, str(error))
    except (HTTPError, OSError) as error:
        return Answer(False, f"{type(error).__name__}: {error}"[:_KEPT])


def _words(status: int) -> str:
    return f"{status}: redirects are not followed" if 300 <= status < 400 else str(status)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to connect: a checked address of a host, by the host's own name."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def host_header(self) -> str:
        usual = {"http": 80, "https": 443}[self.scheme]
        return self.host if self.port == usual else f"{self.host}:{self.port}"

    def pool(self) -> urllib3.HTTPConnectionPool:
        if self.scheme == "http":
            return urllib3.HTTPConnectionPool(self.address, self.port, timeout=PATIENCE, maxsize=1)
        return urllib3.HTTPSConnectionPool(
            self.address,
            self.port,
            timeout=PATIENCE,
            maxsize=1,
            server_hostname=self.host,
            assert_hostname=self.host,
        )


def _target(url: str, *, allow_private: bool) -> _Target:
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise AddressError("The address has a port that is none.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise AddressError("Use an address like https://portal.example/billing-events.")
    if parts.scheme == "http" and not allow_private:
        raise AddressError("Use https: what is sent is for the platform alone.")
    path = parts.path or "/"
    address = _checked(parts.hostname, port, allow_private=allow_private)
    return _Target(
        parts.scheme, parts.hostname, port, address, f"{path}?{parts.query}" if parts.query else path
    )


def _checked(host: str, port: int, *, allow_private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressError(f"{host} can't be found.") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not allow_private and not ipaddress.ip_address(address).is_global:
            raise AddressError(f"{host} leads to {address}, which is no public address.")
    return addresses[0]
