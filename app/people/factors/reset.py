"""Taking away all factors of someone who lost them, so that the password is enough to sign in again.

That weakens an account, so it matters who may do it. An operator may. An owner may for someone who is in no other
organization: a person's account is the same everywhere, and an owner of one organization must not weaken it for
another one's money. Invitations that aren't accepted yet give no access and don't count. No one resets their own
factors this way: anyone with a stolen session could.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app.billing.audit import Actor
from app.extensions import db
from app.language import gettext
from app.models import Membership, Role, User
from app.models.scope import Reason, seeing_all
from app.people import sessions
from app.people.factors import authenticator_apps, changes, passkeys, recovery_codes, status
from app.people.organizations import PeopleError


class ResetRefusedError(PeopleError):
    """Factors can't be reset by this person; the message says who can."""


@seeing_all(Reason.PEOPLE)
def by_owner(org_id: UUID, user_id: UUID, owner: User, actor: Actor) -> User:
    """Reset the factors of someone in the organization, as another owner of it. In the caller's transaction.

    Locks the person before looking at their organizations, so that they join no further one meanwhile. Raises
    `LookupError` if they aren't in it, and `ResetRefusedError`.
    """
    if user_id == owner.id:
        raise ResetRefusedError(gettext("You can't reset your own second factor. Another owner can."))
    changes.lock(user_id)
    own = select(Membership.role).where(Membership.org_id == org_id, Membership.user_id == owner.id)
    if db.session.scalar(own) is not Role.ORG_ADMIN:
        raise ResetRefusedError(gettext("Only an owner can reset someone's second factor."))
    seats = set(db.session.scalars(select(Membership.org_id).where(Membership.user_id == user_id)))
    if org_id not in seats:
        raise LookupError(str(user_id))
    if seats != {org_id}:
        raise ResetRefusedError(
            gettext(
                "Only Voice Portal can reset the second factor of %(email)s. Ask them to write to support.",
                email=_address_of(user_id),
            )
        )
    user = db.session.get_one(User, user_id)
    _reset(user, actor)
    return user


@seeing_all(Reason.PEOPLE)
def by_operator(user: User, actor: Actor) -> bool:
    """Reset the factors of anyone; False if they have none. In the caller's transaction."""
    changes.lock(user.id)
    if not status.has_any(user.id):
        return False
    _reset(user, actor)
    return True


def _address_of(user_id: UUID) -> str:
    return db.session.get_one(User, user_id).email


def _reset(user: User, actor: Actor) -> None:
    if not status.has_any(user.id):
        raise ResetRefusedError(gettext("This person has no second factor."))
    passkeys.remove_all(user.id)
    authenticator_apps.remove(user.id, with_setup=True)
    recovery_codes.remove(user.id)
    sessions.end_all(user.id)
    changes.record(user, actor, "reset")
