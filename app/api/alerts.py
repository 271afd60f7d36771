"""`GET /organizations/{org_id}/alerts`: the levels of credit that an organization's people are told about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api.amounts import Amount
from app.api.endpoints import Answer, Section
from app.api.organizations import organization_of
from app.billing.alerts import views
from app.models import AlertLevelKind
from app.people.tokens import Scope

section = Section("Alerts", "Levels of credit that owners chose, and which of them are reached.")


class AlertLevel(Struct, frozen=True):
    """A level of credit, and whether it is reached."""

    kind: Annotated[
        AlertLevelKind,
        Meta(
            description="`low`: the low-balance alert, as in `wallet.low`. `amount`: available credit is under "
            "`under`. `forecast`: credit may run out within `hours`. `paused`: calling is paused."
        ),
    ]
    under: Annotated[
        Amount | None,
        Meta(description="Null for a forecast, for a pause, and where the low-balance alert is off."),
    ]
    hours: int | None
    reached_since: Annotated[
        datetime | None,
        Meta(description="When it was reached; null until then, and again once credit has recovered."),
    ]


class Alerts(Struct, frozen=True):
    """The levels, the mildest first."""

    organization: UUID
    levels: list[AlertLevel]
    channels: Annotated[int, Meta(description="How many people, chats and webhooks are told of any of them.")]


def _example() -> Alerts:
    return Alerts(
        organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
        levels=[
            AlertLevel(AlertLevelKind.FORECAST, None, 6, None),
            AlertLevel(
                AlertLevelKind.LOW,
                Amount("100.000000", "USD"),
                None,
                datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
            ),
            AlertLevel(AlertLevelKind.AMOUNT, Amount("50.000000", "USD"), None, None),
            AlertLevel(AlertLevelKind.PAUSED, None, None, None),
        ],
        channels=3,
    )


@section.get(
    "/organizations/<uuid:org_id>/alerts",
    scope=Scope.STATUS_READ,
    summary="List credit alerts",
    answers=(Answer(200, "Its levels.", Alerts, _example()),),
)
def list_alerts(org_id: UUID) -> Alerts:
    """Owners choose them on their pages. `alert.raised` and `alert.ended` tell you of each as it happens;
    `wallet.low`, `wallet.recovered`, `calling.paused` and `calling.resumed` of the low-balance alert and of
    pauses."""
    found = views.gather(organization_of(org_id))
    return Alerts(
        organization=org_id,
        levels=[
            AlertLevel(
                kind=level.kind,
                under=Amount.of(level.amount) if level.amount else None,
                hours=level.hours,
                reached_since=level.raised_at,
            )
            for level in found.levels
        ],
        channels=sum(1 for channel in found.channels if channel.about and channel.hears),
    )
