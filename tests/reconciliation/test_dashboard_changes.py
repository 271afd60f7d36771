"""Changes in Stripe's dashboard are detected: synced, or reported as findings and resolved once they are undone."""

from __future__ import annotations

import pytest
from flask import Flask

from app import reconciliation
from app.billing.plans.arrangements import ArrangedError
from app.billing.subscriptions import switches
from app.models import Organization
from app.reconciliation import findings
from tests.factories import OWNER, a_person
from tests.support.browsing import Visitor
from tests.support.dashboard import Dashboard
from tests.support.dashboard_cases import CASES, counted, sentences
from tests.support.plans import a_subscriber, hear_from_stripe, plan_of
from tests.support.sandbox import Sandbox


@pytest.fixture
def subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    sandbox.control.set_webhooks("drop")
    return a_subscriber("growth")


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda name: getattr(CASES[name].undo, "__name__", ""))
@pytest.mark.parametrize("name", CASES)
def test_it_is_synced_or_found_and_resolved_once_it_is_undone(
    app: Flask, sandbox: Sandbox, subscriber: Organization, name: str
) -> None:
    case, dashboard = CASES[name], Dashboard(sandbox, subscriber)
    assert sentences() == []
    case.do(dashboard)
    found = sentences()
    assert all("Money(" not in one for one in found)
    if case.says is None:
        assert found == []
        assert reconciliation.run().fixed == [], "it was followed immediately"
    else:
        assert len([one for one in found if case.says in one]) == 1, found
        assert all(subscriber.slug in one for one in found)
        assert counted(app) == len(found)
        assert [one.object for one in findings.pending_notifications()[0]] != []
    if case.undo is not None:
        case.undo(dashboard)
        left = sentences()
        assert [one for one in left if case.says and case.says in one] == []
        assert left == []


def test_a_subscription_in_another_currency(app: Flask, sandbox: Sandbox, subscriber: Organization) -> None:
    dashboard = Dashboard(sandbox, subscriber)
    dashboard.api.subscriptions.cancel(dashboard.id)
    reconciliation.run()
    dashboard.subscribe(dashboard.a_price(currency="eur", plan="growth"))
    (found,) = sentences()
    assert "it is charged in EUR, but the wallet is in USD" in found


def test_two_things_about_one_subscription_are_both_said(
    app: Flask, sandbox: Sandbox, subscriber: Organization
) -> None:
    dashboard = Dashboard(sandbox, subscriber)
    dashboard.change_item(quantity=2)
    dashboard.update(collection_method="send_invoice", days_until_due=14)
    (found,) = sentences()
    assert "charged 2 times" in found and "its invoices are sent" in found


PROMISES = {
    "paused": "Support has paused billing",
    "collection paused, void": "Support has paused payments",
    "invoices that are sent": "Renewals are invoiced by email",
    "a trial": "Free trial until",
    "a price that no plan has": "Support set up this plan",
    "two items": "Support set up this plan",
    "a schedule to a price of none": "Support set up this plan",
}


@pytest.mark.long
@pytest.mark.one_of_each(by=lambda: "any")
@pytest.mark.parametrize("name", PROMISES)
def test_no_page_promises_what_stripe_will_not_do(
    app: Flask, sandbox: Sandbox, visitor: Visitor, name: str
) -> None:
    organization = a_subscriber("growth")
    dashboard = Dashboard(sandbox, organization)
    CASES[name].do(dashboard)
    hear_from_stripe(app, sandbox)
    visitor.begin_session(a_person(organization=organization).email)
    page = visitor.get("/billing").text
    assert PROMISES[name] in page
    assert "renews on" not in page
    assert "so it can't be changed here" in visitor.get("/billing/change-plan").text
    with pytest.raises(ArrangedError):
        switches.begin(organization, "scale", "month", OWNER)
    undo = CASES[name].undo
    assert undo is not None
    undo(dashboard)
    hear_from_stripe(app, sandbox)
    assert plan_of(organization).arranged is None


def test_an_answer_is_asked_for_while_the_bank_waits_for_one(
    app: Flask, sandbox: Sandbox, subscriber: Organization
) -> None:
    dashboard = Dashboard(sandbox, subscriber)
    dispute = sandbox.control.open_dispute(dashboard.charge())
    assert ["Answer it by" in one for one in sentences()] == [True]
    sandbox.control.decide_dispute(dispute["id"], "lost")
    (lost,) = sentences()
    assert "lost" in lost and "decide whether to cancel it" in lost
    assert "Answer it by" not in lost
