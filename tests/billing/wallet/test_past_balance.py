"""What the wallet had when each of the last days began, by the organization's clock; in the balance's own statement."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Flask

from app.billing.wallet import balance, past_balance
from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from tests.billing.wallet.lots.test_drawing import grant
from tests.factories import an_organization
from tests.support.metering import an_event, on_growth, take
from tests.support.statements import statements

ZONE = "Pacific/Auckland"


def past(organization: Organization) -> list[tuple[int, int]]:
    """Days ago that began with so many micro-units."""
    today = organization.local_day()
    found = balance.gather(organization, with_past=True).past
    assert {at.astimezone(ZoneInfo(organization.timezone)).hour for at, _ in found} <= {0}
    return [((today - at.date()).days, micro) for at, micro in found]


def test_each_day_begins_with_what_the_days_before_left(app: Flask) -> None:
    organization = on_growth(credit="0")
    now = utc_now()
    grant(organization, "paid", "50", now - timedelta(days=5))
    for days in (3, 1):
        when = now - timedelta(days=days)
        take(an_event(organization, f"call {days}", 700, meter="sms", when=when), now=when)
    found = dict(past(organization))
    assert set(found) == {4, 3, 2, 1, 0}, "none before the first movement"
    assert found[4] == found[3] == 50_000_000
    assert found[2] == found[1] < found[3]
    assert found[0] < found[1]
    assert found[0] == balance.gather(organization).posted.micro


def test_a_new_wallet_has_no_past(app: Flask) -> None:
    organization = an_organization(timezone=ZONE)
    assert past(organization) == []
    fresh = an_organization(timezone=ZONE)
    grant(fresh, "paid", "5", utc_now())
    assert past(fresh) == [], "today's movement is no balance of a day that began"


def test_it_is_read_with_the_balance_and_only_if_it_is_asked_for(app: Flask) -> None:
    organization = an_organization(credit="10")
    db.session.commit()
    with statements() as seen:
        assert balance.gather(organization).past == ()
        balance.gather(organization, with_past=True)
    assert len([one for one in seen if "wallet" in one]) == 2


def test_a_month_is_read(app: Flask) -> None:
    organization = an_organization()
    grant(organization, "paid", "5", utc_now() - timedelta(days=90))
    assert [days for days, _ in past(organization)] == [*range(past_balance.DAYS - 1, -1, -1)]
