"""Request and response bodies of the organization endpoints, each with an example."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.api.amounts import Currency

ORG_ID = UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90")
Email = Annotated[str, Meta(min_length=3, max_length=254, examples=["owner@harbor.example"])]
Names = Annotated[list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(max_length=1000)]
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


BODY = OrganizationBody(
    "Harbor Dental", "America/New_York", external_id="crm-20418", owners=["owner@harbor.example"]
)
VIEW = OrganizationView(
    id=ORG_ID,
    name="Harbor Dental",
    slug="harbor-dental",
    timezone="America/New_York",
    currency="USD",
    external_id="crm-20418",
    owners=[Owner("owner@harbor.example", "owner@harbor.example", invited=True)],
    created_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
)
RESOURCES = Resources(agents=2, phone_numbers=3, concurrent_calls=2, seats=4, agent_names=["Ava", "Noah"])
INVITATION = Invitation(
    "owner@harbor.example",
    "https://billing.portal.example/invitations/kq3vT1yLZ0c8s3cr3t",
    datetime(2026, 12, 1, 9, 30, tzinfo=UTC),
)
