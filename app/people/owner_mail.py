"""Telling the owners of an organization what a thief would do first: weaken its security, or become an owner."""

from __future__ import annotations

from app.billing.audit import Actor
from app.billing.mail import notices, recipients
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, User
from app.notify.emails import OwnersChanged, SecurityWeakened, Weakening


def security_weakened(organization: Organization, change: Weakening, actor: Actor) -> None:
    """Email every owner that a setting of security was switched off. In the caller's transaction."""
    now = utc_now()
    email = SecurityWeakened(change=change, by=actor.name, at=now, address=actor.address)
    _write(organization, email, recipients.owner_emails(organization.id))


def owners_changed(
    organization: Organization, user: User, actor: Actor, *, is_owner: bool, did_it: bool = False
) -> None:
    """Email every other owner that someone became an owner, or is none any more; and the person, unless they did it
    themselves (`did_it`). In the caller's transaction."""
    db.session.flush()
    told = [one for one in recipients.owner_emails(organization.id) if one != user.email]
    email = OwnersChanged(
        person=user.email, is_owner=is_owner, by=actor.name, at=utc_now(), address=actor.address
    )
    _write(organization, email, told if did_it else [user.email, *told])


def _write(organization: Organization, email: SecurityWeakened | OwnersChanged, to: list[str]) -> None:
    for address in to:
        source = f"{email.at.isoformat()}:{address.lower()}"
        notices.personal(organization.id, email, to=address, source=source)
