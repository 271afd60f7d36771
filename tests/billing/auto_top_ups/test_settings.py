"""Switched on and changed by owners who agree, each consent kept; off at any time; and by no one else."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.billing import catalog
from app.billing.auto_top_ups import settings
from app.billing.auto_top_ups.rows import consent_of, find_settings
from app.billing.auto_top_ups.settings import (
    AmountsDontFitError,
    CardDeclinedError,
    ChangedMeanwhileError,
    Wanted,
)
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError
from app.extensions import db
from app.models import (
    AuditEvent,
    AutoTopUpConsent,
    Mail,
    OffReason,
    Organization,
    PaymentMethod,
    Wallet,
)
from tests.factories import OWNER, a_card, a_payer, a_person, a_stripe_card, an_organization, usd
from tests.support.auto_top_ups import WORDS, let_pass, look, one_with, settings_of, switch_on, top_ups, use
from tests.support.sandbox import Sandbox, work_through
from tests.support.topping_up import pay


def wanted(*cards: PaymentMethod, version: int = 0, **amounts: str) -> Wanted:
    chosen = {"threshold": "20", "target": "100", "cap": "400"} | amounts
    return Wanted(
        usd(chosen["threshold"]),
        usd(chosen["target"]),
        usd(chosen["cap"]),
        tuple(card.id for card in cards),
        version,
    )


def agree(organization: Organization, choice: Wanted, words: str = WORDS) -> None:
    settings.agree(organization, choice, words, OWNER)


def consents(organization: Organization) -> list[AutoTopUpConsent]:
    db.session.rollback()
    query = db.select(AutoTopUpConsent).filter_by(org_id=organization.id).order_by(AutoTopUpConsent.at)
    return list(db.session.scalars(query))


def with_card(credit: str = "30") -> tuple[Organization, PaymentMethod]:
    organization = an_organization(credit=credit)
    return organization, a_card(organization)


class TestConsent:
    def test_who_when_and_the_exact_words_are_kept_with_the_settings(self, app: Flask) -> None:
        organization, card = with_card()
        agree(organization, wanted(card), "Charge my card.\nUntil I say stop.")
        [kept] = consents(organization)
        assert (kept.by, kept.address) == (OWNER.name, "127.0.0.1")
        assert kept.words == "Charge my card.\nUntil I say stop."
        assert kept.settings == {
            "threshold": "20.00",
            "target": "100.00",
            "cap": "400.00",
            "cards": ["Visa ending in 4242"],
        }
        assert consent_of(settings_of(organization)).id == kept.id

    def test_each_change_is_agreed_to_again_and_none_is_overwritten(self, app: Flask) -> None:
        organization, card = with_card()
        agree(organization, wanted(card))
        agree(organization, wanted(card, version=1, target="150"))
        assert [kept.settings["target"] for kept in consents(organization)] == ["100.00", "150.00"]
        query = db.select(AuditEvent.action).where(AuditEvent.action.startswith("auto_top_up"))
        assert list(db.session.scalars(query.order_by(AuditEvent.at))) == [
            "auto_top_up.switched_on",
            "auto_top_up.changed",
        ]

    @pytest.mark.parametrize(
        "statement", ["UPDATE auto_top_up_consent SET words = 'x'", "DELETE FROM auto_top_up_consent"]
    )
    def test_the_database_refuses_to_change_one(self, app: Flask, statement: str) -> None:
        organization, card = with_card()
        agree(organization, wanted(card))
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
            db.session.execute(db.text(statement))
        db.session.rollback()
        assert len(consents(organization)) == 1

    def test_owners_and_recipients_are_told(self, app: Flask) -> None:
        organization, card = with_card()
        a_person("owner@a.example", organization=organization)
        agree(organization, wanted(card))
        settings.turn_off(organization, OWNER)
        query = db.select(Mail.kind, Mail.recipient).order_by(Mail.created_at, Mail.id)
        assert [tuple(row) for row in db.session.execute(query)] == [
            ("auto_top_up_changed", "owner@a.example"),
            ("auto_top_up_off", "owner@a.example"),
        ]


class TestOff:
    def test_an_owner_turns_it_off_and_nothing_watches_any_more(self, app: Flask) -> None:
        organization, card = with_card()
        agree(organization, wanted(card))
        settings.turn_off(organization, OWNER)
        row = settings_of(organization)
        assert (row.is_on, row.off_reason) == (False, OffReason.OWNER)
        assert db.session.get_one(Wallet, organization.id).watch_micro is None
        settings.turn_off(organization, OWNER)
        assert settings_of(organization).version == row.version, "again changes nothing"

    def test_what_was_declined_and_is_still_open_is_canceled(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = one_with()
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        use(organization, 15)
        work_through(app)
        settings.turn_off(organization, OWNER)
        work_through(app)
        assert [one.status.value for one in top_ups(organization)] == ["canceled"]

    def test_one_that_was_never_on_stays_off(self, app: Flask) -> None:
        organization = an_organization()
        settings.turn_off(organization, OWNER)
        assert find_settings(organization.id) is None


class TestTwoOwnersAtTheSameTime:
    def test_the_second_changes_nothing_and_is_told(self, app: Flask) -> None:
        organization, card = with_card()
        agree(organization, wanted(card))
        agree(organization, wanted(card, version=1, cap="500"))
        with pytest.raises(ChangedMeanwhileError):
            agree(organization, wanted(card, version=1, cap="900"))
        assert settings_of(organization).cap_micro == usd("500").micro
        assert len(consents(organization)) == 2

    def test_also_where_the_first_turned_it_off(self, app: Flask) -> None:
        organization, card = with_card()
        agree(organization, wanted(card))
        settings.turn_off(organization, OWNER)
        with pytest.raises(ChangedMeanwhileError):
            agree(organization, wanted(card, version=1))
        assert not settings_of(organization).is_on


@pytest.mark.parametrize(
    ("amounts", "field", "is_least"),
    [
        ({"threshold": "0"}, "threshold", True),
        ({"threshold": "-5"}, "threshold", True),
        ({"target": "20"}, "target", True),
        ({"target": "24.99"}, "target", True),
        ({"target": "9999999"}, "target", False),
        ({"cap": "79.99"}, "cap", True),
        ({"cap": "99999999"}, "cap", False),
    ],
)
def test_amounts_fit_each_other(app: Flask, amounts: dict[str, str], field: str, is_least: bool) -> None:
    organization, card = with_card()
    with pytest.raises(AmountsDontFitError) as refused:
        agree(organization, wanted(card, **amounts))
    assert (refused.value.field, refused.value.is_least) == (field, is_least)
    assert find_settings(organization.id) is None


def test_the_most_of_a_month_is_the_daily_limit_of_each_day(app: Flask) -> None:
    assert settings.most_cap() == catalog.current().top_up.daily * 31


class TestCards:
    def test_another_organizations_card_is_unknown(self, app: Flask) -> None:
        organization, _ = with_card()
        _, others = with_card()
        with pytest.raises(CardNotUsableError):
            agree(organization, wanted(others))

    def test_at_least_one_and_each_once(self, app: Flask) -> None:
        organization, card = with_card()
        with pytest.raises(CardNotUsableError):
            agree(organization, wanted())
        agree(organization, wanted(card, card))
        assert consents(organization)[0].settings["cards"] == ["Visa ending in 4242"]
        unknown = Wanted(usd("20"), usd("100"), usd("400"), (uuid4(),), 1)
        with pytest.raises(CardNotUsableError):
            agree(organization, unknown)

    @pytest.mark.long
    def test_after_failures_a_card_has_to_work_first(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer(credit="30")
        switch_on(organization, card)
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        use(organization, 15)
        look(organization)
        for hours in (1, 6):
            let_pass(organization, hours)
            look(organization)
        version = settings_of(organization).version
        with pytest.raises(CardDeclinedError):
            agree(organization, wanted(card, version=version))
        other = a_stripe_card(organization, "pm_card_mastercard")
        sandbox.control.set_bank_answer(card.stripe_id, "default")
        pay(organization, card, "25")
        agree(organization, wanted(card, other, version=version))
        row = settings_of(organization)
        assert (row.is_on, row.off_reason, row.failures) == (True, None, 0)
        assert len(consents(organization)) == 2, "agreed again"


def test_a_card_that_is_saved_again_stays_in_the_order(app: Flask, sandbox: Sandbox) -> None:
    organization, card = one_with()
    again = a_stripe_card(organization)
    assert again.id != card.id
    assert [one.id for one in payment_methods.saved(organization.id)] == [again.id]
    use(organization, 15)
    work_through(app)
    assert [one.payment_method_id for one in top_ups(organization)] == [again.id]
