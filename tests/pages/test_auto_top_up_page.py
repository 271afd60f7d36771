"""Auto top-up on its page: agreed to in exactly the words shown, with one sentence about what comes next."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.billing.auto_top_ups import settings
from app.billing.brake import answering
from app.extensions import db
from app.models import AutoTopUp, AutoTopUpConsent, BrakeAnswer, OffReason
from app.pages.auto_top_up.wording import CONSENT
from tests.factories import OWNER, a_stripe_card, give_credit
from tests.support.auto_top_ups import (
    let_pass,
    look,
    settings_of,
    switch_on,
    the_settings,
    top_ups,
    use,
)
from tests.support.braking import the_stop, usually_spends
from tests.support.browsing import HTMX, text_of
from tests.support.confirming import minutes_pass
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, work_through
from tests.support.statements import statements

PAGE = "/billing/wallet/auto-top-up"
POLL = "/billing/live/wallet"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    made = Owner(app)
    give_credit(made.organization, "60")
    return made


def agree(owner: Owner, **changes: str) -> TestResponse:
    fields = {
        "threshold": "20",
        "target": "100",
        "cap": "400",
        "card": str(owner.card.id),
        "backup": "",
        "second_backup": "",
        "agreed": "yes",
        "version": "0",
    }
    return owner.post(PAGE, {name: value for name, value in (fields | changes).items() if value is not None})


class TestAgreeing:
    def test_it_is_off_until_an_owner_agrees_to_the_words_shown(self, owner: Owner) -> None:
        before = text_of(owner.get(PAGE))
        assert "It's off until you turn it on. No card is charged automatically." in before
        assert CONSENT in before
        assert agree(owner).status_code == 303
        after = text_of(owner.get(PAGE))
        assert (
            "When your available credit falls below $20.00, we charge Visa ending in 4242 the amount that brings it "
            "back to $100.00: about $80.00, at most $400.00 in"
        ) in after
        [kept] = db.session.scalars(db.select(AutoTopUpConsent))
        assert (kept.words, kept.by) == (CONSENT, owner.email)
        assert f"Agreed by {owner.email} on" in after
        assert "Agreed to auto top-up" in owner.reads("/billing/activity")

    def test_without_the_box_nothing_is_turned_on(self, owner: Owner) -> None:
        refused = agree(owner, agreed="")
        assert refused.status_code == 422
        assert "Check the box to agree." in text_of(refused)
        assert the_settings(owner.organization) is None

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"threshold": "abc"}, "amount"),
            ({"threshold": "0"}, "Enter $0.01 or more."),
            ({"target": "25"}, "Enter $30.00 or more."),
            ({"cap": "50"}, "Enter $80.00 or more."),
            ({"card": ""}, "Choose a card."),
            ({"card": "x"}, "Choose a card."),
            ({"backup": "01900000-0000-7000-8000-000000000001"}, "no longer saved"),
        ],
    )
    def test_every_error_says_what_to_enter_and_keeps_what_was_typed(
        self, owner: Owner, changes: dict[str, str], says: str
    ) -> None:
        refused = agree(owner, **changes)
        assert refused.status_code == 422
        assert says in text_of(refused)
        name, value = next(iter(changes.items()))
        assert name in {"card", "backup"} or f'value="{value}"' in refused.text
        assert the_settings(owner.organization) is None

    def test_it_is_asked_who_it_is(self, owner: Owner) -> None:
        minutes_pass()
        assert "Confirm it's you to change auto top-up" in text_of(agree(owner))
        assert the_settings(owner.organization) is None

    def test_two_owners_at_the_same_time_lose_nothing(self, owner: Owner) -> None:
        agree(owner)
        agree(owner, version="1", target="150")
        late = agree(owner, version="1", cap="900")
        assert late.status_code == 422
        said = text_of(late)
        assert "Someone else changed this in the meantime" in said
        assert f"{owner.email} changed auto top-up on" in said
        assert (
            "below $20.00, refill to $150.00, at most $400.00 a month, charged to Visa ending in 4242" in said
        )
        assert 'value="900"' in late.text, "the entries of the second are still there"
        assert settings_of(owner.organization).cap_micro == 400_000_000
        assert agree(owner, version="2", cap="900").status_code == 303
        assert settings_of(owner.organization).cap_micro == 900_000_000

    def test_cards_are_charged_in_the_chosen_order(self, owner: Owner) -> None:
        backup = a_stripe_card(owner.organization, "pm_card_mastercard")
        agree(owner, card=str(backup.id), backup=str(owner.card.id))
        assert "we charge Mastercard ending in 4444" in owner.reads(PAGE)


class TestState:
    def on(self, owner: Owner, **options: Any) -> AutoTopUp:
        return switch_on(owner.organization, owner.card, **options)

    def test_turned_off_in_one_step(self, owner: Owner) -> None:
        self.on(owner)
        minutes_pass()
        assert owner.post(f"{PAGE}/off").status_code == 303
        assert settings_of(owner.organization).off_reason is OffReason.OWNER
        assert "An owner turned it off. No card is charged automatically." in owner.reads(PAGE)

    @pytest.mark.long
    def test_what_was_charged_and_declined_is_listed(
        self, app: Flask, owner: Owner, sandbox: Sandbox
    ) -> None:
        self.on(owner)
        use(owner.organization, 45)
        work_through(app)
        sandbox.control.set_bank_answer(owner.card.stripe_id, "declines")
        use(owner.organization, 90, "e2")
        look(owner.organization)
        said = owner.reads(PAGE)
        assert "Declined. The bank declined this payment without giving a reason." in said
        assert "Visa ending in 4242 Paid $85.01" in said
        assert "The last try failed, and nothing was charged. We'll try again on" in said
        assert "On, but the last try failed, and nothing was charged. We'll try again on" in owner.reads(
            "/billing/wallet"
        )

    def test_a_payment_that_the_bank_asks_about_leads_to_it(
        self, app: Flask, owner: Owner, sandbox: Sandbox
    ) -> None:
        self.on(owner)
        sandbox.control.set_bank_answer(owner.card.stripe_id, "asks")
        use(owner.organization, 45)
        look(owner.organization)
        [top_up] = top_ups(owner.organization)
        page = owner.get(PAGE)
        assert "Your bank requires an extra check for a payment. Confirm the payment" in text_of(page)
        assert f"/billing/wallet/top-ups/{top_up.id}" in page.text
        assert owner.pay(f"/billing/wallet/top-ups/{top_up.id}").status_code == 303

    @pytest.mark.long
    def test_a_cap_that_is_used_up_says_until_when(self, app: Flask, owner: Owner) -> None:
        self.on(owner, cap="80")
        use(owner.organization, 45)
        work_through(app)
        use(owner.organization, 80, "e2")
        work_through(app)
        said = owner.reads(PAGE)
        assert "No card is charged now. The monthly limit is used up. The next charge is possible on" in said
        assert "The monthly limit is used up." in owner.reads("/billing/wallet")

    def test_after_failures_it_says_why_and_what_to_do(self, app: Flask, owner: Owner) -> None:
        self.on(owner)
        row = settings_of(owner.organization)
        row.is_on, row.off_reason = False, OffReason.FAILURES
        db.session.commit()
        assert "turned off because three tries in a row failed" in owner.reads(PAGE)


def test_without_a_card_it_leads_to_adding_one(owner: Owner) -> None:
    owner.card.removed_at = owner.card.created_at
    db.session.commit()
    said = owner.reads(PAGE)
    assert "Auto top-up charges a saved card, and you don't have one. Add a card" in said
    assert "Turn on auto top-up" in said


def test_the_wallet_and_the_overview_say_how_it_stands(owner: Owner) -> None:
    for page in ("/billing/wallet", "/billing"):
        assert "Off. No card is charged automatically." in owner.reads(page)
    switch_on(owner.organization, owner.card)
    for page in ("/billing/wallet", "/billing"):
        assert "On: below $20.00, a card is charged to refill to $100.00." in owner.reads(page)


class TestThePollOfTheWallet:
    """What the Wallet page says of it comes to open pages, also what others change."""

    def see(self, owner: Owner, said: str) -> None:
        """The next poll brings these words, and the one after it nothing."""
        answer = owner.get(POLL, headers=HTMX | {"HX-PTag": self.shown})
        assert answer.status_code == 200
        assert said in text_of(answer)
        self.shown = answer.headers["HX-PTag"]
        assert owner.get(POLL, headers=HTMX | {"HX-PTag": self.shown}).status_code == 304

    @pytest.mark.long
    def test_on_charging_failed_and_off(self, app: Flask, owner: Owner, sandbox: Sandbox) -> None:
        organization, card = owner.organization, owner.card
        self.shown = "0"
        self.see(owner, "Off. No card is charged automatically.")
        switch_on(organization, card)
        self.see(owner, "On: below $20.00, a card is charged to refill to $100.00.")
        use(organization, 45)
        self.see(owner, "On: credit is below $20.00, so a card is charged now to refill to $100.00.")
        work_through(app)
        self.see(owner, "On: below $20.00, a card is charged to refill to $100.00.")
        sandbox.control.set_bank_answer(card.stripe_id, "declines")
        use(organization, 85, "e2")
        work_through(app)
        self.see(owner, "On, but the last try failed, and nothing was charged. We'll try again on")
        for _ in range(2):
            let_pass(organization, 7)
            look(organization)
        self.see(owner, "Off. It was turned off because three tries in a row failed.")

    @pytest.mark.long
    def test_a_limit_that_is_used_up_and_credit_that_comes_otherwise(self, app: Flask, owner: Owner) -> None:
        organization = owner.organization
        switch_on(organization, owner.card, cap="80")
        use(organization, 45)
        work_through(app)
        use(organization, 80, "e2")
        self.shown = "0"
        self.see(owner, "On: credit is below $20.00")
        work_through(app)
        self.see(
            owner,
            "On, but no card is charged now. The monthly limit is used up. The next charge is possible on",
        )
        give_credit(organization, "500")
        self.see(owner, "On, but no card is charged now.")
        look(organization)
        self.see(owner, "On: below $20.00, a card is charged to refill to $100.00.")

    @pytest.mark.long
    def test_the_brake_and_its_answer(self, app: Flask, owner: Owner) -> None:
        organization = owner.organization
        usually_spends(organization, 1)
        give_credit(organization, "60")
        switch_on(organization, owner.card, has_brake=True, cap="2000")
        use(organization, 110)
        work_through(app)
        self.shown = "0"
        self.see(owner, "More was spent within an hour than usual, and no owner has answered yet.")
        give_credit(organization, "200")
        look(organization)
        self.see(owner, "More was spent within an hour than usual, and no owner has answered yet.")
        assert "No card is charged now. More was spent within an hour than usual" in owner.reads(PAGE)
        answering.answer(organization, the_stop(organization).id, BrakeAnswer.FOR_GOOD, OWNER)
        work_through(app)
        self.see(owner, "On: below $20.00, a card is charged to refill to $100.00.")


def test_the_page_takes_few_statements(owner: Owner) -> None:
    switch_on(owner.organization, owner.card)
    settings.turn_off(owner.organization, OWNER)
    switch_on(owner.organization, owner.card)
    with statements() as seen:
        owner.get(PAGE)
    assert len(seen) <= 13, seen
