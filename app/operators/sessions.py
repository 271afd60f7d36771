"""Sessions of operators in the console: shorter than those of owners, and over with the account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Update, delete, or_, select, update

from app.clock import utc_now
from app.extensions import db
from app.models import Operator, OperatorSession
from app.models.scope import Reason, seeing_all
from app.people.digests import digest_of

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)
"""A working day."""
CONFIRMED_FOR = timedelta(minutes=5)
"""How long a code counts for what moves money."""
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An operator in a browser. `operator` is as of this request, and no row of the database session: it stays as it
    is, whatever scope the request goes on with. `confirmed_at` is when they last proved that it's them."""

    token: str
    operator: Operator
    seen_at: datetime
    confirmed_at: datetime

    @property
    def is_confirmed(self) -> bool:
        """Whether that was a moment ago."""
        return utc_now() - self.confirmed_at < CONFIRMED_FOR


@seeing_all(Reason.CONSOLE)
def start(operator: Operator, *, device: str | None = None, address: str | None = None) -> str:
    """Begin a session, in the caller's transaction; returns its token, which is stored only in the browser."""
    token, now = secrets.token_urlsafe(32), utc_now()
    db.session.add(
        OperatorSession(
            token_hash=digest_of(token),
            operator_id=operator.id,
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            device=device,
            address=address,
        )
    )
    db.session.flush()
    return token


@seeing_all(Reason.CONSOLE)
def identify(token: str) -> SignedIn | None:
    """Who it is; None if the session or the account is over. One statement."""
    now = utc_now()
    row = db.session.execute(
        select(
            Operator.id,
            Operator.email,
            Operator.name,
            Operator.role,
            OperatorSession.seen_at,
            OperatorSession.confirmed_at,
        )
        .join(OperatorSession, OperatorSession.operator_id == Operator.id)
        .where(
            OperatorSession.token_hash == digest_of(token),
            OperatorSession.seen_at > now - IDLE,
            OperatorSession.created_at > now - ABSOLUTE,
            Operator.disabled_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    operator = Operator(id=row.id, email=row.email, name=row.name, role=row.role)
    return SignedIn(token, operator, row.seen_at, row.confirmed_at)


def should_touch(who: SignedIn) -> bool:
    """Whether activity has to be recorded again: once a minute is enough."""
    return utc_now() - who.seen_at >= _SEEN_EVERY


@seeing_all(Reason.CONSOLE)
def touch(who: SignedIn) -> None:
    """Record activity."""
    db.session.execute(_own(who.token).values(seen_at=utc_now()))


@seeing_all(Reason.CONSOLE)
def confirm(who: SignedIn) -> None:
    """The operator has proved again that it's them."""
    db.session.execute(_own(who.token).values(confirmed_at=utc_now()))


@seeing_all(Reason.CONSOLE)
def end(token: str) -> None:
    """End one session."""
    db.session.execute(delete(OperatorSession).where(OperatorSession.token_hash == digest_of(token)))


@seeing_all(Reason.CONSOLE)
def end_all(operator_id: UUID) -> None:
    """End every session of an operator."""
    db.session.execute(delete(OperatorSession).where(OperatorSession.operator_id == operator_id))


@seeing_all(Reason.CONSOLE)
def delete_expired() -> None:
    """Delete sessions that are over."""
    now = utc_now()
    over = or_(OperatorSession.seen_at < now - IDLE, OperatorSession.created_at < now - ABSOLUTE)
    db.session.execute(delete(OperatorSession).where(over))


def _own(token: str) -> Update:
    return update(OperatorSession).where(OperatorSession.token_hash == digest_of(token))
