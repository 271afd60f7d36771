"""A database that is restored to an earlier moment, while Stripe goes on from where it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.billing import plans
from app.extensions import db
from app.models import Dispute, Invoice, Organization, PaymentMethod, Subscription, TopUp, TopUpStatus, Wallet
from tests.support.database import another_session, empty
from tests.support.saved_states import insert_rows, read_rows


class Moment:
    """All rows as they are now."""

    def __init__(self) -> None:
        db.session.commit()
        self._rows = read_rows()

    def restore(self) -> None:
        """Forget everything since. Numbers that the database counts up aren't set back, as after a crash."""
        db.session.rollback()
        empty()
        insert_rows(self._rows, later=timedelta())
        another_session()


def what_stripe_knows(org_id: UUID) -> dict[str, Any]:
    """What is here of an organization that Stripe knows as well, by Stripe's ids."""
    db.session.rollback()
    db.session.expire_all()
    organization = db.session.get_one(Organization, org_id, populate_existing=True)

    def rows(model: Any) -> list[Any]:
        query = db.select(model).where(model.org_id == org_id)
        return list(db.session.scalars(query, execution_options={"populate_existing": True}))

    cards: list[PaymentMethod] = rows(PaymentMethod)
    by_id = {card.id: card.stripe_id for card in cards}
    plan = plans.gather(organization)
    return {
        "customer": organization.stripe_customer_id,
        "posted": db.session.get_one(Wallet, org_id, populate_existing=True).posted_micro,
        "top_ups": {
            str(one.id): (
                one.amount_micro,
                one.status,
                one.payment_intent_id,
                one.auto_month,
                by_id[one.payment_method_id],
            )
            for one in rows(TopUp)
            if one.status is TopUpStatus.SUCCEEDED
        },
        "cards": {
            card.stripe_id: card.is_default for card in cards if card.is_kept and card.removed_at is None
        },
        "disputes": {one.stripe_id: (one.status, one.amount_micro) for one in rows(Dispute)},
        "invoices": {one.stripe_id: (one.status, one.amount_micro) for one in rows(Invoice)},
        "subscriptions": {one.stripe_id: one.status for one in rows(Subscription)},
        "plan": (plan.name, plan.status, plan.is_past_due),
    }
