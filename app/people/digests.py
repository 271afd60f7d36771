"""What is stored of a secret that we gave out: enough to know it again, and not to find it."""

from __future__ import annotations

import hashlib


def digest_of(secret: str) -> bytes:
    """The SHA-256 of a secret that was drawn at random, so that no one can guess it: it needs no salt and no cost.

    Whatever text someone sends instead has one as well, also a surrogate without its other half, which has no UTF-8.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
