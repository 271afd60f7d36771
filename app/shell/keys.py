"""The shell's public keys (JWKS, RFC 7517): those that were fetched last serve on while the shell doesn't answer."""

from __future__ import annotations

import time
from typing import Any

import structlog
from joserfc.jwk import Key

from app.openid import RefusedError, UnavailableError, http
from app.openid.keys import Keys

log = structlog.get_logger("billing.shell")

ALGORITHMS = frozenset({"EdDSA", "ES256", "RS256"})
"""What the shell may sign with."""
KEPT_FOR = 24 * 3600.0
"""Seconds. A key that the shell withdrew while it couldn't be reached is good for no longer."""


class ShellKeys(Keys):
    """The keys at an address: kept for ten minutes, and fetched again where a token names one that isn't there, at
    most every half minute (`app.openid.cached`). Any thread may use them."""

    def __init__(self, url: str) -> None:
        self._published = _Published(url)
        super().__init__(self._published.fetch)

    def find(self, algorithm: str, key_id: str | None) -> Key:
        """The one key that a token may be signed with. Raises `RefusedError`, and `UnavailableError`, also for a key
        that may be new while the shell doesn't answer."""
        if algorithm not in ALGORITHMS:
            raise RefusedError(f"the algorithm {algorithm!r:.40} isn't accepted")
        try:
            return super().find(algorithm, key_id)
        except RefusedError as error:
            if self._published.is_old:
                raise UnavailableError(f"{error}, and the shell's keys can't be fetched") from error
            raise


class _Published:
    """What the shell publishes at `url`, or what it published last. One thread fetches at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._known: dict[str, Any] | None = None
        self._fetched_at = float("-inf")
        self.is_old = False

    def fetch(self) -> dict[str, Any]:
        """The set of keys. Raises `UnavailableError`."""
        try:
            found = http.get(self._url)
            if not isinstance(found.get("keys"), list):
                raise UnavailableError(f"{self._url} answered without keys")
        except UnavailableError as error:
            log.warning("shell_keys_unavailable", error=str(error), has_old_ones=self._known is not None)
            if self._known is None or time.monotonic() - self._fetched_at > KEPT_FOR:
                raise
            self.is_old = True
            return self._known
        self._known, self._fetched_at, self.is_old = found, time.monotonic(), False
        return found
