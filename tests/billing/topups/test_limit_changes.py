"""The daily limit changed by owners and operators: lower immediately, higher after a day, and never quietly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing.topups import DailyLimitReachedError, daily_limits, limit_changes
from app.billing.topups.limit_changes import LimitTooHighError
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, DailyLimit, Mail, Organization
from app.pages.activity import wording
from tests.factories import OWNER, a_payer, a_person, an_organization, usd
from tests.support.sandbox import Sandbox
from tests.support.topping_up import begin


def choose(organization: Organization, amount: str) -> daily_limits.LimitInForce:
    chosen = limit_changes.choose(organization, usd(amount), OWNER)
    db.session.commit()
    return chosen


def test_a_lower_one_applies_immediately(app: Flask) -> None:
    organization = an_organization()
    assert choose(organization, "500").limit == usd("500")
    assert daily_limits.gather(organization.id).left == usd("500")


def test_a_higher_one_takes_a_day(app: Flask) -> None:
    organization = an_organization()
    choose(organization, "500")
    raised = choose(organization, "2000")
    assert (raised.limit, raised.raised) == (usd("500"), usd("2000"))
    now = utc_now()
    for hours, limit in ((23, "500"), (25, "2000")):
        found = daily_limits.in_force(organization.id, now + timedelta(hours=hours))
        assert found.limit == usd(limit)


def test_lowering_it_again_cancels_the_raise(app: Flask) -> None:
    organization = an_organization()
    for amount in ("500", "2000", "500"):
        choose(organization, amount)
    later = daily_limits.in_force(organization.id, utc_now() + timedelta(days=9))
    assert (later.limit, later.raised) == (usd("500"), None)


def test_a_raise_that_took_effect_is_what_the_next_change_starts_from(app: Flask) -> None:
    organization = an_organization()
    for amount in ("500", "2000"):
        choose(organization, amount)
    row = db.session.get_one(DailyLimit, organization.id)
    row.raised_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    raised = choose(organization, "3000")
    assert (raised.limit, raised.raised) == (usd("2000"), usd("3000"))


def test_each_raise_begins_to_wait_again(app: Flask) -> None:
    organization = an_organization()
    choose(organization, "500")
    first, second = choose(organization, "2000"), choose(organization, "3000")
    assert first.raised_at and second.raised_at
    assert second.raised_at > first.raised_at
    assert second.limit == usd("500")


def test_zero_stops_all_top_ups(app: Flask, sandbox: Sandbox) -> None:
    organization, card = a_payer()
    choose(organization, "0")
    with pytest.raises(DailyLimitReachedError):
        begin(organization, card, "10")


def test_no_owner_exceeds_the_catalog(app: Flask) -> None:
    with pytest.raises(LimitTooHighError):
        choose(an_organization(), "10000.01")


def test_an_operator_allows_more_and_takes_it_back(app: Flask) -> None:
    organization = an_organization()
    assert limit_changes.allow(organization, usd("50000"), OWNER).limit == usd("50000")
    choose(organization, "20000")
    assert limit_changes.allow(organization, None, OWNER).limit == usd("10000")


def test_what_an_owner_lowered_stays_whatever_operators_allow(app: Flask) -> None:
    organization = an_organization()
    choose(organization, "500")
    assert limit_changes.allow(organization, usd("50000"), OWNER).limit == usd("500")


def test_every_owner_and_every_recipient_is_told(app: Flask) -> None:
    organization = an_organization()
    for email in ("dana@harbor.example", "eli@harbor.example"):
        a_person(email, organization=organization)
    organization.billing_emails = ["books@harbor.example", "Dana@harbor.example"]
    choose(organization, "500")
    choose(organization, "500")
    told = db.session.scalars(db.select(Mail.recipient).filter_by(kind="daily_limit_changed"))
    assert sorted(told) == ["Dana@harbor.example", "books@harbor.example", "eli@harbor.example"]


def test_the_audit_trail_says_from_what_to_what_and_when(app: Flask) -> None:
    organization = an_organization()
    for amount in ("500", "2000"):
        choose(organization, amount)
    changed = db.select(AuditEvent).filter_by(action="daily_limit.changed")
    entries = db.session.scalars(changed.order_by(AuditEvent.id))
    assert [wording.find_wording(one.action).detail(one) for one in entries] == [
        "From $10,000.00 to $500.00",
        "From $500.00 to $2,000.00, after 24 hours",
    ]
