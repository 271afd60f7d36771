"""Passwords, hashed with argon2id (RFC 9106) at the parameters of its first recommended option for servers."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 12
"""Characters, at least (NIST SP 800-63B-4 asks for 15 where nothing else protects, 8 beside a second factor)."""
MAXIMUM_LENGTH = 200

_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The hash to store, salt and parameters included."""
    return _hasher.hash(password)


def verify(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to `stored`. With nothing stored it takes as long and says no, so that the time
    of an answer doesn't tell whether an account exists."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
