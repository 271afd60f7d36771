"""`GET /organizations/{org_id}/entitlements`: what the plan allows."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.endpoints import Answer, Room
from app.api.organizations import ORG_ID, organization_of
from app.billing.catalog import versions
from app.billing.plans import entitlements
from app.models import SubscriptionStatus
from app.people.tokens import Scope

room = Room("Entitlements", "What an organization's plan allows, and what of that is left.")


class PlanView(Struct, frozen=True):
    """The plan, at the version of the catalogue that the organization is on."""

    key: Annotated[str, Meta(examples=["growth"])]
    name: str
    version: str
    status: Annotated[
        SubscriptionStatus,
        Meta(description="`past_due` while a renewal is not paid; the plan goes on meanwhile."),
    ]
    features: Annotated[list[str], Meta(description="For people to read.")]


class LimitView(Struct, frozen=True):
    """How many of a resource there may be."""

    resource: Annotated[str, Meta(examples=["agents"])]
    allowed: Annotated[int | None, Meta(description="Null where the plan doesn't limit it.")]
    used: Annotated[int | None, Meta(description="As `PUT …/resources` said last; null where it never did.")]
    exceeded: bool


class AllowanceView(Struct, frozen=True):
    """What a billing period includes for several meters together. Used up, further usage is charged by the rates.

    It is used while the wallet has credit: it does not lift a pause of calling.
    """

    key: Annotated[str, Meta(examples=["call_minutes"])]
    label: str
    unit: Annotated[str, Meta(description="What the figures count.", examples=["second"])]
    meters: list[str]
    included: int
    used: int
    reserved: Annotated[int, Meta(description="What holds of calls in progress count on.")]
    left: Annotated[
        int, Meta(description="What the next hold can count on: `included` less `used` and `reserved`.")
    ]


class EntitlementsView(Struct, frozen=True):
    """What an organization may have and use."""

    organization: UUID
    plan: PlanView
    period_start: Annotated[
        date, Meta(description="The first day of the billing period, in its own time zone.")
    ]
    limits: list[LimitView]
    allowances: list[AllowanceView]


_EXAMPLE = EntitlementsView(
    organization=ORG_ID,
    plan=PlanView("growth", "Growth", "2026-12.1", SubscriptionStatus.ACTIVE, ["Campaigns", "Call transfer"]),
    period_start=date(2026, 11, 3),
    limits=[
        LimitView("agents", 10, 7, exceeded=False),
        LimitView("concurrent_calls", 20, None, exceeded=False),
    ],
    allowances=[
        AllowanceView(
            "call_minutes",
            "Call minutes",
            "second",
            ["calls_outbound", "calls_inbound"],
            120_000,
            81_300,
            600,
            38_100,
        )
    ],
)


@room.get(
    "/organizations/<uuid:org_id>/entitlements",
    scope=Scope.STATUS_READ,
    summary="What the plan allows",
    answers=(Answer(200, "The plan, its limits and allowances.", EntitlementsView, _EXAMPLE),),
)
def show_entitlements(org_id: UUID) -> EntitlementsView:
    """Limits are for the platform to keep: refuse an eighth agent where seven are allowed. Allowances run out by
    themselves, and what is used beyond them is charged.
    """
    found = entitlements.gather(organization_of(org_id))
    plan = found.plan
    return EntitlementsView(
        organization=org_id,
        plan=PlanView(
            plan.key,
            plan.name,
            plan.version,
            found.status,
            versions.find(plan.version).features_of(plan),
        ),
        period_start=found.period_start,
        limits=[LimitView(one.resource, one.allowed, one.used, one.is_exceeded) for one in found.limits],
        allowances=[
            AllowanceView(
                key=one.key,
                label=one.label,
                unit=one.unit,
                meters=list(one.meters),
                included=one.included,
                used=one.used,
                reserved=one.reserved,
                left=one.left,
            )
            for one in found.allowances
        ],
    )
