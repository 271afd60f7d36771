"""Who receives an organization's billing emails."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app.extensions import db
from app.models import Membership, Organization, Role, User
from app.notify.emails import ReadBy


def recipients_of(organization: Organization) -> list[str]:
    """The organization's billing recipients; its owners if none are set. Each address once, in order."""
    return each_once(organization.billing_emails or owner_emails(organization.id))


def owner_emails(org_id: UUID) -> list[str]:
    """The addresses of an organization's owners, the oldest account first."""
    query = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.org_id == org_id, Membership.role == Role.ORG_ADMIN)
        .order_by(User.created_at)
    )
    return list(db.session.scalars(query))


def may_read(organization: Organization, address: str, by: ReadBy) -> bool:
    """Whether what is addressed to `address` may be sent there now: roles and recipients may have changed since it
    was written."""
    if by == "anyone":
        return True
    if by != "owners" and address.lower() in {one.lower() for one in recipients_of(organization)}:
        return True
    query = (
        select(Membership.role)
        .join(User, User.id == Membership.user_id)
        .where(Membership.org_id == organization.id, User.email_key == address.lower())
    )
    role = db.session.scalar(query)
    return role is Role.ORG_ADMIN or (role is not None and by == "members")


def each_once(addresses: Iterable[str]) -> list[str]:
    """The addresses in order, each once in whatever case it was written."""
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.lower(), address)
    return list(found.values())
