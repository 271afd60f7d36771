"""`GET /organizations/{org_id}/auto-top-up`: whether a wallet is topped up by itself, and what comes next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.endpoints import Answer, Section
from app.api.organizations import organization_of
from app.billing.auto_top_ups import overview
from app.billing.auto_top_ups.overview import NextCharge, State
from app.models import OffReason, Organization
from app.people.tokens import Scope

section = Section("Auto top-up", "Whether the wallet is topped up automatically. Only owners switch it on.")


class NextChargeView(Struct, frozen=True):
    """What is charged when available credit falls below the threshold."""

    usual: Annotated[
        Amount, Meta(description="Right after credit has fallen, or what is missing if it is already below.")
    ]
    left_this_month: Annotated[Amount, Meta(description="Of the monthly limit.")]
    month: Annotated[date, Meta(description="The first day of that month, in the organization's time zone.")]
    is_below: Annotated[bool, Meta(description="Whether available credit is below the threshold now.")]
    refused_for: Annotated[
        str | None,
        Meta(description="Why a charge that is due isn't made: `monthly_cap`, `daily_limit` or another."),
    ]
    next_try_at: Annotated[
        datetime | None, Meta(description="When it is tried again, after a failure or refusal.")
    ]
    waits_for_owner: Annotated[
        bool, Meta(description="Whether an owner has to confirm a payment with the bank.")
    ]


class AutoTopUpView(Struct, frozen=True):
    """The settings that owners agreed to, and what comes next. Without any, `is_on` is false and the rest is null."""

    organization: UUID
    is_on: bool
    threshold: Amount | None
    refill_to: Amount | None
    monthly_limit: Amount | None
    charged_this_month: Amount | None
    off_reason: Annotated[OffReason | None, Meta(description="Why it was turned off.")]
    failures: Annotated[int, Meta(description="Failed tries in a row; three turn it off.")]
    next: NextChargeView | None


def _example() -> AutoTopUpView:
    def usd(text: str) -> Amount:
        return Amount(text, "USD")

    return AutoTopUpView(
        organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
        is_on=True,
        threshold=usd("20.000000"),
        refill_to=usd("100.000000"),
        monthly_limit=usd("400.000000"),
        charged_this_month=usd("85.010000"),
        off_reason=None,
        failures=1,
        next=NextChargeView(
            usual=usd("84.500000"),
            left_this_month=usd("314.990000"),
            month=date(2026, 11, 1),
            is_below=True,
            refused_for=None,
            next_try_at=datetime(2026, 11, 24, 15, 5, tzinfo=UTC),
            waits_for_owner=False,
        ),
    )


@section.get(
    "/organizations/<uuid:org_id>/auto-top-up",
    scope=Scope.STATUS_READ,
    summary="Get auto top-up",
    answers=(Answer(200, "Its settings, and what comes next.", AutoTopUpView, _example()),),
)
def show_auto_top_up(org_id: UUID) -> AutoTopUpView:
    """Cards and consents are not part of it: owners see them on their page."""
    organization = organization_of(org_id)
    return _view(organization, overview.gather(organization))


def _view(organization: Organization, state: State | None) -> AutoTopUpView:
    if state is None:
        return AutoTopUpView(organization.id, False, None, None, None, None, None, 0, None)
    return AutoTopUpView(
        organization=organization.id,
        is_on=state.is_on,
        threshold=Amount.of(state.threshold),
        refill_to=Amount.of(state.target),
        monthly_limit=Amount.of(state.cap),
        charged_this_month=Amount.of(state.used),
        off_reason=state.off_reason,
        failures=state.failures,
        next=_next(state.next) if state.next else None,
    )


def _next(following: NextCharge) -> NextChargeView:
    return NextChargeView(
        usual=Amount.of(following.usual),
        left_this_month=Amount.of(following.left),
        month=following.month,
        is_below=following.is_below,
        refused_for=following.refused_for,
        next_try_at=following.next_try_at,
        waits_for_owner=following.waits_for_owner is not None,
    )
