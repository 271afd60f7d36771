"""Unusual top-ups: told immediately, once each, to all owners and recipients; usual ones to no one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.mail import outbox
from app.billing.topups import DailyLimitReachedError, limit_changes, unusual
from app.clock import utc_now
from app.extensions import db
from app.models import Mail, Organization, PaymentMethod, TopUpStatus
from tests.factories import OWNER, a_payer, a_person, a_stripe_card, usd
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.topping_up import begin, pay

BOOKS, DANA = "books@harbor.example", "dana@harbor.example"
Payer = tuple[Organization, PaymentMethod]


@pytest.fixture
def payer(app: Flask, sandbox: Sandbox) -> Payer:
    """An organization that has been there for months, with a card that has, too."""
    organization, card = a_payer()
    a_person(DANA, organization=organization)
    organization.billing_emails = [BOOKS]
    organization.created_at = card.created_at = utc_now() - timedelta(days=200)
    db.session.commit()
    return organization, card


def paid_before(payer: Payer, amount: str, *, days: int = 30) -> None:
    top_up = pay(*payer, amount)
    top_up.settled_at = top_up.claimed_at = utc_now() - timedelta(days=days)
    db.session.execute(db.delete(Mail))
    db.session.commit()


def told(reason: str) -> dict[str | None, str]:
    """Who was told for a reason, and what."""
    db.session.rollback()
    found = db.session.scalars(db.select(Mail).filter_by(kind="unusual_top_up"))
    return {
        mail.recipient: " ".join(outbox.as_read(mail).text.split())
        for mail in found
        if mail.facts["reason"] == reason
    }


class TestLarge:
    def test_all_owners_and_recipients_are_told_who_from_where_and_what_to_do(self, payer: Payer) -> None:
        paid_before(payer, "200")
        pay(*payer, "600.01")
        said = told("large")
        assert set(said) == {BOOKS, DANA}
        for words in (
            "The largest top-up of the last 90 days was $200.00.",
            "Amount: $600.01",
            "Card: Visa ending in 4242",
            "Started by: owner@test.example",
            "IP address: 127.0.0.1",
            "set the daily limit to zero",
        ):
            assert words in said[BOOKS]

    @pytest.mark.parametrize(("usual", "amount"), [("200", "600"), ("100", "500"), ("2000", "5000")])
    def test_what_is_usual_or_small_is_not_told(self, payer: Payer, usual: str, amount: str) -> None:
        paid_before(payer, usual)
        pay(*payer, amount)
        assert told("large") == {}

    def test_what_was_paid_long_ago_is_not_usual_any_more(self, payer: Payer) -> None:
        paid_before(payer, "2000", days=91)
        pay(*payer, "501")
        assert "There was no other top-up in the last 90 days." in told("large")[BOOKS]

    def test_in_its_first_week_nothing_is_unusual(self, payer: Payer) -> None:
        payer[0].created_at = utc_now() - timedelta(days=6)
        db.session.commit()
        pay(*payer, "5000")
        assert told("large") == told("new_card") == {}

    @pytest.mark.long
    def test_one_is_told_once_however_often_it_is_tried(
        self, app: Flask, sandbox: Sandbox, payer: Payer
    ) -> None:
        organization, card = payer
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        top_up_id = begin(organization, card, "900")
        for _ in range(2):
            assert topups.pay(organization, top_up_id, card.id, OWNER).status is TopUpStatus.DECLINED
        deliver_all(app, sandbox)
        assert db.session.query(Mail).filter_by(kind="unusual_top_up", recipient=BOOKS).count() == 1

    def test_what_was_only_reviewed_is_not_told(self, payer: Payer) -> None:
        begin(*payer, "900")
        assert told("large") == {}


def test_a_new_card_for_a_large_one_is_told(payer: Payer) -> None:
    organization, _ = payer
    paid_before(payer, "2000")
    new = a_stripe_card(organization, "pm_card_mastercard")
    pay(organization, new, "500")
    assert told("new_card") == {}
    pay(organization, new, "501")
    said = told("new_card")[DANA]
    assert "with a card that was added within the last 24 hours" in said
    assert "Card: Mastercard ending in 4444" in said


@pytest.mark.long
def test_a_burst_is_told_once_an_hour(payer: Payer) -> None:
    for _ in range(unusual.BURST):
        pay(*payer, "10")
    assert told("burst") == {}
    for _ in range(3):
        pay(*payer, "10")
    said = told("burst")[BOOKS]
    assert "Many top-ups within an hour 7 top-ups were paid or tried" in said
    assert db.session.query(Mail).filter_by(kind="unusual_top_up", recipient=BOOKS).count() == 1


class TestTheLimit:
    def test_it_is_told_once_that_it_was_reached(self, payer: Payer) -> None:
        organization, card = payer
        limit_changes.choose(organization, usd("200"), OWNER)
        db.session.commit()
        reviewed = begin(organization, card, "150")
        pay(organization, card, "100")
        for _ in range(2):
            with pytest.raises(DailyLimitReachedError):
                topups.pay(organization, reviewed, card.id, OWNER)
            with pytest.raises(DailyLimitReachedError):
                begin(organization, card, "150")
        assert "One more was stopped, and it wasn't charged." in told("limit")[DANA]
        assert db.session.query(Mail).filter_by(kind="unusual_top_up", recipient=DANA).count() == 1

    def test_a_single_one_that_is_too_large_for_it_is_a_mistake(self, payer: Payer) -> None:
        organization, card = payer
        limit_changes.choose(organization, usd("200"), OWNER)
        db.session.commit()
        with pytest.raises(DailyLimitReachedError):
            begin(organization, card, "250")
        assert told("limit") == {}
