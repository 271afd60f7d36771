"""Recovery codes, for when the phone or the passkey is gone: ten, shown once, each for one use.

They are look-up secrets as NIST SP 800-63B-4, section 3.1.2, describes them. A code has 120 random bits, so a plain
hash keeps it as safe as a slow one would, and no one can guess it.
"""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from sqlalchemy import delete, func, select, update

from app.clock import utc_now
from app.extensions import db
from app.models import RecoveryCode
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of

COUNT = 10
# Crockford's alphabet: no I, L, O or U, which are misread (https://www.crockford.com/base32.html).
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("ilo", "110")
_LENGTH, _GROUP = 24, 6


@seeing_all(Reason.PEOPLE)
def make(user_id: UUID) -> list[str]:
    """Make new codes, which invalidates those before. They can't be shown again. In the caller's transaction."""
    remove(user_id)
    codes = [_new() for _ in range(COUNT)]
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(code)) for code in codes)
    db.session.flush()
    return codes


@seeing_all(Reason.SIGN_IN)
def use(user_id: UUID, code: str) -> bool:
    """Use a code up; False if it is wrong or was used. One statement: of two browsers with the same code, one gets
    in. In the caller's transaction."""
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=utc_now())
        .returning(RecoveryCode.user_id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(used) is not None


@seeing_all(Reason.PEOPLE)
def count_left(user_id: UUID) -> int:
    """How many codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


@seeing_all(Reason.PEOPLE)
def remove(user_id: UUID) -> None:
    """Remove all codes: without another factor they let no one in."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def looks_like_one(code: str) -> bool:
    """Whether this has the length of a recovery code, rather than of an app's."""
    return len(_plain(code)) == _LENGTH


def _new() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(re.findall(f".{{{_GROUP}}}", letters))


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code).lower().translate(_MISREAD)


def _hash(code: str) -> bytes:
    return digest_of(_plain(code))
