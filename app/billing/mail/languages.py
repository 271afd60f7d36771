"""Which language emails and messages are in: that of who reads them, as they chose it, or else their browser.

An address that belongs to no one with an account is an accountant's or a shared one of the same company: it gets the
language of the organization's first owner. A chat is read by many: who added it speaks for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from app import language
from app.extensions import db
from app.models import Membership, Role, User


def of_addresses(org_id: UUID, addresses: Iterable[str]) -> dict[str, str]:
    """The locale that is read at each address."""
    asked = list(addresses)
    people = db.session.scalars(
        select(User).where(User.email_key.in_([address.lower() for address in asked]))
    )
    known = {person.email.lower(): person.reading_locale for person in people}
    if all(address.lower() in known for address in asked):
        return {address: known[address.lower()] for address in asked}
    usual = of_organization(org_id)
    return {address: known.get(address.lower(), usual) for address in asked}


def of_person(user_id: UUID | None) -> str:
    """The locale that a person reads in; the default where none is known."""
    person = db.session.get(User, user_id) if user_id is not None else None
    return person.reading_locale if person is not None else language.DEFAULT


def of_organization(org_id: UUID) -> str:
    """The locale of the first owner, by age of the account; the default without one."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.org_id == org_id, Membership.role == Role.ORG_ADMIN)
        .order_by(User.created_at)
        .limit(1)
    )
    owner = db.session.scalar(query)
    return owner.reading_locale if owner is not None else language.DEFAULT
