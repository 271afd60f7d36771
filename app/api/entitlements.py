"""`GET /organizations/{org_id}/entitlements`: what the plan includes."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.endpoints import Answer, Section
from app.api.organization_bodies import ORG_ID
from app.api.organizations import organization_of
from app.billing.catalog import versions
from app.billing.plans import entitlements
from app.models import SubscriptionStatus
from app.people.tokens import Scope

section = Section("Entitlements", "What an organization's plan includes, and how much of it is left.")


class PlanView(Struct, frozen=True):
    """The plan, in the organization's catalog version."""

    key: Annotated[str, Meta(examples=["growth"])]
    name: str
    version: str
    status: Annotated[
        SubscriptionStatus,
        Meta(
            description="`past_due` while a renewal is unpaid; the plan stays in force during the grace "
            "period."
        ),
    ]
    features: Annotated[list[str], Meta(description="Human-readable.")]


class LimitView(Struct, frozen=True):
    """The limit on a resource."""

    resource: Annotated[str, Meta(examples=["agents"])]
    allowed: Annotated[int | None, Meta(description="Null if the plan doesn't limit it.")]
    used: Annotated[
        int | None, Meta(description="As last reported with `PUT …/resources`; null if never reported.")
    ]
    exceeded: bool


class AllowanceView(Struct, frozen=True):
    """Usage included in a billing period, shared by one or more meters. Usage beyond it is charged at the
    plan's rates.

    Included usage can only be used while the wallet has credit: it doesn't lift a calling pause.
    """

    key: Annotated[str, Meta(examples=["call_minutes"])]
    label: str
    unit: Annotated[str, Meta(description="The unit of the figures.", examples=["second"])]
    meters: list[str]
    included: int
    used: int
    reserved: Annotated[int, Meta(description="Reserved by holds of calls in progress.")]
    left: Annotated[
        int, Meta(description="Available to the next hold: `included` minus `used` and `reserved`.")
    ]


class EntitlementsView(Struct, frozen=True):
    """What an organization is entitled to."""

    organization: UUID
    plan: PlanView
    period_start: Annotated[
        date, Meta(description="The first day of the billing period, in the organization's time zone.")
    ]
    limits: list[LimitView]
    allowances: list[AllowanceView]


_EXAMPLE = EntitlementsView(
    organization=ORG_ID,
    plan=PlanView("growth", "Growth", "2026-12.4", SubscriptionStatus.ACTIVE, ["Campaigns", "Call transfer"]),
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


@section.get(
    "/organizations/<uuid:org_id>/entitlements",
    scope=Scope.STATUS_READ,
    summary="Get entitlements",
    answers=(Answer(200, "The plan, its limits and allowances.", EntitlementsView, _EXAMPLE),),
)
def show_entitlements(org_id: UUID) -> EntitlementsView:
    """The platform enforces limits: reject an eighth agent if seven are allowed. Allowances are applied
    automatically; usage beyond them is charged."""
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
