"""What can go wrong with a provider."""

from __future__ import annotations


class OpenIDError(Exception):
    """Signing in with the provider failed. The text is for operators and logs: it has no token and no claim in it."""


class UnavailableError(OpenIDError):
    """The provider doesn't answer, not in time, or not with what was asked for. Trying again may help."""


class RefusedError(OpenIDError):
    """The provider refused, or what it sent proves nothing. Trying again with the same answer never helps."""
