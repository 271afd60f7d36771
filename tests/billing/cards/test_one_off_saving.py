"""A card entered for one top-up that the payer saves is attached once the payment has succeeded, and not before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.billing import topups
from app.billing.cards import payment_methods, removal
from app.billing.cards.one_off import EnteredCard
from app.billing.cards.payment_methods import CardNotUsableError
from app.models import Organization, TopUpStatus
from tests.factories import OWNER, a_payer, an_organization, usd
from tests.support.money import assert_ledger_matches, credited, the_top_up
from tests.support.one_off_cards import CREATE, DECLINED, attached, begin, entered, pay, saved
from tests.support.sandbox import Sandbox, deliver, deliver_all, work_through


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    """Someone who has never paid: no card, and no customer at Stripe."""
    return an_organization()


class TestKeeping:
    def test_a_kept_card_is_saved_with_the_payment_and_the_first_becomes_the_default(
        self, organization: Organization, sandbox: Sandbox
    ) -> None:
        pay(organization, entered(sandbox, keep=True))
        assert saved(organization) == ["4242 default"]
        assert attached(organization, sandbox) == ["4242"]
        assert [intent.setup_future_usage for intent in sandbox.payment_intents()] == ["off_session"]

    def test_it_pays_the_next_top_up(self, organization: Organization, sandbox: Sandbox) -> None:
        card_id = pay(organization, entered(sandbox, keep=True)).payment_method_id
        top_up = topups.begin(organization, usd("25"), card_id, OWNER)
        topups.pay(organization, top_up.id, card_id, OWNER)
        assert credited(organization) == [50, 25]
        assert_ledger_matches(organization, sandbox)

    def test_another_default_stays(self, app: Flask, sandbox: Sandbox) -> None:
        organization, _ = a_payer()
        pay(organization, entered(sandbox, "5555555555554444", keep=True))
        assert sorted(saved(organization)) == ["4242 default", "4444"]

    @pytest.mark.parametrize("number", [DECLINED, "4000000000009995"])
    def test_a_declined_one_is_not_kept(
        self, organization: Organization, sandbox: Sandbox, number: str
    ) -> None:
        assert pay(organization, entered(sandbox, number, keep=True)).status is TopUpStatus.DECLINED
        assert saved(organization) == attached(organization, sandbox) == []

    @pytest.mark.long
    @pytest.mark.parametrize("order", [list, lambda events: list(reversed(events))])
    def test_events_keep_the_card_whose_answer_was_lost(
        self,
        app: Flask,
        organization: Organization,
        sandbox: Sandbox,
        order: Callable[[list[object]], list[object]],
    ) -> None:
        sandbox.fail(CREATE, "drop_after", times=3)
        pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        for event in [*order(sandbox.events()), *sandbox.events()]:
            assert deliver(app.test_client(), event) == 200
        work_through(app)
        assert saved(organization) == ["4242 default"]
        assert credited(organization) == [50]
        assert_ledger_matches(organization, sandbox)

    def test_without_any_event_the_job_keeps_it(self, organization: Organization, sandbox: Sandbox) -> None:
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        assert topups.recover(organization.id, top_up.id)
        assert saved(organization) == ["4242 default"]

    def test_events_of_a_card_that_is_not_kept_save_nothing(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        pay(organization, entered(sandbox))
        deliver_all(app, sandbox)
        assert saved(organization) == []
        assert_ledger_matches(organization, sandbox)

    def test_a_kept_card_that_was_removed_since_stays_removed(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        card_id = pay(organization, entered(sandbox, keep=True)).payment_method_id
        removal.remove(organization, card_id, OWNER)
        deliver_all(app, sandbox)
        assert saved(organization) == []

    def test_a_card_entered_that_is_saved_already_stays_one_card(self, app: Flask, sandbox: Sandbox) -> None:
        organization, card = a_payer()
        assert card.last4 == "4242"
        pay(organization, entered(sandbox, keep=True))
        assert saved(organization) == ["4242 default"]

    @pytest.mark.parametrize("keep", [False, True])
    def test_what_stripe_was_told_of_keeping_it_is_what_is_done(
        self, organization: Organization, sandbox: Sandbox, keep: bool
    ) -> None:
        """Stripe takes a token for nothing else than its fields were told; a form that says otherwise is refused."""
        token = sandbox.enter_card(keep=keep)
        with pytest.raises(CardNotUsableError, match="Enter it again"):
            begin(organization, EnteredCard(token, keep=not keep))
        assert begin(organization, EnteredCard(token, keep=keep)).keep_card is keep

    @pytest.mark.long
    def test_an_event_that_tells_of_the_card_first_makes_no_second_one(
        self, app: Flask, organization: Organization, sandbox: Sandbox
    ) -> None:
        """The payment method has an id only once Stripe has made it; the attachment may be heard of before the payment."""
        sandbox.fail(CREATE, "drop_after", times=3)
        top_up = pay(organization, entered(sandbox, keep=True))
        sandbox.clear_faults()
        [attachment] = [event for event in sandbox.events() if event.type == "payment_method.attached"]
        assert deliver(app.test_client(), attachment) == 200
        work_through(app)
        assert saved(organization) == ["4242 default"]
        assert topups.recover(organization.id, top_up.id)
        assert saved(organization) == ["4242 default"]
        [card] = payment_methods.saved(organization.id)
        assert the_top_up(organization).payment_method_id == card.id
        again = topups.begin(organization, usd("25"), card.id, OWNER)
        assert topups.pay(organization, again.id, card.id, OWNER).status is TopUpStatus.SUCCEEDED
        assert_ledger_matches(organization, sandbox)
