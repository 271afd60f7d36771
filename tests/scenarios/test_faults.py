"""Whatever goes wrong on whichever call to Stripe: in the end the ledger has to the cent what Stripe has kept.

One story of an organization (cards, top-ups that are paid, declined, confirmed and given up, a refund, a dispute) is
lived through with one call failing in one way, every time it is made. Then Stripe is well again, and what looks after
open things and the reconciliation make up for it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app import reconciliation
from app.billing import topups
from app.billing.cards import setups
from app.billing.purchases import RESEND_WITHIN, NotStartedError
from app.extensions import db
from app.models import Organization, PaymentMethod, StripeEvent, TopUp, TopUpStatus, Transfer, TransferKind
from app.payments.errors import PaymentsError
from app.stripe_events import handling
from tests.factories import OWNER, a_stripe_card, usd
from tests.support.sandbox import Sandbox, deliver_all
from tests.support.stories import Silence, assert_fixed

CALLS = {
    "POST /v1/setup_intents": ("drop_before", "drop_after", "500_after", "409", "429", "html"),
    "POST /v1/payment_intents": (
        "drop_before",
        "drop_after",
        "500_before",
        "500_after",
        "409",
        "429",
        "html",
    ),
    "POST /v1/payment_intents/*/confirm": (
        "drop_before",
        "drop_after",
        "500_before",
        "500_after",
        "429",
        "html",
    ),
    "POST /v1/payment_intents/*/cancel": ("drop_before", "drop_after", "500_after", "429", "html"),
    "GET /v1/payment_intents/*": ("drop_before", "500_before", "429", "html"),
    "GET /v1/payment_intents": ("500_before", "429", "html"),
    "GET /v1/payment_methods/*": ("500_before", "429", "html"),
    "GET /v1/refunds/*": ("500_before", "429", "html"),
    "GET /v1/disputes/*": ("500_before", "429", "html"),
}
FAULTS = [(call, kind) for call, kinds in CALLS.items() for kind in kinds]


@dataclass
class Story:
    """What an organization does, with one call failing in one way at each step, whatever comes of that."""

    app: Flask
    sandbox: Sandbox
    organization: Organization
    card: PaymentMethod
    call: str
    kind: str

    def live(self) -> None:
        failing = a_stripe_card(self.organization, "pm_card_chargeCustomerFail")
        asking = a_stripe_card(self.organization, "pm_card_threeDSecure2Required")
        self._step(lambda: setups.begin_setup(self.organization, uuid4(), email=None, actor=OWNER))
        self._pay("50", self.card)
        declined = self._pay("25", failing)
        self._step(lambda: topups.pay(self.organization, declined, self.card.id, OWNER))
        given_up = self._pay("30", failing)
        self._step(lambda: topups.cancel(self.organization, given_up, OWNER))
        asked = self._pay("75", asking)
        if self.sandbox.payment_intents()[0].status == "requires_action":
            self.sandbox.answer_bank("complete")
        self._step(lambda: topups.refresh(self.organization, asked, OWNER))
        first, *others = reversed(self.sandbox.charges())
        self.sandbox.stripe.v1.refunds.create({"charge": first.id, "amount": 1000})
        for charge in others[:1]:
            self.sandbox.control.open_dispute(charge.id)
        self._step(lambda: deliver_all(self.app, self.sandbox))

    def make_up(self) -> None:
        """What happens by itself once Stripe is well again, in the next minutes.

        Stripe answers with the kept failure to a key that it has failed once, so a charge whose first answer was a
        500 is asked for until it is too old, and then given up.
        """
        self._recover()
        age = {"claimed_at": TopUp.claimed_at - RESEND_WITHIN - timedelta(minutes=1)}
        db.session.execute(db.update(TopUp).values(age))
        db.session.commit()
        self._recover()
        db.session.execute(db.update(StripeEvent).values(next_try_at=None))
        db.session.commit()
        for event_id in db.session.scalars(db.select(StripeEvent.id)).all():
            handling.handle(event_id)
        assert reconciliation.run().error is None

    def _recover(self) -> None:
        for org_id, top_up_id in db.session.execute(db.select(TopUp.org_id, TopUp.id)).all():
            topups.recover(org_id, top_up_id)

    def _pay(self, amount: str, card: PaymentMethod) -> UUID:
        top_up = topups.begin(self.organization, usd(amount), card.id, OWNER)
        db.session.commit()
        self._step(lambda: topups.pay(self.organization, top_up.id, card.id, OWNER))
        return top_up.id

    def _step(self, step: Callable[[], Any]) -> None:
        """Stripe fails each time it is asked: the SDK tries three times."""
        self.sandbox.fail(self.call, self.kind, times=12)
        with suppress(PaymentsError, NotStartedError):
            step()
        db.session.rollback()
        self.sandbox.clear_faults()


@pytest.mark.parametrize(("call", "kind"), FAULTS)
def test_a_call_that_fails_each_time_is_made_up_for(
    app: Flask, sandbox: Sandbox, call: str, kind: str
) -> None:
    silence = Silence(sandbox)
    silence.charge("40")
    story = Story(app, sandbox, silence.organization, silence.card, call, kind)
    story.live()
    story.make_up()
    assert_fixed(app, silence)
    unknown = db.session.scalars(db.select(TopUp.status).where(TopUp.status == TopUpStatus.PAYING)).all()
    assert unknown == [], "how each payment ended is known"
    assert ledger_has_each_charge_once(sandbox)


def ledger_has_each_charge_once(sandbox: Sandbox) -> bool:
    query = db.select(Transfer.amount_micro).where(Transfer.kind == TransferKind.TOP_UP)
    return sorted(db.session.scalars(query)) == sorted(charge.amount * 10_000 for charge in sandbox.charges())
