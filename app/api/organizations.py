"""`/organizations/{org_id}`: the platform creates organizations with its own ids and reports their resources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from flask import current_app
from msgspec import UNSET, Meta, Struct, UnsetType

from app.api import problems
from app.api.amounts import Currency
from app.api.caller import current_actor, current_caller, no_organization
from app.api.endpoints import Answer, Body, Reply, Section
from app.api.problems import FieldError, Kind, ProblemError
from app.billing.plans import resource_counts
from app.extensions import db
from app.models import Organization, Role
from app.people import invitations, organizations, provisioning
from app.people.organizations import PeopleError
from app.people.provisioning import FixedError, RefusedError, Wanted
from app.people.tokens import Scope
from app.text import tidied

section = Section(
    "Organizations", "Customers of the Voice Portal: their details, owners, and resource counts."
)

FIXED = Kind(
    "fixed-for-good",
    409,
    "This can't be changed",
    "The request conflicts with something permanent: the currency of a ledger, or an external id that "
    "belongs to another organization.",
    "Send the existing value, as returned by GET, or omit the field.",
)

ORG_ID = UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90")
Email = Annotated[str, Meta(min_length=3, max_length=254, examples=["owner@harbor.example"])]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=1000)]
ANSWERED = 200
"""The most owners, and names of each kind, in a response. All are stored."""
_NAMED = {"agent_names": "agents", "phone_number_names": "phone_numbers", "campaign_names": "campaigns"}
"""Which resource each field names."""
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]


class OrganizationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The desired state of an organization."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["Harbor Dental"])]
    timezone: Annotated[
        str,
        Meta(
            max_length=64,
            description="Its name in the IANA database. Billing days are days in this time zone.",
            examples=["America/New_York"],
        ),
    ]
    currency: Annotated[
        Currency | None,
        Meta(
            description="The wallet's currency; it can't be changed later. If omitted, the currency of the "
            "plans."
        ),
    ] = None
    external_id: Annotated[
        Annotated[str, Meta(min_length=1, max_length=255)] | None,
        Meta(
            description="Your own unique id for the organization elsewhere. If omitted, none. Only a "
            "platform token can change it."
        ),
    ] = None
    owners: Annotated[
        Annotated[list[Email], Meta(min_length=1, max_length=50)] | None,
        Meta(
            description="The email addresses of everyone who may see and change the billing; anyone not "
            "listed loses access. New owners are invited and become owners when they accept. If "
            "omitted, owners stay as they are."
        ),
    ] = None


class Owner(Struct, frozen=True):
    """A person who may see and change the billing of an organization."""

    email: str
    name: Annotated[
        str,
        Meta(
            description="The owner's name, shown only to platform tokens and once the owner has accepted. "
            "Otherwise the email address."
        ),
    ]
    invited: Annotated[bool, Meta(description="True until the owner accepts an invitation.")]


class OrganizationView(Struct, frozen=True):
    """An organization."""

    id: UUID
    name: str
    slug: Annotated[str, Meta(description="Its short name, used in operator commands.")]
    timezone: str
    currency: str
    external_id: str | None
    owners: list[Owner]
    created_at: datetime


class InvitationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The owner to invite."""

    email: Email


class Invitation(Struct, frozen=True):
    """A single-use link for an owner to accept an invitation."""

    email: str
    link: str
    expires_at: datetime


_OLDEST_FIRST = (
    "Their names, oldest first: an owner who considers a smaller plan sees which ones exceed "
    "its limits. If omitted, unchanged. Responses list the oldest 200."
)


class Resources(Struct, frozen=True, forbid_unknown_fields=True):
    """Resource counts of an organization. Omitted counts stay unchanged."""

    agents: Count | UnsetType = UNSET
    phone_numbers: Count | UnsetType = UNSET
    campaigns: Count | UnsetType = UNSET
    concurrent_calls: Count | UnsetType = UNSET
    seats: Count | UnsetType = UNSET
    agent_names: Annotated[Names, Meta(description=_OLDEST_FIRST)] | UnsetType = UNSET
    phone_number_names: Annotated[Names, Meta(description=_OLDEST_FIRST)] | UnsetType = UNSET
    campaign_names: Annotated[Names, Meta(description=_OLDEST_FIRST)] | UnsetType = UNSET


_BODY = OrganizationBody(
    "Harbor Dental", "America/New_York", external_id="crm-20418", owners=["owner@harbor.example"]
)
_VIEW = OrganizationView(
    id=ORG_ID,
    name="Harbor Dental",
    slug="harbor-dental",
    timezone="America/New_York",
    currency="USD",
    external_id="crm-20418",
    owners=[Owner("owner@harbor.example", "owner@harbor.example", invited=True)],
    created_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
)
_RESOURCES = Resources(agents=2, phone_numbers=3, concurrent_calls=2, seats=4, agent_names=["Ava", "Noah"])
_INVITATION = Invitation(
    "owner@harbor.example",
    "https://billing.portal.example/invitations/kq3vT1yLZ0c8s3cr3t",
    datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
)


@section.put(
    "/organizations/<uuid:org_id>",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Create or change an organization",
    body=Body(OrganizationBody, _BODY),
    answers=(
        Answer(200, "The organization was updated.", OrganizationView, _VIEW),
        Answer(
            201,
            "The organization was created, on the free plan and with an empty wallet.",
            OrganizationView,
            _VIEW,
        ),
    ),
    problems=(FIXED, problems.CONFLICT),
)
def put_organization(org_id: UUID, body: OrganizationBody) -> Reply:
    """You choose the id: the UUID that the platform already uses for the organization. Repeating the same
    request changes nothing.

    A token for a single organization can update that organization but can't create others.
    """
    wanted = Wanted(tidied(body.name), body.timezone, body.currency, body.external_id, body.owners)
    try:
        organization, is_new = provisioning.provision(
            org_id, wanted, current_actor(), sets_external_id=current_caller().org_id is None
        )
    except FixedError as error:
        raise ProblemError(FIXED, str(error), _at(error)) from error
    except RefusedError as error:
        raise ProblemError(problems.INVALID, str(error), _at(error)) from error
    return Reply(_view(organization), 201 if is_new else 200)


@section.get(
    "/organizations/<uuid:org_id>",
    scope=Scope.ORGANIZATIONS_READ,
    summary="Get an organization",
    answers=(Answer(200, "The organization.", OrganizationView, _VIEW),),
)
def show_organization(org_id: UUID) -> OrganizationView:
    """Its details and owners."""
    return _view(organization_of(org_id))


@section.post(
    "/organizations/<uuid:org_id>/invitations",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Invite an owner",
    body=Body(InvitationBody, InvitationBody("owner@harbor.example")),
    answers=(Answer(201, "The link to pass on to the owner.", Invitation, _INVITATION),),
    once=True,
)
def create_invitation(org_id: UUID, body: InvitationBody) -> Reply:
    """Creates a link for one of the listed owners to accept the invitation. People who have an account sign in to
    accept; others choose a password. The link never changes the password of an existing account, and the response is
    the same whether or not one exists. Don't share the link with anyone else. A new link invalidates the previous
    one; if you got no response, repeat the request with the same `Idempotency-Key` to get the same link.

    Only for owners who haven't accepted yet.
    """
    organization = organization_of(org_id)
    try:
        invitation = invitations.invite_owner(organization, body.email, current_actor())
    except PeopleError as error:
        raise ProblemError(
            problems.INVALID, str(error), [FieldError(str(error), pointer="/email")]
        ) from error
    public_url = current_app.config["SETTINGS"].public_url
    link = f"{public_url}/invitations/{invitation.token}"
    return Reply(Invitation(invitation.email, link, invitation.expires_at), 201)


@section.put(
    "/organizations/<uuid:org_id>/resources",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Set resource counts",
    body=Body(Resources, _RESOURCES),
    answers=(Answer(200, "All counts.", Resources, _RESOURCES),),
)
def put_resources(org_id: UUID, body: Resources) -> Resources:
    """How many agents, phone numbers, and other resources there are. Plans limit these, and owners see their
    current use. Counts over a limit are accepted here: the platform enforces the limits, which it gets from
    the entitlements."""
    organization = organization_of(org_id)
    sent = {name: getattr(body, name) for name in Resources.__struct_fields__}
    given = {name: value for name, value in sent.items() if value is not UNSET}
    resource_counts.set_counts(
        organization.id, {name: count for name, count in given.items() if name not in _NAMED}
    )
    resource_counts.set_names(
        organization.id, {_NAMED[name]: given[name] for name in _NAMED if name in given}
    )
    counts, names = resource_counts.counts_of(organization.id), resource_counts.names_of(organization.id)
    known: dict[str, Any] = {name: counts[name] for name in Resources.__struct_fields__ if name in counts}
    known |= {field: list(names[of][:ANSWERED]) for field, of in _NAMED.items() if names.get(of)}
    return Resources(**known)


def organization_of(org_id: UUID) -> Organization:
    """Get the organization. Raises `ProblemError` if there is none."""
    found = db.session.get(Organization, org_id)
    if found is None:
        raise no_organization()
    return found


def _view(organization: Organization) -> OrganizationView:
    return OrganizationView(
        id=organization.id,
        name=organization.name,
        slug=organization.slug,
        timezone=organization.timezone,
        currency=organization.currency,
        external_id=organization.external_id,
        owners=_owners(organization.id),
        created_at=organization.created_at,
    )


def _owners(org_id: UUID) -> list[Owner]:
    """Its owners, then invited ones. Names are shown only to platform tokens, because a caller that may write
    an organization may list any address as an owner."""
    shows_names = current_caller().org_id is None
    owners = [
        Owner(one.email, one.name if shows_names else one.email, invited=one.password_hash is None)
        for one in organizations.owners_of(org_id)
    ]
    waiting = [one.email for one in invitations.list_open(org_id) if one.role is Role.ORG_ADMIN]
    known = {one.email.lower() for one in owners}
    owners += [Owner(email, email, invited=True) for email in waiting if email.lower() not in known]
    return owners[:ANSWERED]


def _at(error: RefusedError) -> list[FieldError]:
    return [FieldError(str(error), pointer=f"/{error.field}")]
