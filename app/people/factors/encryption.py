"""Secrets that have to be read again, encrypted at rest.

By Fernet of `cryptography` (AES-128-CBC and HMAC-SHA256; https://github.com/fernet/spec), because a copy of the
database without the application's key must not make codes. Its key is derived from the application's by HKDF
(https://www.rfc-editor.org/rfc/rfc5869), so that this and what the same key signs can't be taken for each other. The
first key encrypts; older ones still decrypt, so the key can be changed without asking everyone to start over.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.per_application import PerApplication

_PURPOSE = b"voice-portal-billing: secrets of second factors"


class UnreadableError(ValueError):
    """Encrypted by none of the known keys, or for someone else."""


class Encryption:
    """Encrypts for one person each: what is copied to another person's row can't be read there."""

    def __init__(self, keys: Sequence[str]) -> None:
        fernets = [Fernet(_derived(key)) for key in keys]
        self._newest, self._all = fernets[0], MultiFernet(fernets)

    def encrypt(self, text: str, user_id: UUID) -> str:
        """Encrypt with the newest key."""
        return self._newest.encrypt(user_id.bytes + text.encode()).decode()

    def decrypt(self, encrypted: str, user_id: UUID) -> str:
        """Decrypt with whichever key encrypted it. Raises `UnreadableError`."""
        try:
            content = self._all.decrypt(encrypted)
        except InvalidToken as error:
            raise UnreadableError("encrypted by a key that is no longer known") from error
        if content[:16] != user_id.bytes:
            raise UnreadableError("encrypted for another person")
        return content[16:].decode()

    def is_outdated(self, encrypted: str) -> bool:
        """Whether an older key encrypted it."""
        try:
            self._newest.decrypt(encrypted)
        except InvalidToken:
            return True
        return False


def _derived(key: str) -> bytes:
    return urlsafe_b64encode(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(key.encode()))


_current = PerApplication[Encryption]("factor_encryption")


def set_up(keys: Sequence[str]) -> None:
    """The application's keys, the newest first."""
    _current.set(Encryption(keys))


def current() -> Encryption:
    """The running application's encryption."""
    return _current.get()
