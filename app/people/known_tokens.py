"""Tokens that were found to be genuine before, so that what a token's text says is worked out once a process.

Whether a token may still be used is never known here: its row is read again for each request, so revoking one acts at
the next. Texts aren't kept, only their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.people.digests import digest_of
from app.people.token_text import Credential
from app.per_application import PerApplication

MOST = 10_000
"""How many are known at a time."""

_known = PerApplication[dict[bytes, "KnownToken"]]("known_tokens", dict)


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token's id, and the digest of its secret, to be compared with what is stored now. `org_id` is the
    organization that it was for; None: any."""

    id: UUID
    secret_hash: bytes
    org_id: UUID | None

    def may_be_about(self, org_id: UUID) -> bool:
        """Whether it is worth asking for an organization: whether the token sees it is for its row to say."""
        return self.org_id is None or self.org_id == org_id


def remember(text: str, credential: Credential, org_id: UUID | None) -> None:
    """Remember a token whose secret was just compared with what is stored."""
    known = _known.get()
    if len(known) >= MOST:
        known.clear()
    known[digest_of(text)] = KnownToken(credential.id, digest_of(credential.secret), org_id)


def find(text: str) -> KnownToken | None:
    """The token with this text, if it was genuine before; None says nothing about it."""
    return _known.get().get(digest_of(text))
