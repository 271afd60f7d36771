"""Disconnecting identities: what one opened is closed, with the roles that its issuer gave and the sessions that it
began."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from app import openid
from app.billing.audit import Actor
from app.clock import utc_now
from app.extensions import db
from app.language import gettext
from app.models import ExternalIdentity, Membership, User
from app.models.scope import Reason, seeing_all
from app.notify.emails import IdentityDisconnected
from app.people import accounts, memberships, organizations, own_mail, own_trail, sessions
from app.people.external import identities
from app.people.external.identities import IdentityError
from app.people.factors import status
from app.shell import SHELL_NAME
from app.shell import current as trusted_shell


class OnlyWayError(IdentityError):
    """The person has no password and no passkey, and would shut themselves out."""

    def __init__(self) -> None:
        super().__init__(
            gettext("This is your only way to sign in. Add a passkey first, then disconnect it.")
        )


@seeing_all(Reason.PEOPLE)
def by_person(user: User, issuer: str, actor: Actor) -> UUID | None:
    """Disconnect one's own identity at an issuer; returns the id that it had, None if there is none. In the caller's
    transaction; locks the organizations of its roles and the person. Raises `OnlyWayError`, and has changed nothing
    then."""
    found = identities.find_of(user.id, issuer)
    return found.id if found is not None and _disconnect(found, actor, keeps_a_way=True) else None


@seeing_all(Reason.PEOPLE)
def by_operator(user: User, actor: Actor) -> list[str]:
    """Disconnect all identities of a person, also the only way to sign in; returns the names of their issuers. In the
    caller's transaction; locks as `by_person`."""
    own = select(ExternalIdentity).where(ExternalIdentity.user_id == user.id).order_by(ExternalIdentity.id)
    found = [(name_of(one.issuer), one) for one in db.session.scalars(own)]
    return [name for name, one in found if _disconnect(one, actor, keeps_a_way=False)]


@seeing_all(Reason.PEOPLE)
def is_only_way(user: User) -> bool:
    """Whether someone could not sign in any more without their identity: they have no password and no passkey."""
    return user.password_hash is None and not status.gather(user.id).passkeys


def name_of(issuer: str) -> str:
    """How people call an issuer; its address if it is neither the identity provider of the settings nor the shell."""
    shell = trusted_shell()
    if shell is not None and shell.issuer == issuer:
        return SHELL_NAME
    client = openid.current()
    return client.provider.name if client is not None and client.provider.issuer == issuer else issuer


def _disconnect(identity: ExternalIdentity, actor: Actor, *, keeps_a_way: bool) -> bool:
    """False if it was disconnected meanwhile. The locks are taken in the order in which `admission` takes them."""
    issuer, subject = identity.issuer, identity.subject
    identities.lock(issuer, subject)
    given = select(Membership.org_id).where(Membership.identity_id == identity.id).order_by(Membership.org_id)
    concerned = [organizations.locked(org_id) for org_id in db.session.scalars(given)]
    user = accounts.lock(db.session.get_one(User, identity.user_id))
    found = identities.find(issuer, subject)
    if found is None or found.user_id != user.id:
        return False
    if keeps_a_way and is_only_way(user):
        raise OnlyWayError
    # Before the roles go: afterward there may be no trail and no outbox of theirs left.
    _record(user, found, actor)
    sessions.end_all_of_identity(found.id)
    for organization in concerned:
        membership = db.session.get(Membership, (organization.id, user.id), populate_existing=True)
        # An owner may have given the role meanwhile, which is then theirs to take.
        if membership is not None and membership.identity_id == found.id:
            memberships.remove(organization, user, actor)
    db.session.delete(found)
    db.session.flush()
    return True


def _record(user: User, identity: ExternalIdentity, actor: Actor) -> None:
    name = name_of(identity.issuer)
    own_trail.record(user, actor, "user.identity_disconnected", provider=name)
    email = IdentityDisconnected(email=user.email, provider=name, at=utc_now(), address=actor.address)
    own_mail.write_if_possible(user, email, source=f"{identity.id}:disconnected")
