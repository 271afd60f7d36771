"""An organization's cards: which one works, which can be chosen, which becomes the default, and no one else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import payment_methods
from app.billing.cards.payment_methods import CardNotUsableError, CardState
from app.clock import utc_now
from app.extensions import db
from app.ids import uuid7
from app.models import Organization, PaymentMethod, Wallet
from app.payments import cards
from tests.factories import OWNER, a_card, a_payer, a_stripe_card, an_organization, usd
from tests.support.sandbox import Sandbox, network_update

MASTERCARD = "pm_card_mastercard"


def until(year: int, month: int) -> PaymentMethod:
    """A card that expires with this month."""
    return PaymentMethod(brand="visa", last4="4242", exp_year=year, exp_month=month, is_default=False)


def saved(organization: Organization) -> list[str]:
    """The saved cards in order, the default marked."""
    found = payment_methods.saved(organization.id)
    return [f"{card.last4}{' default' if card.is_default else ''}" for card in found]


def version_of(organization: Organization) -> int:
    return db.session.get_one(Wallet, (organization.id,), populate_existing=True).version


class TestState:
    @pytest.mark.parametrize(
        ("today", "state"),
        [
            (date(2026, 12, 2), CardState.VALID),
            (date(2026, 12, 3), CardState.EXPIRES_SOON),
            (date(2027, 1, 31), CardState.EXPIRES_SOON),
            (date(2027, 2, 1), CardState.EXPIRED),
        ],
    )
    def test_it_works_to_the_end_of_the_month_printed_on_it(self, today: date, state: CardState) -> None:
        card = until(2027, 1)
        assert payment_methods.state_of(card, today) is state
        assert payment_methods.works(card, today) is (state is not CardState.EXPIRED)

    def test_december_ends_with_the_year(self) -> None:
        assert payment_methods.over_on(until(2026, 12)) == date(2027, 1, 1)

    def test_one_that_its_bank_gave_up_does_not_work_whatever_is_printed_on_it(self) -> None:
        card = until(2040, 1)
        card.failing_since = utc_now()
        assert payment_methods.state_of(card, date(2026, 1, 1)) is CardState.NOT_WORKING
        assert payment_methods.state_of(card, date(2040, 2, 1)) is CardState.EXPIRED


class TestNextDefault:
    TODAY = date(2026, 12, 15)

    def chosen(self, others: Sequence[PaymentMethod]) -> PaymentMethod | None:
        return payment_methods.next_default(others, self.TODAY)

    def test_the_newest_that_lasts(self) -> None:
        soon, newer, older = until(2027, 1), until(2030, 1), until(2040, 1)
        assert self.chosen([soon, newer, older]) is newer

    def test_one_that_expires_soon_rather_than_one_that_does_not_work(self) -> None:
        expired, soon = until(2026, 11), until(2027, 1)
        assert self.chosen([expired, soon]) is soon

    def test_one_that_does_not_work_rather_than_none(self) -> None:
        expired = until(2026, 11)
        assert self.chosen([expired]) is expired
        assert self.chosen([]) is None


class TestUsable:
    def test_another_organizations_card_is_not(self, app: Flask) -> None:
        card = a_card(an_organization())
        for card_id in (card.id, uuid7()):
            with pytest.raises(CardNotUsableError, match="no longer saved"):
                payment_methods.usable(an_organization(), card_id)

    def test_one_that_was_removed_is_not(self, app: Flask) -> None:
        organization = an_organization()
        card = a_card(organization)
        assert payment_methods.usable(organization, card.id) is card
        payment_methods.record_detached(organization.id, card.stripe_id)
        with pytest.raises(CardNotUsableError):
            payment_methods.usable(organization, card.id)

    def test_one_that_expired_or_failed_may_be_tried(self, app: Flask) -> None:
        organization = an_organization()
        card = a_card(organization, year=2020)
        card.failing_since = utc_now()
        db.session.commit()
        assert payment_methods.usable(organization, card.id) is card

    def test_one_that_is_not_kept_pays_its_own_top_up_only(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        own = topups.begin(organization, usd("50"), card.id, OWNER)
        other = topups.begin(organization, usd("50"), a_stripe_card(organization, MASTERCARD).id, OWNER)
        card.is_kept, card.is_default = False, False
        db.session.commit()
        assert payment_methods.usable(organization, card.id, entered_for=own) is card
        for top_up in (None, other):
            with pytest.raises(CardNotUsableError):
                payment_methods.usable(organization, card.id, entered_for=top_up)


class TestRecord:
    def test_a_second_time_changes_no_card_and_adds_nothing_to_the_trail(
        self, app: Flask, sandbox: Sandbox
    ) -> None:
        organization, card = a_payer()
        trail = db.select(db.func.count()).select_from(db.text("audit_event"))
        before = db.session.scalar(trail)
        again = payment_methods.record(organization, cards.fetch(card.stripe_id), OWNER)
        assert (again.id, saved(organization), db.session.scalar(trail)) == (
            card.id,
            ["4242 default"],
            before,
        )

    def test_a_new_expiry_is_a_new_chance_for_one_that_failed(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        before = cards.fetch(card.stripe_id)
        network_update(sandbox, card.stripe_id)
        after = cards.fetch(card.stripe_id)
        card.failing_since = utc_now()
        payment_methods.record(organization, before, OWNER)
        assert card.failing_since is not None, "nothing is new about it"
        payment_methods.record(organization, after, OWNER)
        assert (card.failing_since, card.exp_year) == (None, 2043)

    def test_one_that_was_removed_here_stays_removed(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        found = cards.fetch(card.stripe_id)
        payment_methods.record_detached(organization.id, card.stripe_id)
        payment_methods.record(organization, found, OWNER)
        assert saved(organization) == []

    def test_the_default_stays_while_it_works(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        a_stripe_card(organization, MASTERCARD)
        assert saved(organization) == ["4242 default", "4444"]
        card.exp_year = 2020
        db.session.commit()
        a_stripe_card(organization, "pm_card_amex")
        assert saved(organization) == ["0005 default", "4444", "4242"]

    def test_one_that_does_not_work_takes_no_default_away(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        found = cards.fetch(card.stripe_id)
        card.failing_since = utc_now()
        expired = replace(found, stripe_id="pm_old", fingerprint="old", last4="1111", exp_year=2020)
        payment_methods.record(organization, expired, OWNER)
        assert saved(organization)[0] == "4242 default"


class TestForget:
    def test_a_second_time_changes_nothing(self, app: Flask) -> None:
        organization = an_organization()
        card = a_card(organization)
        assert payment_methods.record_detached(organization.id, card.stripe_id)
        before, at = version_of(organization), card.removed_at
        assert not payment_methods.record_detached(organization.id, card.stripe_id)
        assert (version_of(organization), card.removed_at) == (before, at)

    def test_another_organizations_card_is_left_alone(self, app: Flask) -> None:
        organization, other = an_organization(), an_organization()
        card = a_card(organization)
        assert not payment_methods.record_detached(other.id, card.stripe_id)
        assert saved(organization) == ["4242 default"]

    def test_one_that_is_not_the_default_leaves_that_as_it_is(self, app: Flask) -> None:
        organization = an_organization()
        a_card(organization)
        payment_methods.record_detached(
            organization.id, a_card(organization, last4="1111", default=False).stripe_id
        )
        assert saved(organization) == ["4242 default"]


class TestCustomer:
    def test_it_is_made_once(self, app: Flask, sandbox: Sandbox) -> None:
        organization = an_organization()
        first, again = (payment_methods.customer_of(organization, email=None) for _ in range(2))
        assert first == again
        assert len(sandbox.stripe.v1.customers.list().data) == 1

    def test_a_deleted_one_is_forgotten_once_with_its_cards(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = a_payer()
        gone = organization.stripe_customer_id or ""
        assert payment_methods.record_customer_deleted(organization, gone)
        assert not payment_methods.record_customer_deleted(organization, gone)
        assert (saved(organization), organization.former_customer_ids) == ([], [gone])
        db.session.commit()
        assert payment_methods.customer_of(organization, email=None) != gone


def test_a_list_ends_where_pages_do(app: Flask) -> None:
    organization = an_organization()
    for _ in range(payment_methods.MOST + 1):
        a_card(organization, default=False)
    assert len(payment_methods.list_cards(organization)) == payment_methods.MOST
    assert payment_methods.list_cards(an_organization()) == []


def test_a_choice_says_what_may_be_wrong_with_a_card(app: Flask) -> None:
    organization = an_organization()
    card = a_card(organization)
    today = organization.local_day()

    def choice() -> str:
        return payment_methods.card_view(card, today).choice

    assert choice() == "Visa ending in 4242, expires 12/2040 (default)"
    card.failing_since = utc_now()
    assert choice() == "Visa ending in 4242, not working: declined by its bank (default)"
    card.exp_year = (today - timedelta(days=400)).year
    assert choice() == f"Visa ending in 4242, expired 12/{card.exp_year} (default)"
