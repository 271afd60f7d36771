"""Emails about cards that are about to expire: a month before and a week before, once each."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing.cards import expiry
from app.billing.mail import outbox
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, Organization, PaymentMethod
from tests.factories import a_card, an_organization, at


def a_card_until(month: int, organization: Organization | None = None, **changes: object) -> PaymentMethod:
    """A card that works until the end of a month of 2027."""
    card = a_card(organization or an_organization(), year=2027)
    card.exp_month = month
    for name, value in changes.items():
        setattr(card, name, value)
    db.session.commit()
    return card


def told_on(*days: str) -> list[str]:
    """How the cards' ends were told, when the job ran on these days."""
    for day in days:
        expiry.notify_all(at(f"2027-{day} 08:41"))
    db.session.rollback()
    mails = db.session.scalars(db.select(Mail).order_by(Mail.created_at, Mail.id))
    return [str(mail.facts["days_left"]) for mail in mails]


def test_a_card_is_told_about_a_month_before_and_a_week_before_its_last_day(app: Flask) -> None:
    a_card_until(4)
    assert told_on("03-30") == []
    assert told_on("03-31") == ["30"]
    assert told_on("04-01", "04-22") == ["30"]
    assert told_on("04-23") == ["30", "7"]
    assert told_on("04-24", "04-30", "05-01", "05-09") == ["30", "7"]


def test_days_on_which_the_job_did_not_run_are_made_up_for(app: Flask) -> None:
    a_card_until(4)
    assert told_on("04-05", "04-29") == ["25", "1"]


def test_a_card_saved_shortly_before_its_end_is_told_about_once(app: Flask) -> None:
    a_card_until(4)
    assert told_on("04-28", "04-29", "04-30") == ["2"]


def test_a_card_whose_bank_renewed_it_is_told_about_again_when_the_new_date_comes_near(app: Flask) -> None:
    card = a_card_until(4)
    assert told_on("04-10") == ["20"]
    card.exp_month = 8
    db.session.commit()
    assert told_on("04-25", "08-10") == ["20", "21"]


@pytest.mark.parametrize("changes", [{"is_kept": False, "is_default": False}, {"removed_at": utc_now()}])
def test_cards_that_no_one_keeps_are_not_told_about(app: Flask, changes: dict[str, object]) -> None:
    a_card_until(4, **changes)
    assert told_on("04-10", "04-28") == []


def test_the_day_is_the_organizations_own(app: Flask) -> None:
    a_card_until(4, an_organization(timezone="Pacific/Kiritimati"))
    # Fourteen hours ahead, it is the next day there at 19:00 UTC.
    expiry.notify_all(at("2027-03-30 19:00"))
    assert told_on() == ["30"]


def test_it_names_the_last_day(app: Flask) -> None:
    a_card_until(2)
    told_on("02-10")
    (mail,) = db.session.scalars(db.select(Mail))
    assert "expires Feb 28, 2027" in outbox.as_read(mail).subject
