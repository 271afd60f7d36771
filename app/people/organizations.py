"""Organizations and their people: created by operators, the platform, and the demo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from app.billing import audit
from app.billing.audit import Actor
from app.billing.customers import details
from app.billing.mail.recipients import each_once
from app.billing.plans import terms
from app.billing.wallet import ledger
from app.extensions import db
from app.ids import uuid7
from app.models import Membership, Organization, Role, User
from app.models.scope import Reason, seeing_all
from app.money import Money
from app.people import memberships, timezones


class PeopleError(ValueError):
    """An organization or a person can't be created or found; the message says why and what to do."""


class TimezoneError(PeopleError):
    """There is no such time zone."""


def create_organization(
    name: str,
    *,
    id_: UUID | None = None,
    slug: str | None = None,
    currency: str = "USD",
    timezone: str = "UTC",
    low_threshold: Money | None = None,
) -> Organization:
    """Create an organization with its wallet and accounts, with `id_` if given. Raises `PeopleError`."""
    name = name.strip()
    slug = slug or slugify(name)
    if not slug:
        raise PeopleError("The name needs at least one letter or digit.")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise PeopleError(f"{currency!r} is not a currency code. Use three letters, like USD.")
    check_timezone(timezone)
    if is_taken(slug):
        raise PeopleError(f"An organization {slug!r} already exists. Choose another name.")
    organization = Organization(id=id_ or uuid7(), name=name, slug=slug, currency=currency, timezone=timezone)
    db.session.add(organization)
    db.session.flush()
    ledger.open_wallet(organization, low_threshold=low_threshold)
    terms.start_plan(organization, terms.FREE_PLAN, organization.created_at)
    return organization


@seeing_all(Reason.NAMES)
def is_taken(slug: str) -> bool:
    """Whether an organization has this short name."""
    return db.session.scalar(select(Organization.id).where(Organization.slug == slug)) is not None


def check_timezone(timezone: str) -> None:
    """Raise `TimezoneError` unless Python and the database know `timezone`."""
    if timezone not in timezones.known():
        raise TimezoneError(f"{timezone!r} is not a time zone. Use a name like America/New_York.")


def find_organization(slug: str) -> Organization:
    """Find the organization by slug. Raises `PeopleError`, listing existing ones."""
    found: Organization | None = db.session.scalar(select(Organization).where(Organization.slug == slug))
    if found is None:
        known = db.session.scalars(select(Organization.slug).order_by(Organization.slug).limit(10)).all()
        raise PeopleError(f"There is no organization {slug!r}. Known: {', '.join(known) or 'none yet'}.")
    return found


@seeing_all(Reason.PEOPLE)
def add_person(email: str, *, name: str, organization: Organization, role: Role) -> User:
    """Give a person, created if they are new, a role in an organization without an invitation. Raises `PeopleError`.

    For the demo and tests: people are invited (`app.people.invitations`) and accept.
    """
    address = checked_address(email)
    user = find_user(address)
    if user is None:
        user = User(email=address, name=name.strip() or address)
        db.session.add(user)
        db.session.flush()
    memberships.assign_role(organization, user, role, audit.OPERATOR, added=None)
    return user


@seeing_all(Reason.PEOPLE)
def find_user(email: str) -> User | None:
    """Find a person by email address, ignoring case."""
    return db.session.scalar(select(User).where(User.email_key == email.strip().lower()))


def owners_of(org_id: UUID) -> list[User]:
    """The owners of an organization: those who may see and change its billing."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.org_id == org_id, Membership.role == Role.ORG_ADMIN)
        .order_by(User.name)
    )
    return list(db.session.scalars(query))


def locked(org_id: UUID) -> Organization:
    """Lock the organization until the transaction ends, to serialize changes of its people. Raises `LookupError`."""
    found = locked_if_there(org_id)
    if found is None:
        raise LookupError(str(org_id))
    return found


def locked_if_there(org_id: UUID) -> Organization | None:
    """As `locked`. The organization's id stays, so what refers to it meanwhile (usage, holds) need not wait."""
    query = select(Organization).where(Organization.id == org_id).with_for_update(key_share=True)
    return db.session.execute(query, execution_options={"populate_existing": True}).scalar_one_or_none()


def set_billing_emails(organization: Organization, emails: Sequence[str], actor: Actor) -> None:
    """Set the billing email recipients; an empty list means the owners. Raises `PeopleError` and changes nothing."""
    details.set_recipients(organization, each_once([checked_address(email) for email in emails]), actor)


def checked_address(email: str) -> str:
    """The address in its stored form. Raises `PeopleError` if it is invalid, or could be confused with another."""
    try:
        address = str(validate_email(email, check_deliverability=False, test_environment=True).normalized)
    except EmailNotValidError as error:
        raise PeopleError(f"{email!r} is not an email address: {error}") from error
    # PostgreSQL lowercases each character on its own, which turns `\u0130` into `i`; Python considers its neighbors.
    # If the two differ, one address would be two people's here and one person's there.
    lowered = [one.lower() for one in address]
    if "".join(lowered) != address.lower() or any(len(one) > 1 for one in lowered):
        raise PeopleError(
            f"{email!r} has a capital letter that can be confused with another. Write it in lower case."
        )
    return address


def slugify(name: str) -> str:
    """A name for URLs: `Harbor Dental` becomes `harbor-dental`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80]
