"""What is signed or encrypted with SECRET_KEY: form tokens, links for a new password, remembered devices, stored
responses. Sessions are signed by Flask, with the same keys.

Each use has a salt, so that what was signed for one is worthless for another. Older keys (`SECRET_KEY_FALLBACKS`)
still verify; only the newest signs. Everything is signed with SHA-256: the library's own default is SHA-1.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import URLSafeTimedSerializer

from app.per_application import PerApplication

keys = PerApplication[tuple[str, ...]]("signing_keys")
"""The keys of the running application, oldest first: the last one signs."""


def serializer(salt: str) -> URLSafeTimedSerializer:
    """Signs JSON for one use, with the time, and reads it again: see
    https://itsdangerous.palletsprojects.com/en/stable/concepts/#key-rotation."""
    return URLSafeTimedSerializer(
        list(keys.get()), salt=salt, signer_kwargs={"digest_method": hashlib.sha256}
    )


def encryption(purpose: str) -> MultiFernet:
    """Encrypts for one purpose, with the newest key, and decrypts with any (https://github.com/fernet/spec). Each
    purpose has a key of its own, derived by HKDF (https://www.rfc-editor.org/rfc/rfc5869)."""
    derived = (
        HKDF(SHA256(), 32, salt=None, info=f"voice-portal-billing: {purpose}".encode()).derive(key.encode())
        for key in reversed(keys.get())
    )
    return MultiFernet([Fernet(urlsafe_b64encode(one)) for one in derived])


def digest_of(salt: str, words: str) -> bytes:
    """A digest of something that is short enough to be guessed, like a code of six digits: without our key no one can
    try them all."""
    return _digest(keys.get()[-1], salt, words)


def is_digest_of(salt: str, words: str, digest: bytes) -> bool:
    """Whether this is the digest of these words, by any key."""
    return any(hmac.compare_digest(_digest(key, salt, words), digest) for key in keys.get())


def _digest(key: str, salt: str, words: str) -> bytes:
    return hmac.digest(key.encode(), f"{salt}\n{words}".encode("utf-8", "surrogatepass"), "sha256")
