"""Organizations that the platform creates and updates: with its own ids, idempotently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.billing import audit, catalog
from app.billing.audit import Action, Actor
from app.billing.customers import documents
from app.billing.plans import grace
from app.billing.wallet import envelopes, ledger
from app.database.locks import advisory_lock
from app.extensions import db
from app.models import Organization, Role
from app.models.scope import Reason, seeing_all
from app.models.usage import NO_ONE
from app.people import invitations, memberships, organizations
from app.people.organizations import PeopleError


class RefusedError(PeopleError):
    """The request is rejected; `field` names the invalid field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class FixedError(RefusedError):
    """The request conflicts with something that can't be changed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The desired state of an organization. `owners` are the email addresses of all owners; None leaves them
    unchanged."""

    name: str
    timezone: str
    currency: str | None = None
    external_id: str | None = None
    owners: Sequence[str] | None = None


def provision(
    org_id: UUID, wanted: Wanted, actor: Actor, *, sets_external_id: bool = True
) -> tuple[Organization, bool]:
    """Create an organization, or update the existing one; returns it, and whether it was created.

    Without `sets_external_id`, the external id stays unchanged, and a different one is rejected whether or
    not it is taken: external ids are unique, so an error would reveal those of other organizations.

    Raises `RefusedError`, and `FixedError` if the currency would change or the external id is taken.
    """
    if org_id == NO_ONE:
        raise RefusedError("org_id", "The all-zero UUID is reserved. Choose another.")
    if not wanted.name:
        raise RefusedError("name", "The name needs at least one visible character.")
    if sets_external_id:
        _check_external_id(org_id, wanted.external_id)
    organization = organizations.locked_if_there(org_id)
    if organization is None:
        # Of two that create it at the same moment, the later one updates what the first one has created.
        advisory_lock(db.session(), f"organization {org_id}")
        organization = organizations.locked_if_there(org_id)
    is_new = organization is None
    known = organization.external_id if organization is not None else None
    if not sets_external_id and wanted.external_id not in {None, known}:
        raise RefusedError("external_id", "Only a platform token can change this. Omit it.")
    before = _described(organization) if organization is not None else None
    organization = _create(org_id, wanted) if organization is None else _update(organization, wanted)
    if sets_external_id:
        organization.external_id = wanted.external_id
    if wanted.owners is not None:
        _set_owners(organization, wanted.owners, actor)
    db.session.flush()
    after = _described(organization)
    if after != before:
        done: Action = "organization.created" if is_new else "organization.changed"
        audit.record(org_id, actor, done, organization.slug, before=before, after=after)
    return organization, is_new


def _create(org_id: UUID, wanted: Wanted) -> Organization:
    current = catalog.current()
    if wanted.currency not in {None, current.currency}:
        raise RefusedError("currency", f"Plans and rates are in {current.currency}, so wallets must be too.")
    try:
        return organizations.create_organization(
            wanted.name,
            id_=org_id,
            slug=_free_slug(org_id, wanted.name),
            currency=current.currency,
            timezone=wanted.timezone,
            low_threshold=current.low_threshold,
        )
    except organizations.TimezoneError as error:
        raise RefusedError("timezone", str(error)) from error


def _update(organization: Organization, wanted: Wanted) -> Organization:
    if wanted.currency not in {None, organization.currency}:
        raise FixedError("currency", f"The ledger is in {organization.currency}; that can't be changed.")
    try:
        organizations.check_timezone(wanted.timezone)
    except organizations.TimezoneError as error:
        raise RefusedError("timezone", str(error)) from error
    if (wanted.name, wanted.timezone) != (organization.name, organization.timezone):
        documents.snapshot_on_statements(organization)
    organization.name = wanted.name
    if wanted.timezone != organization.timezone:
        grace.record_deadline(organization)
        ledger.change_zone(organization, wanted.timezone)
        envelopes.follow_zone(organization)
    return organization


@seeing_all(Reason.NAMES)
def _check_external_id(org_id: UUID, external_id: str | None) -> None:
    if external_id is None:
        return
    taken = select(Organization.id).where(Organization.external_id == external_id, Organization.id != org_id)
    if db.session.scalar(taken) is not None:
        raise FixedError("external_id", "Another organization has this external_id.")


def _free_slug(org_id: UUID, name: str) -> str:
    """A unique short name: customers may share a name, or have one without Latin letters."""
    slug = organizations.slugify(name)
    # Another of this name that is created at this moment is there afterwards, and seen.
    advisory_lock(db.session(), f"short name {slug}")
    if slug and not organizations.is_taken(slug):
        return slug
    return f"{slug[:40]}-{org_id.hex}".lstrip("-")


def _set_owners(organization: Organization, emails: Sequence[str], actor: Actor) -> None:
    """Make these the only owners. Removed owners lose access with their next request.

    New owners are invited and become owners when they accept: being listed makes no one an owner, and the
    response is the same whether or not they have an account.
    """
    people = memberships.people_of(organization.id)
    wanted = _addresses(emails)
    withdrawn = [one.email for one in invitations.list_open(organization.id) if one.role is Role.ORG_ADMIN]
    invitations.withdraw(organization.id, [one for one in withdrawn if one.lower() not in wanted], actor)
    for key, address in wanted.items():
        if key in people:
            memberships.assign_role(organization, people[key], Role.ORG_ADMIN, actor)
        else:
            invitations.expect(organization, address, actor)
    for owner in organizations.owners_of(organization.id):
        if owner.email.lower() not in wanted:
            memberships.remove(organization, owner, actor)


def _addresses(emails: Sequence[str]) -> dict[str, str]:
    """The addresses by their lower-case form. Raises `RefusedError`."""
    found: dict[str, str] = {}
    for position, email in enumerate(emails):
        try:
            address = organizations.checked_address(email)
        except PeopleError as error:
            raise RefusedError(f"owners/{position}", str(error)) from error
        found.setdefault(address.lower(), address)
    return found


def _described(organization: Organization) -> dict[str, object]:
    """The organization as recorded in the audit trail."""
    invited = [one.email for one in invitations.list_open(organization.id) if one.role is Role.ORG_ADMIN]
    return {
        "name": organization.name,
        "timezone": organization.timezone,
        "external_id": organization.external_id,
        "owners": sorted([*(one.email for one in organizations.owners_of(organization.id)), *invited]),
    }
