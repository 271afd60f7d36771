"""`/organizations/{org_id}/alerts`: the levels of credit that an organization's people get alerts about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import problems
from app.api.amounts import Amount
from app.api.caller import current_actor
from app.api.endpoints import Answer, Body, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing.alerts import levels, settings, views
from app.billing.alerts.settings import Wanted
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.models import AlertLevelKind, Organization
from app.money import MICRO, Money, smallest_unit
from app.people.tokens import Scope

section = Section("Alerts", "Levels of credit that people get alerts about, and which of them are reached.")

ALERTS_CHANGED = problems.Kind(
    "alerts-changed",
    409,
    "Someone else changed the levels",
    "The levels aren't those of the `version` that you sent: an owner or another program has changed them since you "
    "read them. Nothing was changed.",
    "Read them again, and decide whether to replace them.",
)
_PATH = "/organizations/<uuid:org_id>/alerts"
_HOURS = ", ".join(map(str, levels.HOURS))


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


Version = Annotated[
    str, Meta(max_length=64, description="Another one for other levels.", examples=["5d41402abc4b2a76"])
]


class LevelsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """All levels, as they are to be. A pause of calling is always one of them."""

    low: Annotated[
        Amount | None,
        Meta(description="The low-balance alert, as in `wallet.low`; null switches it off."),
    ]
    amounts: Annotated[
        list[Amount], Meta(max_length=levels.MOST_AMOUNTS, description="Further amounts, besides `low`.")
    ] = []
    hours: Annotated[
        list[int],
        Meta(description=f"Forecasts, credit may run out within so many hours: any of {_HOURS}."),
    ] = []
    version: Annotated[
        Version | None,
        Meta(description="What you read: other levels by now are left as they are, with `alerts-changed`."),
    ] = None


class Alerts(Struct, frozen=True):
    """The levels, the mildest first."""

    organization: UUID
    version: Version
    levels: list[AlertLevel]
    channels: Annotated[
        int, Meta(description="How many people, chats and webhooks get alerts about any of them.")
    ]


def _example() -> Alerts:
    return Alerts(
        organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
        version="5d41402abc4b2a76",
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
    _PATH,
    scope=Scope.STATUS_READ,
    summary="List credit alerts",
    answers=(Answer(200, "Its levels.", Alerts, _example()),),
)
def list_alerts(org_id: UUID) -> Alerts:
    """Owners choose them on their pages, and you with `PUT`. `alert.raised` and `alert.ended` tell you of each as it
    happens; `wallet.low`, `wallet.recovered`, `calling.paused` and `calling.resumed` of the low-balance alert and of
    pauses."""
    return _view(organization_of(org_id))


_BODY = LevelsBody(
    low=Amount("100.000000", "USD"),
    amounts=[Amount("50.000000", "USD")],
    hours=[6],
    version="5d41402abc4b2a76",
)


@section.put(
    _PATH,
    scope=Scope.ALERTS_WRITE,
    summary="Set the levels of credit alerts",
    body=Body(LevelsBody, _BODY),
    answers=(Answer(200, "The levels, as they are now.", Alerts, _example()),),
    problems=(ALERTS_CHANGED,),
)
def put_alerts(org_id: UUID, body: LevelsBody) -> Alerts:
    """Repeating the same request changes nothing. Billing email recipients get alerts about new levels; owners choose
    who else does, and where, on their pages. The alert about a level that credit has already reached is sent now.
    Owners see in their activity that your token did it."""
    organization = organization_of(org_id)
    wanted = _wanted(organization, body)
    try:
        settings.set_levels(organization, wanted, current_actor(), seen=body.version, tells_recipients=True)
    except ChangedMeanwhileError:
        raise ProblemError(ALERTS_CHANGED, "The levels have changed since you read them.") from None
    return _view(organization)


def _wanted(organization: Organization, body: LevelsBody) -> Wanted:
    low = _amount(organization, body.low, "/low") if body.low is not None else None
    amounts = tuple(_amount(organization, one, f"/amounts/{at}") for at, one in enumerate(body.amounts))
    for at, amount in enumerate(amounts):
        if amount == low or amount in amounts[:at]:
            raise _invalid("This amount is already there.", f"/amounts/{at}")
    for at, hours in enumerate(body.hours):
        if hours not in levels.HOURS:
            raise _invalid(f"One of {_HOURS}.", f"/hours/{at}")
    return Wanted(low, amounts, tuple(body.hours))


def _amount(organization: Organization, amount: Amount, pointer: str) -> Money:
    found = amount.money
    if found.currency != organization.currency:
        raise _invalid(f"The wallet is in {organization.currency}.", pointer)
    if not 0 < found.micro <= levels.FURTHEST * MICRO or found.micro % smallest_unit(found.currency):
        most = f"{levels.FURTHEST:,}"
        raise _invalid(f"An amount above zero, up to {most}, in whole smallest units.", pointer)
    return found


def _invalid(detail: str, pointer: str) -> ProblemError:
    return ProblemError(
        problems.INVALID,
        "Request body failed validation; see `errors`.",
        [FieldError(detail, pointer=pointer)],
    )


def _view(organization: Organization) -> Alerts:
    found = views.gather(organization)
    return Alerts(
        organization=organization.id,
        version=found.version,
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
