"""A year of one organization on a test clock: calls like the simulator's, top-ups, renewals on the last day of each
month, a switch up, one down, a renewal that fails, a year in advance. In the end ledger, invoices, statements and
rates agree, in a zone that changes its clocks on the other half of the globe."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from flask import Flask

from app.billing import audit, catalog, invoices, statements, topups
from app.billing.cards import payment_methods
from app.billing.catalog import versions
from app.billing.plans import terms as plan_terms
from app.billing.subscriptions import projection
from app.billing.usage import ingest
from app.billing.usage.events import Reported
from app.billing.wallet import ledger, verification
from app.extensions import db
from app.models import Invoice, InvoiceStatus, Organization, Transfer, TransferKind
from app.money import Money, total
from app.payments import charging, customers, previews, subscriptions
from app.payments import invoices as stripe_invoices
from app.payments.subscription_facts import Chosen, StripeSubscription
from demo.simulator.campaigns import USUAL, used_in
from tests.factories import OWNER, a_stripe_card, an_organization, at, usd
from tests.support.plans import AS_A_DRAFT, DECLINES, sell_plans, subscription_id
from tests.support.sandbox import Sandbox

BEGINS = at("2025-10-31 11:00")
"""Its months end on their last days; in Auckland it is the first of November by then."""


class Year:
    """The organization, and what time it is for it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.now, self.chance = sandbox, BEGINS, Random("a year")
        self.organization: Organization = an_organization("Kea Calls", timezone="Pacific/Auckland")
        clock = sandbox.stripe.v1.test_helpers.test_clocks.create({"frozen_time": int(BEGINS.timestamp())})
        made = sandbox.stripe.v1.customers.create({"name": "Kea Calls", "test_clock": clock.id})
        self.customer = self.organization.stripe_customer_id = made.id
        self.card = self.use_card("pm_card_visa")
        chosen = self.chosen("growth", "month")
        self.keep(subscriptions.create(self.organization.id, made.id, self.price(chosen), chosen, after=None))

    def chosen(self, plan: str, interval: str) -> Chosen:
        return Chosen(plan, interval, catalog.current().version)

    def price(self, chosen: Chosen) -> str:
        amount = catalog.current().plan(chosen.plan).price_by(chosen.interval)
        return previews.price_of(chosen.plan, chosen.interval, amount)

    def use_card(self, token: str) -> payment_methods.PaymentMethod:
        card = a_stripe_card(self.organization, token)
        customers.set_default_card(self.customer, card.stripe_id)
        return card

    @property
    def found(self) -> StripeSubscription:
        return subscriptions.fetch(subscription_id(self.organization))

    def keep(self, found: StripeSubscription) -> None:
        """What webhooks would tell now."""
        projection.apply(self.organization, found, audit.STRIPE, at=self.now)
        db.session.commit()
        invoices.upsert(self.organization, stripe_invoices.fetch(found.latest_invoice_id or ""))
        db.session.commit()

    def move(self, to: datetime) -> None:
        self.sandbox.move(self.customer, to)
        self.now = to
        self.keep(self.found)

    def switch(self, plan: str, interval: str = "month") -> None:
        chosen = self.chosen(plan, interval)
        found, key = self.found, f"{plan}{self.now}"
        self.keep(subscriptions.switch(found, self.price(chosen), chosen, as_of=self.now, key=key))

    def plan_for_later(self, plan: str, interval: str = "month") -> None:
        chosen = self.chosen(plan, interval)
        self.keep(
            subscriptions.plan_for_period_end(self.found, self.price(chosen), chosen, key=f"later{self.now}")
        )

    def top_up(self, dollars: str) -> None:
        top_up = topups.begin(self.organization, usd(dollars), self.card.id, OWNER)
        top_up.created_at, top_up.attempt = self.now, 1
        db.session.flush()
        request = topups.requests.charge_request(self.organization, top_up, self.card, self.customer)
        topups.settle(self.organization.id, top_up.id, charging.charge(request), OWNER, at=self.now)
        db.session.commit()

    def call(self, calls: int) -> None:
        """So many calls within the next hours, reported when they are over."""
        events = list(self._events(calls))
        receipt = ingest.ingest(events, at=self.now + timedelta(hours=9))
        db.session.commit()
        assert receipt.accepted == len(events)

    def _events(self, calls: int) -> Iterator[Reported]:
        for number in range(calls):
            campaign = self.chance.choice(USUAL)
            name, agent = f"call {self.now:%j} {number}", self.chance.choice(campaign.agents)
            when = self.now + timedelta(minutes=self.chance.randint(1, 500))
            for meter, units in used_in(campaign.meter, campaign.length(self.chance), self.chance).items():
                yield Reported(
                    0,
                    self.organization.id,
                    "year",
                    f"{name} {meter}",
                    meter,
                    units,
                    when,
                    campaign=campaign.name,
                    agent=agent,
                    call=name,
                )


def play(year: Year) -> None:
    """Twelve months: what an owner does in each, and the turn to the next one."""
    for month in range(12):
        year.top_up("250")
        for _ in range(3):
            year.move(year.now + timedelta(days=5))
            year.call(6)
        if month == 2:
            year.switch("scale")
        elif month == 5:
            year.plan_for_later("growth")
        elif month == 7:
            bad = year.use_card(DECLINES)
            assert bad.last4 == "0341"
        elif month == 9:
            year.switch("growth", "year")
        end = year.found.period_end
        charged = end + AS_A_DRAFT
        year.move(min(charged, BEGINS + timedelta(days=31 * (month + 1))) if month >= 9 else charged)
        if month == 7:
            assert year.found.status == "past_due"
            customers.set_default_card(year.customer, year.card.stripe_id)
            year.move(year.now + timedelta(days=3))
            assert year.found.status == "active"


def test_a_year_ends_in_books_that_agree(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    versions.store(catalog.current())
    year = Year(sandbox)
    play(year)
    organization = year.organization
    assert verification.check() == []

    # Invoices: each of Stripe's is here, as it is there, and what they took is what cards paid.
    stripes = sandbox.stripe.v1.invoices.list({"customer": year.customer, "limit": 100}).data
    kept = {one.stripe_id: one for one in db.session.scalars(db.select(Invoice))}
    assert {one.id: one.total * 10_000 for one in stripes} == {
        id_: one.amount_micro for id_, one in kept.items()
    }
    assert {one.status for one in kept.values()} == {InvoiceStatus.PAID}
    topped_up = 12 * 25_000
    assert sum(one.amount for one in sandbox.charges()) == topped_up + sum(one.amount_paid for one in stripes)

    # Plans: what rated usage is what was paid for, from the moment that it was.
    plans = [term.plan for term in plan_terms.get_terms(organization).terms]
    assert plans == ["growth", "scale", "growth", "growth"]
    assert [year.found.chosen and year.found.chosen.interval, year.found.status] == ["year", "active"]

    # Statements: each begins where the one before ended, and all together they are the ledger.
    months = [statements.gather(organization, month) for month in reversed(statements.months(organization))]
    assert len(months) >= 12
    assert all(one.closing == following.opening for one, following in pairwise(months))
    assert months[-1].closing == Money(ledger.lock(organization.id).posted_micro, "USD")
    used = db.session.scalars(db.select(Transfer).where(Transfer.kind == TransferKind.USAGE)).all()
    assert total([one.used for one in months], "USD").micro == sum(one.amount_micro for one in used) > 0
    for one in months:
        assert total([meter.cost for meter in one.usage], "USD") == one.used
        assert total([spent.cost for spent in one.campaigns], "USD") == one.used
        assert total([spent.cost for spent in one.agents], "USD") == one.used


def test_its_months_of_allowances_begin_with_its_periods(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    versions.store(catalog.current())
    year = Year(sandbox)
    terms = plan_terms.get_terms(year.organization)
    for _ in range(5):
        found = year.found
        begins = year.organization.local_day(found.period_start)
        assert terms.period_of(begins) == begins
        assert terms.period_of(begins - timedelta(days=1)) < begins
        year.move(found.period_end + timedelta(seconds=1))
    assert year.now.astimezone(UTC).day == 31
