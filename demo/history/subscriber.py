"""A company's plan at Stripe: begun in the past, renewed month by month, once with a card that fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.billing import audit, catalog, invoices
from app.billing.catalog import Plan, versions
from app.billing.subscriptions import renewal_failures, sync
from app.clock import utc_now
from app.extensions import db
from app.models import Interval, Organization, Subscription, SubscriptionStatus
from app.payments import cards, customers, previews, subscriptions
from app.payments import invoices as stripe_invoices
from app.payments.subscription_facts import Chosen, StripeSubscription
from demo import samples

FAILING = "pm_card_chargeCustomerFail"


class Subscriber:
    """An organization whose plan is charged to `card_id`, the id of a card at Stripe.

    If time can't be moved, because it is Stripe itself, the plan begins now and has no past.
    """

    def __init__(self, organization: Organization, customer_id: str, card_id: str) -> None:
        self.organization = organization
        self.customer_id = customer_id
        self.card_id = card_id

    def begin(self, plan: Plan, at: datetime) -> None:
        """Subscribe to a plan, `at` a time in the past if that can be."""
        self.travels = samples.move_time(self.customer_id, at)
        versions.store(catalog.current())
        customers.set_default_card(self.customer_id, self.card_id)
        price_id = previews.price_of(plan.key, Interval.MONTH, plan.price)
        chosen = Chosen(plan.key, Interval.MONTH, plan.version)
        found = subscriptions.create(self.organization.id, self.customer_id, price_id, chosen, after=None)
        self._keep(found, at if self.travels else utc_now())

    def renew(self, at: datetime) -> None:
        """Renew the plan as of this time."""
        if self.travels:
            samples.move_time(self.customer_id, at)
            self._keep(self._found(), at)

    def renew_late(self, at: datetime) -> None:
        """Let the renewal fail first, and pay it three days later."""
        if self.travels:
            failing = samples.attach_card(
                FAILING, self.customer_id, expires=(at + timedelta(days=400)).date()
            )
            self.renew_with(failing.stripe_id, at)
            customers.set_default_card(self.customer_id, self.card_id)
            cards.detach(failing.stripe_id)
            self.renew(at + timedelta(days=3))

    def renew_with(self, card_id: str, at: datetime) -> None:
        """Charge the plan to another card from now on."""
        customers.set_default_card(self.customer_id, card_id)
        self.renew(at)

    def arrive(self) -> None:
        """Return to the current time."""
        self.renew(utc_now())

    def _found(self) -> StripeSubscription:
        row = db.session.get_one(Subscription, (self.organization.id,))
        return subscriptions.fetch(row.stripe_id or "")

    def _keep(self, found: StripeSubscription, at: datetime) -> None:
        sync.sync_plan(self.organization, found, audit.OPERATOR, at=at)
        row = db.session.get_one(Subscription, (self.organization.id,))
        fails = row.status is SubscriptionStatus.PAST_DUE
        invoice_id = found.latest_invoice_id or ""
        invoices.upsert(self.organization, stripe_invoices.fetch(invoice_id), failed_at=at if fails else None)
        if fails:
            renewal_failures.refresh(self.organization)
