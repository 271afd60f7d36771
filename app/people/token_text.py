"""The format of API tokens: `vpb_`, then letters and digits that encode the id, the secret, and a checksum.

The prefix lets secret scanners find leaked tokens (`vpb_[0-9A-Za-z]{71}`), and the checksum lets them, and us,
recognize a real one without the database. The id identifies the row, so that a leaked token can be revoked without
passing on the secret.
"""

from __future__ import annotations

import re
import secrets
import string
import zlib
from dataclasses import dataclass
from uuid import UUID

PREFIX = "vpb_"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID, _SECRET, _CHECK = 22, 43, 6
"""Characters that 128, 256 and 32 bits take in base 62."""
_FORM = re.compile(
    f"{PREFIX}([0-9A-Za-z]{{{_ID}}})([0-9A-Za-z]{{{_SECRET}}})([0-9A-Za-z]{{{_CHECK}}})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Credential:
    """The two halves of a token."""

    id: UUID
    secret: str

    @property
    def text(self) -> str:
        """The token as its holder sends it."""
        body = f"{PREFIX}{_in_base_62(self.id.int, _ID)}{self.secret}"
        return body + _checksum(body)


def fresh(id_: UUID) -> Credential:
    """A new secret of 256 random bits."""
    return Credential(id_, _in_base_62(secrets.randbits(256), _SECRET))


def read(text: str) -> Credential | None:
    """Parse a token; None if it is invalid or mistyped."""
    match = _FORM.fullmatch(text)
    if match is None or not secrets.compare_digest(match[3], _checksum(text[:-_CHECK])):
        return None
    number = 0
    for character in match[1]:
        number = number * len(_DIGITS) + _DIGITS.index(character)
    return Credential(UUID(int=number), match[2]) if number < 1 << 128 else None


def _checksum(body: str) -> str:
    return _in_base_62(zlib.crc32(body.encode()), _CHECK)


def _in_base_62(number: int, width: int) -> str:
    characters = []
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        characters.append(_DIGITS[digit])
    return "".join(reversed(characters))
