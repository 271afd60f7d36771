"""Changes of a person's factors: one after the other, told to the person, and in the trail of each of their
organizations."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Action, Actor
from app.clock import utc_now
from app.extensions import db
from app.models import Membership, User
from app.models.scope import Reason, seeing_all
from app.notify.emails import FactorChange, FactorChanged
from app.people import own_mail
from app.people.own_mail import NoOrganizationError

_ACTIONS: dict[FactorChange, Action] = {
    "passkey_added": "user.passkey_added",
    "passkey_removed": "user.passkey_removed",
    "app_added": "user.authenticator_app_added",
    "app_removed": "user.authenticator_app_removed",
    "codes_made": "user.recovery_codes_made",
    "code_used": "user.recovery_code_used",
    "reset": "user.second_factor_reset",
    "guessed": "user.second_factor_guessed",
    "not_confirmed": "user.confirmation_failed",
}


@seeing_all(Reason.PEOPLE)
def lock(user_id: UUID) -> None:
    """Lock the person until the transaction ends: their factors change one after the other, and meanwhile they join
    no further organization, because a membership refers to the row."""
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())


@seeing_all(Reason.PEOPLE)
def record(
    user: User, actor: Actor, change: FactorChange, *, name: str = "", left: int | None = None, **details: Any
) -> None:
    """Record a change and email the person. In the caller's transaction.

    `name` is that of a passkey, `left` how many recovery codes are unused; `details` are for the trail
    only. Someone in no organization gets no email: there is nothing they could sign in to.
    """
    db.session.flush()
    now = utc_now()
    details |= {key: value for key, value in {"name": name, "left": left}.items() if value not in {"", None}}
    for org_id in db.session.scalars(select(Membership.org_id).where(Membership.user_id == user.id)):
        audit.record(org_id, actor, _ACTIONS[change], user.email, **details)
    email = FactorChanged(
        email=user.email, change=change, name=name, left=left, at=now, address=actor.address
    )
    with suppress(NoOrganizationError):
        own_mail.write(user, email, source=f"{user.id}:{change}:{now.isoformat()}")
