"""Passwords, hashed with argon2id by the second option that RFC 9106 recommends (64 MiB of memory).

They are hashed and compared in Unicode's normal form C, as RFC 8265 (section 4.2) says for passwords: `é` may be one
character or two, by the keyboard. No character is left out or replaced; what may be chosen is in
`app.people.password_rules`.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.per_application import PerApplication

_slow = PasswordHasher()
# Tests sign in hundreds of times, each time at the cost that is meant to slow down guessing.
_quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_hashing = PerApplication[PasswordHasher]("password_hasher", lambda: _slow)


def set_up(*, quick: bool) -> None:
    """How the running application hashes; `quick` is only for tests."""
    _hashing.set(_quick if quick else _slow)


def normalized(password: str) -> str:
    """The password in normal form C: the same however its characters were typed."""
    return unicodedata.normalize("NFC", password)


def hash_password(password: str) -> str:
    """The hash to store, salt and parameters included."""
    return _hashing.get().hash(normalized(password))


def verify(password: str, stored: str | None) -> bool:
    """Whether `password` belongs to `stored`. With nothing stored it takes as long and returns False, so that timing
    doesn't reveal whether an account exists."""
    # Hashes of earlier versions are of the password as it was typed.
    return any(_belongs(one, stored) for one in dict.fromkeys((normalized(password), password)))


def is_outdated(stored: str) -> bool:
    """Whether `stored` was made with weaker parameters than today's."""
    return _hashing.get().check_needs_rehash(stored)


def hash_of_no_one() -> str:
    """A hash that no password has: with the same format and parameters as a real one, and as slow to compare."""
    hasher = _hashing.get()
    parameters = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${parameters}${salt}${digest}"


def _belongs(password: str, stored: str | None) -> bool:
    try:
        return _hashing.get().verify(stored or hash_of_no_one(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
