"""A busy organization on a test clock: two campaigns, a front desk, a card that dies, an agent that runs away at night.

A week of it here; `make quarter` plays thirteen. Calling is never paused for want of credit while cards work, the cap
allows it, and no question waits for an answer. Every charge was announced before and is told after, and the books
agree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PaymentMethod, PlatformMessage, TopUp, TopUpStatus
from tests.support import busy_organization
from tests.support.auto_top_ups import top_ups
from tests.support.braking import emails_of, messages_of, stops
from tests.support.busy_organization import Busy
from tests.support.busy_weeks import WEEK, ZONE, a_quarter, a_week
from tests.support.money import assert_ledger_matches
from tests.support.moved_clock import moved_clock
from tests.support.sandbox import Sandbox, deliver_all

IS_QUARTER = "QUARTER" in os.environ


@pytest.fixture
def busy(app: Flask, sandbox: Sandbox) -> Iterator[Busy]:
    """All of it played, until now."""
    weeks = 13 if IS_QUARTER else 1
    monday = _monday(utc_now() - (weeks + 1) * WEEK)
    diary = a_quarter(monday) if IS_QUARTER else a_week(monday)
    with moved_clock(monday) as clock:
        played = busy_organization.begin(app, sandbox, clock, diary)
        played.play()
        deliver_all(app, sandbox)
        yield played


@pytest.mark.long
def test_busy_weeks(app: Flask, sandbox: Sandbox, busy: Busy) -> None:
    organization = busy.organization
    charged = top_ups(organization)
    assert len(charged) >= 3 * busy.diary.weeks
    assert {top_up.status for top_up in charged} == {TopUpStatus.SUCCEEDED}

    assert busy.unexcused == [], "calling was paused while cards worked"
    for pause in _pauses(organization):
        assert any(abs(at - pause) < timedelta(minutes=1) for at in busy.excused), pause

    for top_up in charged:
        announced = busy.announced[top_up.id]
        assert "the amount that brings it back to $300.00" in announced.sentence or _follows_an_answer(
            organization, top_up
        ), announced.sentence
        assert top_up.amount <= announced.most
        card = db.session.get_one(PaymentMethod, (organization.id, top_up.payment_method_id))
        assert card.label in announced.cards
    told = sorted(str(email["top_up_id"]) for email in emails_of(organization, "charge"))
    assert told == sorted(str(top_up.id) for top_up in charged)

    [stop] = stops(organization)
    assert stop.spenders[0]["name"] == "Overseas partners"
    assert any(one["name"] == "Zoe" for one in stop.spenders)
    assert len(emails_of(organization, "auto_top_up_stopped")) == 1
    used_cards = {top_up.payment_method_id for top_up in charged}
    assert used_cards == {card.id for card in busy.cards}, "the dead card's backup paid"

    assert_ledger_matches(organization, sandbox)
    said = app.test_cli_runner().invoke(args=["ledger", "check"]).output
    assert "Ledger OK" in said, said
    assert messages_of(organization, "auto_top_up.resumed")[0]["answer"] == "once"


def _monday(at: datetime) -> datetime:
    """Midnight of the Monday before, on the organization's clock."""
    local = at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return (local - timedelta(days=local.weekday())).astimezone(utc_now().tzinfo)


def _pauses(organization: Organization) -> list[datetime]:
    """When calling was paused."""
    db.session.rollback()
    query = db.select(PlatformMessage.happened_at).filter_by(org_id=organization.id, type="calling.paused")
    return list(db.session.scalars(query.order_by(PlatformMessage.position)))


def _follows_an_answer(organization: Organization, top_up: TopUp) -> bool:
    """Whether it was made because an owner has just said that it may."""
    return any(
        stop.answered_at is not None
        and timedelta() <= top_up.created_at - stop.answered_at < timedelta(minutes=5)
        for stop in stops(organization)
    )
