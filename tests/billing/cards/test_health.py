"""Cards whose bank gave them up: which declines say so, where it shows, and what ends it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.billing import audit, topups
from app.billing.cards import health, payment_methods
from app.billing.cards.payment_methods import CardState
from app.clock import utc_now
from app.extensions import db
from app.models import AuditEvent, Organization, PaymentMethod, TopUp
from app.payments.intents import Payment
from tests.factories import OWNER, a_card, a_payer, an_organization, usd
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox, deliver_all, network_update


class TestWhichDeclines:
    @pytest.mark.parametrize("code", ["lost_card", "stolen_card", "pickup_card", "expired_card"])
    def test_some_codes_are_final(self, code: str) -> None:
        assert health.is_final(code, None)

    @pytest.mark.parametrize(
        "code",
        ["generic_decline", "do_not_honor", "insufficient_funds", "incorrect_cvc", "processing_error", None],
    )
    def test_others_are_not_unless_the_network_advises_so(self, code: str | None) -> None:
        assert not health.is_final(code, "try_again_later")
        assert not health.is_final(code, None)
        assert health.is_final(code, "do_not_try_again")


class TestOneCard:
    @pytest.fixture
    def card(self, app: Flask) -> PaymentMethod:
        return a_card(an_organization())

    def decline(self, card: PaymentMethod, code: str = "stolen_card") -> None:
        health.declined(card, code=code, advice=None, at=utc_now())
        db.session.commit()

    def test_the_first_final_decline_is_the_one_that_counts(self, card: PaymentMethod) -> None:
        self.decline(card)
        since = card.failing_since
        self.decline(card, "expired_card")
        assert (card.failing_since, card.failing_code) == (since, "stolen_card")
        [noted] = db.session.scalars(db.select(AuditEvent).filter_by(action="payment_method.failing"))
        assert noted.actor == audit.STRIPE.name

    def test_a_payment_ends_it(self, card: PaymentMethod) -> None:
        self.decline(card)
        health.recover(card)
        assert (card.failing_since, card.failing_code) == (None, None)

    def test_why_is_shown_to_no_one(self, card: PaymentMethod) -> None:
        self.decline(card)
        [view] = payment_methods.list_cards(db.session.get_one(Organization, card.org_id))
        assert view.choice == "Visa ending in 4242, not working: declined by its bank (default)"


class TestATopUp:
    """What a top-up's payment says of its card. Stripe's test cards that a bank gave up can't be saved at all, so what
    Stripe would tell of one that was saved before is written down here."""

    @pytest.fixture
    def payer(self, app: Flask, sandbox: Sandbox) -> tuple[Organization, PaymentMethod]:
        return a_payer()

    def begin(self, payer: tuple[Organization, PaymentMethod]) -> TopUp:
        organization, card = payer
        top_up = topups.begin(organization, usd("50"), card.id, OWNER)
        top_up.claimed_at = utc_now()
        db.session.commit()
        return top_up

    def tell(self, top_up: TopUp, card: PaymentMethod, *, charge: str = "ch_1", **told: str) -> None:
        """Stripe says that this card was declined."""
        organization = db.session.get_one(Organization, top_up.org_id)
        payment = Payment(
            id=f"pi_{top_up.id}",
            status="requires_payment_method",
            amount=top_up.amount,
            received=usd("0"),
            customer_id=organization.stripe_customer_id,
            top_up_id=str(top_up.id),
            charge_id=charge,
            decline_code=told.get("code", "lost_card"),
            client_secret=None,
            method_id=card.stripe_id,
            advice_code=told.get("advice"),
        )
        topups.settle(organization.id, top_up.id, payment, OWNER)
        db.session.commit()

    def state(self, payer: tuple[Organization, PaymentMethod]) -> CardState:
        return payment_methods.list_cards(payer[0])[0].state

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            ({"code": "lost_card"}, CardState.NOT_WORKING),
            ({"code": "generic_decline", "advice": "do_not_try_again"}, CardState.NOT_WORKING),
            ({"code": "generic_decline"}, CardState.VALID),
            ({"code": "insufficient_funds", "advice": "try_again_later"}, CardState.VALID),
        ],
    )
    def test_a_decline_for_good_marks_the_card(
        self, payer: tuple[Organization, PaymentMethod], told: dict[str, str], state: CardState
    ) -> None:
        top_up = self.begin(payer)
        self.tell(top_up, payer[1], **told)
        assert self.state(payer) is state
        if state is CardState.NOT_WORKING:
            assert payer[1].failing_since == top_up.claimed_at

    def test_the_card_that_failed_is_marked_and_not_the_one_chosen_since(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        organization, card = payer
        other = a_card(organization, last4="1111", default=False)
        top_up = self.begin(payer)
        top_up.payment_method_id = other.id
        self.tell(top_up, card)
        assert {one.last4: one.works for one in payment_methods.list_cards(organization)} == {
            "4242": False,
            "1111": True,
        }

    def test_what_is_told_again_after_the_card_has_paid_changes_nothing(
        self, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        failed = self.begin(payer)
        self.tell(failed, payer[1])
        paid = self.begin(payer)
        topups.pay(payer[0], paid.id, payer[1].id, OWNER)
        assert self.state(payer) is CardState.VALID
        self.tell(failed, payer[1])
        assert self.state(payer) is CardState.VALID
        self.tell(failed, payer[1], charge="ch_2")
        assert self.state(payer) is CardState.VALID, "what it has paid since counts more"

    def test_a_new_number_from_the_network_is_a_new_chance(
        self, app: Flask, sandbox: Sandbox, payer: tuple[Organization, PaymentMethod]
    ) -> None:
        self.tell(self.begin(payer), payer[1])
        deliver_all(app, sandbox)
        assert self.state(payer) is CardState.NOT_WORKING, "events of before it bring nothing new"
        network_update(sandbox, payer[1].stripe_id, last4="9999")
        deliver_all(app, sandbox)
        db.session.rollback()
        [card] = payment_methods.list_cards(payer[0])
        assert (card.state, card.label) == (CardState.VALID, "Visa ending in 9999")


@pytest.mark.long
def test_pages_say_it_plainly_and_the_card_may_still_be_tried(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    health.declined(owner.card, code="stolen_card", advice=None, at=utc_now())
    db.session.commit()
    said = owner.reads("/billing/payment-methods")
    assert "Not working since" in said
    assert ": the bank declined it" in said
    assert "stolen" not in said
    assert "Visa ending in 4242, not working: declined by its bank" in owner.reads("/billing/wallet")
    owner.pay(owner.review())
    assert "Not working" not in owner.reads("/billing/payment-methods"), "it has paid"
