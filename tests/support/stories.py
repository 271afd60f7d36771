"""Payments, refunds and disputes that happen at Stripe without any event of them arriving."""

from __future__ import annotations

from typing import Any, Literal

from flask import Flask

from app.billing import topups
from app.billing.wallet import verification
from app.clock import utc_now
from app.extensions import db
from app.models import PaymentMethod, TopUp, TopUpStatus, Wallet
from app.payments import charging
from app.payments.intents import Payment
from tests.factories import OWNER, a_payer, usd
from tests.support.sandbox import Sandbox


class Silence:
    """An organization whose payments Stripe knows of, and we don't."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.organization, self.card = a_payer()

    def charge(self, amount: str = "50", *, card: PaymentMethod | None = None) -> Payment:
        """Stripe has charged the card; the process was killed before it knew."""
        top_up = self.begin(amount, card=card)
        request = topups.requests.charge_request(
            self.organization, top_up, card or self.card, self.organization.stripe_customer_id or ""
        )
        return charging.charge(request)

    def begin(self, amount: str = "50", *, card: PaymentMethod | None = None) -> TopUp:
        """A top-up that is being paid."""
        top_up = topups.begin(self.organization, usd(amount), (card or self.card).id, OWNER)
        top_up.status, top_up.attempt, top_up.claimed_at = TopUpStatus.PAYING, 1, utc_now()
        db.session.commit()
        return top_up

    def refund(self, payment: Payment, cents: int) -> str:
        """Give back a part of a payment at Stripe; the refund's id."""
        made = self.sandbox.stripe.v1.refunds.create({"charge": payment.charge_id or "", "amount": cents})
        return made.id

    def fail_refund(self, refund_id: str) -> None:
        self.sandbox.control.settle_refund(refund_id, "fail")

    def dispute(self, payment: Payment) -> str:
        """The cardholder disputes a payment; the dispute's id."""
        made: dict[str, Any] = self.sandbox.control.open_dispute(payment.charge_id or "")
        return str(made["id"])

    def decide(self, dispute_id: str, outcome: Literal["won", "lost"]) -> None:
        """The bank decides a dispute: `won` or `lost`."""
        self.sandbox.control.decide_dispute(dispute_id, outcome)

    def stands(self) -> int:
        """What Stripe has kept of all payments, in cents: charges less refunds and withdrawn disputes."""
        api = self.sandbox.stripe.v1
        charged = sum(charge.amount for charge in self.sandbox.charges())
        refunds = api.refunds.list({"limit": 100}).auto_paging_iter()
        refunded = sum(one.amount for one in refunds if one.status not in {"failed", "canceled"})
        moved = sum(
            movement.amount
            for one in api.disputes.list({"limit": 100}).auto_paging_iter()
            for movement in one.balance_transactions
        )
        return charged - refunded + moved


def assert_fixed(app: Flask, *silences: Silence) -> None:
    """The wallets have together, to the cent, what Stripe has kept, and the ledger is right in itself."""
    db.session.rollback()
    assert verification.check() == []
    wallets = db.session.scalars(db.select(Wallet).execution_options(populate_existing=True))
    assert sum(wallet.posted_micro for wallet in wallets) == silences[0].stands() * 10_000
    db.session.rollback()
