"""`/organizations/{org_id}`: the platform makes organizations under ids of its own, and says what they have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from flask import current_app
from msgspec import UNSET, Meta, Struct, UnsetType

from app.api import problems
from app.api.amounts import Currency
from app.api.caller import current_actor, current_caller, no_organization
from app.api.endpoints import Answer, Body, Reply, Room
from app.api.problems import FieldError, Kind, ProblemError
from app.billing.plans import resource_counts
from app.extensions import db
from app.models import Organization, Role
from app.people import invitations, organizations, provisioning
from app.people.organizations import PeopleError
from app.people.provisioning import FixedError, RefusedError, Wanted
from app.people.tokens import Scope
from app.text import tidied

room = Room(
    "Organizations", "Customers of the Voice Portal: who they are, who owns them, and what they have."
)

FIXED = Kind(
    "fixed-for-good",
    409,
    "This can't be changed any more",
    "The request contradicts something that is so for good: the currency of a ledger, or an external id that another "
    "organization has.",
    "Send what is there already, as GET answers it, or leave the field out.",
)

ORG_ID = UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90")
Email = Annotated[str, Meta(min_length=3, max_length=254, examples=["owner@harbor.example"])]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=1000)]
ANSWERED = 200
"""Names of a kind, and owners, that an answer has. All are stored."""
_NAMED = {"agent_names": "agents", "phone_number_names": "phone_numbers", "campaign_names": "campaigns"}
"""Which resource the names of a field are of."""
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]


class OrganizationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """How an organization is to be."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S", examples=["Harbor Dental"])]
    timezone: Annotated[
        str,
        Meta(
            max_length=64,
            description="Its name in the IANA database. Its days are the days of the bill.",
            examples=["America/New_York"],
        ),
    ]
    currency: Annotated[
        Currency | None, Meta(description="Of its wallet, for good. Left out: that of the plans.")
    ] = None
    external_id: Annotated[
        Annotated[str, Meta(min_length=1, max_length=255)] | None,
        Meta(
            description="What you call it elsewhere; no two have the same. Left out: none. Only a token of the "
            "platform changes it."
        ),
    ] = None
    owners: Annotated[
        Annotated[list[Email], Meta(min_length=1, max_length=50)] | None,
        Meta(
            description="The email addresses of everyone who may see and change its billing; who is not among them "
            "no longer may. Who has no role in it yet is invited, and becomes an owner by accepting. Left out: as "
            "they are."
        ),
    ] = None


class Owner(Struct, frozen=True):
    """Who may see and change the billing of an organization."""

    email: str
    name: Annotated[
        str,
        Meta(
            description="Told to tokens of the platform, once they have accepted. Otherwise the address again."
        ),
    ]
    invited: Annotated[
        bool, Meta(description="Whether they have not accepted yet: hand an invitation on to them.")
    ]


class OrganizationView(Struct, frozen=True):
    """An organization as it is."""

    id: UUID
    name: str
    slug: Annotated[str, Meta(description="Its short name, for operators' commands.")]
    timezone: str
    currency: str
    external_id: str | None
    owners: list[Owner]
    created_at: datetime


class InvitationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite."""

    email: Email


class Invitation(Struct, frozen=True):
    """A link by which an owner accepts: good for one use."""

    email: str
    link: str
    expires_at: datetime


_OLDEST_FIRST = (
    "What they are called, the oldest first: an owner who would go to a smaller plan is told which are over its "
    "limits. Left out: as it was. Answers have the oldest 200."
)


class Resources(Struct, frozen=True, forbid_unknown_fields=True):
    """How many an organization has. A count that is left out stays as it was."""

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


@room.put(
    "/organizations/<uuid:org_id>",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Create or change an organization",
    body=Body(OrganizationBody, _BODY),
    answers=(
        Answer(200, "It was there, and now is as you sent it.", OrganizationView, _VIEW),
        Answer(201, "It was made, on the free plan, with an empty wallet.", OrganizationView, _VIEW),
    ),
    problems=(FIXED, problems.CONFLICT),
)
def put_organization(org_id: UUID, body: OrganizationBody) -> Reply:
    """The id is yours to choose, a UUID: the one that the platform has for it anyway. The same request again changes
    nothing, so send it as often as you like.

    A token for one organization can change it, and make no other.
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


@room.get(
    "/organizations/<uuid:org_id>",
    scope=Scope.ORGANIZATIONS_READ,
    summary="Show an organization",
    answers=(Answer(200, "The organization.", OrganizationView, _VIEW),),
)
def show_organization(org_id: UUID) -> OrganizationView:
    """Who it is, and who owns it."""
    return _view(organization_of(org_id))


@room.post(
    "/organizations/<uuid:org_id>/invitations",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Invite an owner",
    body=Body(InvitationBody, InvitationBody("owner@harbor.example")),
    answers=(Answer(201, "The link to hand on.", Invitation, _INVITATION),),
    once=True,
)
def create_invitation(org_id: UUID, body: InvitationBody) -> Reply:
    """Makes a link by which one of those named among its owners accepts. Who has an account for that address signs in
    to accept; who has none chooses a password with the link. No link changes the password of an account, and the
    answer is the same whether there is one. Hand it to nobody else. A new link ends the one before; without an
    answer, the same request with the same `Idempotency-Key` gets the same link.

    Only for who is among the owners and hasn't accepted yet.
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


@room.put(
    "/organizations/<uuid:org_id>/resources",
    scope=Scope.ORGANIZATIONS_WRITE,
    summary="Say how many agents, numbers and so on there are",
    body=Body(Resources, _RESOURCES),
    answers=(Answer(200, "All counts.", Resources, _RESOURCES),),
)
def put_resources(org_id: UUID, body: Resources) -> Resources:
    """Plans limit these, and owners see how many they use. Nothing is stopped here when a count is over a limit: that
    is for the platform, which finds the limits among the entitlements.
    """
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
    """The organization. Raises `ProblemError` where there is none."""
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
    """Its owners, then those who haven't accepted. What people are called is for tokens of the platform only: whoever
    may write an organization may name any address."""
    tells_names = current_caller().org_id is None
    owners = [
        Owner(one.email, one.name if tells_names else one.email, invited=one.password_hash is None)
        for one in organizations.owners_of(org_id)
    ]
    waiting = [one.email for one in invitations.open_of(org_id) if one.role is Role.ORG_ADMIN]
    known = {one.email.lower() for one in owners}
    owners += [Owner(email, email, invited=True) for email in waiting if email.lower() not in known]
    return owners[:ANSWERED]


def _at(error: RefusedError) -> list[FieldError]:
    return [FieldError(str(error), pointer=f"/{error.field}")]
