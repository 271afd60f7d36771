"""Organizations in every situation that their version of the catalog can be in, each with the plan that is its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from flask import Flask

from app.billing.subscriptions import suspension
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from app.money import Money
from tests.factories import an_organization, usd
from tests.support import subscriptions
from tests.support.subscriptions import Period
from tests.support.versions import announce_newer, offer_newer


@dataclass(frozen=True)
class Own:
    """What an organization's plan is: what it pays a month, and what it gets."""

    price: Money
    yearly: Money | None
    agents: int
    seconds: int
    tokens: Money
    """What a million of model tokens costs, beyond the allowance (there is none)."""
    feature: str


GROWTH_1 = Own(usd("99"), usd("990"), 10, 120_000, usd("9.50"), "Call transfer")
GROWTH_2 = Own(usd("109"), usd("1090"), 8, 60_000, usd("11.50"), "Warm transfer")
GROWTH_ANNOUNCED = Own(usd("99"), usd("990"), 8, 60_000, usd("11.50"), "Warm transfer")
STARTER_1 = Own(usd("0"), None, 1, 3_000, usd("12"), "One agent")
STARTER_2 = Own(usd("0"), None, 3, 1_200, usd("14"), "Three agents")


def growing(*, since: timedelta = timedelta(days=5)) -> Organization:
    organization = an_organization(credit="1000")
    day = organization.local_day() - since
    subscriptions.subscribe(organization, "growth", period=Period(day, day + relativedelta(months=1)))
    db.session.commit()
    return organization


def fail_renewal(organization: Organization, *, ago: timedelta) -> None:
    subscriptions.record_failed_renewal(organization, at=utc_now() - ago, failure="generic_decline")
    db.session.commit()


def the_same(app: Flask) -> tuple[Organization, Own]:
    return growing(), GROWTH_1


def newer_on_offer(app: Flask) -> tuple[Organization, Own]:
    organization = growing()
    offer_newer(app)
    return organization, GROWTH_1


def chosen_since(app: Flask) -> tuple[Organization, Own]:
    offer_newer(app)
    return growing(), GROWTH_2


def announced(app: Flask) -> tuple[Organization, Own]:
    organization = growing()
    announce_newer(app, ago=timedelta(hours=1))
    return organization, GROWTH_ANNOUNCED


def announced_for_later(app: Flask) -> tuple[Organization, Own]:
    organization = growing()
    announce_newer(app, ago=-timedelta(days=3))
    return organization, GROWTH_1


def announced_before_it_was_chosen(app: Flask) -> tuple[Organization, Own]:
    announce_newer(app, ago=timedelta(days=30))
    return growing(), GROWTH_2


def free(app: Flask) -> tuple[Organization, Own]:
    organization = an_organization(credit="1000")
    offer_newer(app)
    return organization, STARTER_1


def free_and_announced(app: Flask) -> tuple[Organization, Own]:
    organization = an_organization(credit="1000")
    announce_newer(app, ago=timedelta())
    return organization, STARTER_2


def past_due(app: Flask) -> tuple[Organization, Own]:
    organization = growing()
    offer_newer(app)
    fail_renewal(organization, ago=timedelta(days=1))
    return organization, GROWTH_1


def suspended(app: Flask) -> tuple[Organization, Own]:
    organization = growing(since=timedelta(days=20))
    offer_newer(app)
    fail_renewal(organization, ago=timedelta(days=12))
    return organization, STARTER_1


def suspended_and_noted(app: Flask) -> tuple[Organization, Own]:
    organization, own = suspended(app)
    assert suspension.suspend_overdue() == 1
    return organization, own


def announced_then_suspended(app: Flask) -> tuple[Organization, Own]:
    organization = growing(since=timedelta(days=40))
    announce_newer(app, ago=timedelta(days=20))
    fail_renewal(organization, ago=timedelta(days=12))
    return organization, STARTER_2


def announced_then_suspended_and_noted(app: Flask) -> tuple[Organization, Own]:
    organization, own = announced_then_suspended(app)
    assert suspension.suspend_overdue() == 1
    return organization, own


SITUATIONS = [
    the_same,
    newer_on_offer,
    chosen_since,
    announced,
    announced_for_later,
    announced_before_it_was_chosen,
    free,
    free_and_announced,
    past_due,
    suspended,
    suspended_and_noted,
    announced_then_suspended,
    announced_then_suspended_and_noted,
]
