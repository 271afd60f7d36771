"""What the brake says before a charge."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from app.billing import audit
from app.billing.brake import checking, operators
from app.billing.brake.checking import STOPPED, Waiting
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.factories import an_organization, usd
from tests.support.auto_top_ups import use
from tests.support.braking import stops, usually_spends


def check(organization: Organization, amount: str = "80") -> Waiting | None:
    """As before a charge, and committed with it."""
    ledger.lock(organization.id)
    found = checking.check(organization, usd(amount), utc_now())
    db.session.commit()
    return found


def test_an_hour_like_the_others_is_charged(app: Flask) -> None:
    organization = an_organization(credit="500")
    usually_spends(organization, 20)
    use(organization, 55)
    assert check(organization) is None
    assert stops(organization) == []


def test_an_hour_out_of_the_band_stops_charges_and_stays_stopped_when_nothing_is_spent(app: Flask) -> None:
    organization = an_organization(credit="500")
    usually_spends(organization, 20)
    use(organization, 90)
    assert check(organization) == Waiting(STOPPED)
    [stop] = stops(organization)
    assert 89_000_000 < stop.spent_micro < 91_000_000
    assert (stop.usual_micro, stop.most_micro, stop.is_known) == (20_000_000, 60_000_000, True)
    stop.at -= timedelta(hours=5)
    db.session.commit()
    assert check(organization) == Waiting(STOPPED)
    assert len(stops(organization)) == 1


def test_below_the_floor_nothing_is_read_of_the_past(app: Flask) -> None:
    organization = an_organization(credit="500")
    usually_spends(organization, 1)
    use(organization, 20)
    assert check(organization) is None


def test_a_new_organization_may_spend_in_an_hour_what_one_charge_adds(app: Flask) -> None:
    organization = an_organization(credit="500")
    use(organization, 70)
    assert check(organization, "80") is None
    use(organization, 20, "e2")
    assert check(organization, "80") == Waiting(STOPPED)
    assert not stops(organization)[0].is_known


def test_an_operators_floor_is_the_organizations(app: Flask) -> None:
    organization = an_organization(credit="900")
    usually_spends(organization, 20)
    operators.allow(organization, audit.OPERATOR, per_hour=None, per_day=None, floor=usd("400"))
    db.session.commit()
    use(organization, 300)
    assert check(organization) is None


def test_another_organizations_past_says_nothing(app: Flask) -> None:
    usually_spends(an_organization(), 100)
    organization = an_organization(credit="500")
    usually_spends(organization, 20)
    use(organization, 90)
    assert check(organization) == Waiting(STOPPED)
