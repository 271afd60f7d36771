"""The monthly cap: counted by the organization's own months, whatever comes late or moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.auto_top_ups import monthly_cap
from app.billing.wallet import ledger
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, Organization
from tests.factories import OWNER, a_payer, a_person, an_organization, at, give_credit, usd
from tests.support.auto_top_ups import amounts, look, settings_of, switch_on, top_ups, use
from tests.support.money import assert_ledger_matches
from tests.support.sandbox import Sandbox, work_through


def told(organization: Organization) -> list[int]:
    """The levels that people were told of."""
    db.session.rollback()
    query = db.select(Mail.facts).filter_by(org_id=organization.id, kind="auto_top_up_cap")
    return [facts["level"] for facts in db.session.scalars(query.order_by(Mail.created_at, Mail.id))]


def capped(cap: str) -> Organization:
    organization, card = a_payer(credit="30")
    a_person(organization=organization)
    switch_on(organization, card, cap=cap)
    return organization


@pytest.mark.parametrize(
    ("when", "zone", "month", "next_at"),
    [
        ("2026-11-30 23:30", "UTC", date(2026, 11, 1), "2026-12-01 00:00"),
        ("2026-11-30 23:30", "Europe/Berlin", date(2026, 12, 1), "2026-12-31 23:00"),
        ("2026-12-01 03:00", "America/New_York", date(2026, 11, 1), "2026-12-01 05:00"),
        ("2026-12-31 12:00", "UTC", date(2026, 12, 1), "2027-01-01 00:00"),
    ],
)
def test_a_month_is_the_organizations_own(
    app: Flask, when: str, zone: str, month: date, next_at: str
) -> None:
    organization = an_organization(timezone=zone)
    assert monthly_cap.month_of(organization, at(when)) == month
    assert monthly_cap.next_month_at(organization, at(when)) == at(next_at)


@pytest.mark.parametrize(
    ("charged", "level"),
    [("0", None), ("79.99", None), ("80", 80), ("89.99", 80), ("90", 90), ("100", 100), ("120", 100)],
)
def test_levels(charged: str, level: int | None) -> None:
    assert monthly_cap.level_of(usd(charged), usd("100")) == level


@pytest.mark.long
def test_reached_in_the_middle_of_a_gap_it_charges_what_is_left_and_then_nothing(
    app: Flask, sandbox: Sandbox
) -> None:
    organization = capped("120")
    use(organization, 15)
    work_through(app)
    use(organization, 90, "e2")
    work_through(app)
    assert amounts(organization) == [("85.01", "succeeded"), ("34.99", "succeeded")]
    use(organization, 30, "e3")
    work_through(app)
    assert sum(charge.amount for charge in sandbox.charges()) == 12000
    row = settings_of(organization)
    assert (row.is_on, row.refused_for, row.failures) == (True, "monthly_cap", 0)
    assert row.next_try_at == monthly_cap.next_month_at(organization, utc_now())
    assert told(organization) == [100]
    assert_ledger_matches(organization, sandbox)


@pytest.mark.long
def test_each_level_is_told_once_a_month(app: Flask, sandbox: Sandbox) -> None:
    organization = capped("100")
    use(organization, 15)
    work_through(app)
    use(organization, 81, "e2")
    work_through(app)
    look(organization)
    assert told(organization) == [80, 100]


@pytest.mark.long
def test_a_new_month_makes_room(app: Flask, sandbox: Sandbox) -> None:
    organization = capped("100")
    use(organization, 15)
    work_through(app)
    use(organization, 85, "e2")
    work_through(app)
    use(organization, 10, "e3")
    work_through(app)
    assert settings_of(organization).refused_for == "monthly_cap"
    for top_up in top_ups(organization):
        assert top_up.auto_month is not None
        top_up.auto_month = (top_up.auto_month - timedelta(days=1)).replace(day=1)
    db.session.commit()
    look(organization)
    assert len(top_ups(organization)) == 3
    assert settings_of(organization).refused_for is None


@pytest.mark.long
def test_a_change_of_zone_moves_no_charge_to_another_month(app: Flask, sandbox: Sandbox) -> None:
    organization = capped("100")
    use(organization, 15)
    work_through(app)
    before = [top_up.auto_month for top_up in top_ups(organization)]
    ledger.change_zone(organization, "Pacific/Kiritimati")
    db.session.commit()
    assert [top_up.auto_month for top_up in top_ups(organization)] == before
    month = before[0]
    assert month is not None
    assert monthly_cap.used(organization.id, month, "USD") == usd("85.01")


def test_what_is_under_way_counts_and_what_was_declined_does_not(app: Flask, sandbox: Sandbox) -> None:
    organization = capped("100")
    sandbox.fail("POST /v1/payment_intents", "drop_after", times=3)
    use(organization, 15)
    look(organization)
    sandbox.clear_faults()
    month = monthly_cap.month_of(organization, utc_now())
    assert monthly_cap.used(organization.id, month, "USD") == usd("85.01")
    assert monthly_cap.settled(organization.id, month, "USD") == usd("0")
    [top_up] = top_ups(organization)
    topups.recover(organization.id, top_up.id)
    assert monthly_cap.settled(organization.id, month, "USD") == usd("85.01")


def test_a_persons_top_ups_do_not_count(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    topups.pay(organization, topups.begin(organization, usd("50"), card.id, OWNER).id, card.id, OWNER)
    give_credit(organization, "1")
    month = monthly_cap.month_of(organization, utc_now())
    assert monthly_cap.used(organization.id, month, "USD") == usd("0")
