"""The shell that the running application trusts, with its keys."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.clock import utc_now
from app.openid import UnavailableError
from app.per_application import PerApplication
from app.shell import tokens
from app.shell.keys import ShellKeys
from app.shell.tokens import ShellToken
from trusted_shell import TrustedShell


class Shell:
    """Reads the tokens of one shell."""

    def __init__(self, settings: TrustedShell) -> None:
        self.issuer = settings.issuer
        self.session_lasts = timedelta(minutes=settings.session_minutes)
        self._keys = ShellKeys(settings.keys_url)

    def renews_in(self, ends_at: datetime) -> int:
        """In how many seconds a session that ends then is to be renewed: once a third of its time is over, so that
        there is time for several tries."""
        return max(0, int((ends_at - utc_now() - self.session_lasts * 2 / 3).total_seconds()))

    def read(self, token: str) -> ShellToken:
        """A verified token, which may have been used before. Raises `ShellSignInError`."""
        return tokens.read(token, self._keys, self.issuer, utc_now())

    def publishes(self, key: str) -> bool:
        """Whether the key of a token's is still published; it is asked again, at most every half minute. False where
        that isn't known."""
        try:
            return self._keys.has(key)
        except UnavailableError:
            return False


_shell = PerApplication[Shell | None]("trusted_shell", lambda: None)


def set_up(settings: TrustedShell | None) -> None:
    """Trust a shell, or none."""
    _shell.set(Shell(settings) if settings is not None else None)


def current() -> Shell | None:
    """The shell, None if none is trusted."""
    return _shell.get()
