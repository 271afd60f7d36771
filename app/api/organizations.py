"""`/organizations/{org_id}`: the platform creates organizations with its own ids and reports their resources."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app
from msgspec import UNSET

from app.api import problems
from app.api.caller import current_actor, current_caller, no_organization
from app.api.endpoints import Answer, Body, Reply, Section
from app.api.organization_bodies import (
    BODY,
    INVITATION,
    RESOURCES,
    VIEW,
    Invitation,
    InvitationBody,
    OrganizationBody,
    OrganizationView,
    Owner,
    Resources,
)
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

ANSWERED = 200
"""The most owners, and names of each kind, in a response. All are stored."""
_NAMED = {"agent_names": "agents", "phone_number_names": "phone_numbers", "campaign_names": "campaigns"}
"""Which resource each field names."""


@section.put(
    "/organizations/<uuid:org_id>",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Create or change an organization",
    body=Body(OrganizationBody, BODY),
    answers=(
        Answer(200, "The organization was updated.", OrganizationView, VIEW),
        Answer(
            201,
            "The organization was created, on the free plan and with an empty wallet.",
            OrganizationView,
            VIEW,
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
    answers=(Answer(200, "The organization.", OrganizationView, VIEW),),
)
def show_organization(org_id: UUID) -> OrganizationView:
    """Its details and owners."""
    return _view(organization_of(org_id))


@section.post(
    "/organizations/<uuid:org_id>/invitations",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Invite an owner",
    body=Body(InvitationBody, InvitationBody("owner@harbor.example")),
    answers=(Answer(201, "The link to pass on to the owner.", Invitation, INVITATION),),
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
    body=Body(Resources, RESOURCES),
    answers=(Answer(200, "All counts.", Resources, RESOURCES),),
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
