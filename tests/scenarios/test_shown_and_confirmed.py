"""What is confirmed is what the page showed: its card and its sums, whatever another tab or an operator did since."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.billing.cards import removal
from app.billing.subscriptions import switches
from app.clock import utc_now
from app.extensions import db
from app.models import Organization, PlanSwitch, SwitchStatus
from tests.factories import OWNER, a_person, a_stripe_card
from tests.support.browsing import Visitor, text_of
from tests.support.plans import DECLINES, a_subscriber, plan_of, subscription_id, switch_to
from tests.support.sandbox import Sandbox
from tests.support.sums import Operator

PAGE = "/billing/change-plan"


@pytest.fixture
def organization(app: Flask, sandbox: Sandbox) -> Organization:
    return a_subscriber("growth")


@pytest.fixture
def owner(visitor: Visitor, organization: Organization) -> Visitor:
    visitor.begin_session(a_person(organization=organization).email)
    return visitor


class Tab:
    """A page of a review, which goes on showing what it showed."""

    def __init__(self, owner: Visitor, address: str) -> None:
        self.owner, self.address = owner, address
        self.html = owner.get(address).text

    def confirm(self) -> tuple[int, str]:
        shown = re.search(r'name="shown" value="([^"]+)"', self.html)
        assert shown
        answer = self.owner.post(f"{self.address}/confirmation", {"shown": shown[1]}, follow_redirects=True)
        self.html = answer.text
        return answer.status_code, text_of(answer)


def review(owner: Visitor, choice: str) -> Tab:
    return Tab(owner, owner.post(PAGE, {"plan": choice}).location or "")


def in_another_tab(_: Sandbox, organization: Organization) -> None:
    removal.make_default(organization, a_stripe_card(organization, "pm_card_mastercard").id, OWNER)
    db.session.commit()


def of_the_customer(sandbox: Sandbox, organization: Organization) -> None:
    customer, api = organization.stripe_customer_id or "", sandbox.stripe.v1
    card = api.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    api.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})


def of_the_subscription(sandbox: Sandbox, organization: Organization) -> None:
    customer, api = organization.stripe_customer_id or "", sandbox.stripe.v1
    card = api.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    api.subscriptions.update(subscription_id(organization), {"default_payment_method": card.id})


@pytest.mark.parametrize("change", [in_another_tab, of_the_customer, of_the_subscription])
@pytest.mark.parametrize("choice", ["scale:month", "growth:year"])
def test_no_other_card_is_charged_than_the_page_named(
    sandbox: Sandbox,
    owner: Visitor,
    organization: Organization,
    change: Callable[[Sandbox, Organization], None],
    choice: str,
) -> None:
    tab, before = review(owner, choice), len(sandbox.charges())
    change(sandbox, organization)
    status, said = tab.confirm()
    assert (status, len(sandbox.charges())) == (422, before), said
    assert "Your default card is now Mastercard ending in 4444, so nothing was charged." in said
    assert "now to Mastercard ending in 4444" in said
    assert tab.confirm()[0] == 200
    assert sandbox.charges()[0].payment_method_details.card.last4 == "4444"


def test_a_card_that_nothing_is_charged_to_needs_no_new_review(
    sandbox: Sandbox, owner: Visitor, organization: Organization
) -> None:
    tab = review(owner, "starter:month")
    in_another_tab(sandbox, organization)
    assert tab.confirm()[0] == 200


def test_what_another_tab_worked_out_again_is_not_confirmed_in_this_one(
    sandbox: Sandbox, owner: Visitor, organization: Organization, app: Flask
) -> None:
    operator = Operator(app, sandbox, organization)
    operator.discount({"percent_off": 50})
    tab, before = review(owner, "scale:month"), len(sandbox.charges())
    other = Tab(owner, tab.address)
    operator.set(discounts="")
    assert other.confirm()[0] == 422
    status, said = tab.confirm()
    assert (status, len(sandbox.charges())) == (422, before), said
    assert "The cost was recalculated after you opened this page." in said


def test_sums_worked_out_in_the_same_second_are_told_apart(
    sandbox: Sandbox, owner: Visitor, organization: Organization
) -> None:
    tab = review(owner, "scale:month")
    switch = db.session.scalars(db.select(PlanSwitch).filter_by(status=SwitchStatus.REVIEW)).one()
    switch.due_micro += 10_000
    db.session.commit()
    before = len(sandbox.charges())
    status, said = tab.confirm()
    assert (status, len(sandbox.charges())) == (422, before), said


DEARER: dict[str, Callable[[Operator], None]] = {
    "quantity": lambda by: by.quantity(2),
    "discount gone": lambda by: by.set(discounts=""),
    "tax": lambda by: by.tax(19),
}


@pytest.mark.parametrize("what", DEARER)
def test_a_change_for_later_is_not_planned_for_more_than_was_shown(
    app: Flask, sandbox: Sandbox, visitor: Visitor, what: str
) -> None:
    organization = a_subscriber("scale")
    visitor.begin_session(a_person(organization=organization).email)
    operator = Operator(app, sandbox, organization)
    operator.discount({"percent_off": 10})
    tab = review(visitor, "growth:year")
    DEARER[what](operator)
    status, said = tab.confirm()
    assert (status, plan_of(organization).scheduled) == (422, None), said
    assert "The cost has gone up since it was shown" in said
    assert tab.confirm()[0] == 200
    assert plan_of(organization).scheduled is not None


def test_a_switch_whose_invoice_was_voided_while_it_was_being_paid_is_over(
    app: Flask, sandbox: Sandbox
) -> None:
    """The process was killed between its claim and Stripe's answer: no other switch could ever be made."""
    organization = a_subscriber("growth", token=DECLINES)
    switch = switch_to(organization, "scale")
    assert switch.status is SwitchStatus.DECLINED
    switch.status, switch.claimed_at = SwitchStatus.SWITCHING, utc_now()
    db.session.commit()
    sandbox.stripe.v1.invoices.void_invoice(switch.invoice_id or "")
    assert switches.recover(organization.id, switch.id)
    again = db.session.get_one(PlanSwitch, (organization.id, switch.id), populate_existing=True)
    assert again.status is SwitchStatus.CANCELED
    assert switches.find_open(organization.id) is None
    assert plan_of(organization).name == "Growth"
