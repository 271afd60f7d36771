"""`GET /organizations/{org_id}/forecast`: how long the credit lasts, and what will be spent until a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from app.api import problems
from app.api.amounts import Amount
from app.api.endpoints import Answer, Section
from app.api.organizations import organization_of
from app.api.problems import FieldError, ProblemError
from app.billing import forecast
from app.billing.forecast import Dryness, History, Spend
from app.clock import utc_now
from app.models import Organization
from app.money import Money
from app.people.tokens import Scope

section = Section("Forecasts", "How long an organization's credit lasts, from its own hours of the week.")

_AHEAD = timedelta(days=1)


class ForecastQuery(Struct, frozen=True, forbid_unknown_fields=True):
    """The end of the time whose spend is wanted."""

    until: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(
            description=f"The end of the time for `spend`, at most {forecast.FURTHEST.days} days ahead; 24 hours "
            "if omitted."
        ),
    ] = None


class DryView(Struct, frozen=True):
    """When available credit runs out: `about` then, between `earliest` and `latest`."""

    earliest: datetime | None
    about: datetime | None
    latest: datetime | None
    is_near: Annotated[
        bool,
        Meta(
            description="Whether it is time to notify people: `earliest` is within "
            f"{forecast.NOTICE // timedelta(hours=1)} hours."
        ),
    ]


class SpendView(Struct, frozen=True):
    """What will be spent from now until `until`: `about` that, between `low` and `high`."""

    until: datetime
    low: Amount
    about: Amount
    high: Amount


class ForecastView(Struct, frozen=True):
    """A forecast for available credit without a top-up."""

    organization: UUID
    available: Amount
    history: Annotated[
        History,
        Meta(
            description="`little`: less than a week since the first usage. `none_lately`: nothing was spent in "
            "90 days. With either there is no forecast."
        ),
    ]
    as_of: Annotated[
        datetime | None,
        Meta(description="When the usual week was last computed: each hour with usage, and daily."),
    ]
    dry: Annotated[
        DryView | None,
        Meta(
            description="Null without enough history. A time in it is null if it is more than "
            f"{forecast.FURTHEST.days} days ahead."
        ),
    ]
    spend: Annotated[SpendView | None, Meta(description="Null without enough history.")]
    right_of_ten: Annotated[
        int,
        Meta(
            description="Out of ten backtests, in how many the credit ran out between `earliest` and `latest`."
        ),
    ]


def _example() -> ForecastView:
    def at(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=UTC)

    return ForecastView(
        organization=UUID("01932c07-9a3e-7b61-8f0e-2d5d3c1b7a90"),
        available=Amount("362.440000", "USD"),
        history=History.ENOUGH,
        as_of=at(24, 9),
        dry=DryView(at(25, 17), at(26, 19), at(30, 15), is_near=False),
        spend=SpendView(
            at(25, 9), Amount("96.310000", "USD"), Amount("131.700000", "USD"), Amount("182.050000", "USD")
        ),
        right_of_ten=forecast.RIGHT_OF_TEN,
    )


@section.get(
    "/organizations/<uuid:org_id>/forecast",
    scope=Scope.ESTIMATES_READ,
    summary="Forecast how long credit lasts",
    query=ForecastQuery,
    answers=(Answer(200, "The forecast.", ForecastView, _example()),),
    problems=(problems.MALFORMED,),
)
def show_forecast(org_id: UUID, query: ForecastQuery) -> ForecastView:
    """From what the organization spent in each hour of its week in the last 7, 30 and 90 days, how its last
    hours differed from that, and its campaigns in progress. The week is that of the organization's time zone."""
    organization = organization_of(org_id)
    now = utc_now()
    until = now + _AHEAD if query.until is None else query.until.astimezone(UTC)
    if not now < until <= now + forecast.FURTHEST:
        detail = f"`until` must be in the future, and at most {forecast.FURTHEST.days} days ahead."
        raise ProblemError(
            problems.MALFORMED,
            "Invalid query parameters; see `errors`.",
            [FieldError(detail, parameter="until")],
        )
    return _view(organization, now, until)


def _view(organization: Organization, now: datetime, until: datetime) -> ForecastView:
    found = forecast.gather(organization, now)
    dry, profile = found.lasting.dryness, found.profile
    return ForecastView(
        organization=organization.id,
        available=Amount.of(found.available),
        history=found.lasting.history,
        as_of=found.lasting.as_of,
        dry=_dry(dry, now) if dry else None,
        spend=_spend(forecast.spend_until(profile, now, until), until, organization)
        if dry and profile
        else None,
        right_of_ten=forecast.RIGHT_OF_TEN,
    )


def _dry(dry: Dryness, now: datetime) -> DryView:
    return DryView(dry.earliest, dry.about, dry.latest, forecast.is_near(dry, now))


def _spend(spend: Spend, until: datetime, organization: Organization) -> SpendView:
    low, about, high = (
        Amount.of(Money(micro, organization.currency)) for micro in (spend.low, spend.about, spend.high)
    )
    return SpendView(until, low, about, high)
