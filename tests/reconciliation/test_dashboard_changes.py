"""What operators do in Stripe's dashboard is seen: followed, or found, told and gone once it is taken
back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import reconciliation
from app.billing.plans.arrangements import ArrangedError
from app.billing.subscriptions import switches
from app.clock import utc_now
from app.extensions import db
from app.models import Finding, Organization
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.reconciliation import findings, operator_mail
from tests.factories import OWNER, a_person
from tests.support.browsing import Visitor
from tests.support.dashboard import Dashboard
from tests.support.mail_server import MailServer, running
from tests.support.plans import a_subscriber, hear_from_stripe, plan_of, sell_plans
from tests.support.sandbox import Sandbox, work_through

Act = Callable[[Dashboard], object]


@dataclass(frozen=True)
class Case:
    """What is done, what a finding says of it (nothing where it is fine), and how it is taken back."""

    do: Act
    says: str | None
    undo: Act | None = None


def twice(do: Dashboard) -> None:
    do.subscribe(do.price_of("growth"))


def cancel_others(do: Dashboard) -> None:
    for one in do.api.subscriptions.list({"customer": do.customer}).data:
        if one.id != do.id:
            do.api.subscriptions.cancel(one.id)


def add_item(do: Dashboard) -> None:
    do.update(items=[{"price": do.a_price()}], proration_behavior="none")


def remove_item(do: Dashboard) -> None:
    more = do.found["items"].data[1]
    do.update(items=[{"id": more.id, "deleted": True}], proration_behavior="none")


def give_up(how: str) -> Act:
    def act(do: Dashboard) -> None:
        invoice = do.let_renewal_fail()
        {"void": do.api.invoices.void_invoice, "uncollectible": do.api.invoices.mark_uncollectible}[how](
            invoice.id
        )

    return act


def pause_collection(behavior: str) -> Case:
    words = {
        "keep_as_draft": "kept as drafts",
        "void": "voided",
        "mark_uncollectible": "marked uncollectible",
    }
    return Case(
        lambda do: do.update(pause_collection={"behavior": behavior}),
        f"its collection is paused, and its invoices are {words[behavior]}",
        lambda do: do.update(pause_collection=""),
    )


def coupon(do: Dashboard) -> None:
    made = do.api.coupons.create({"percent_off": 10, "duration": "forever"})
    do.update(discounts=[{"coupon": made.id}])


CASES: dict[str, Case] = {
    "a second live subscription": Case(twice, "has a second subscription at Stripe", cancel_others),
    "an incomplete second one": Case(
        lambda do: do.subscribe(do.price_of("growth"), payment_behavior="default_incomplete"),
        "waits for its first payment",
        cancel_others,
    ),
    "a second one on a trial": Case(
        lambda do: do.subscribe(do.price_of("scale"), trial_period_days=14),
        "has a second subscription",
        cancel_others,
    ),
    "a price that no plan has": Case(
        lambda do: do.change_item(price=do.a_price()),
        "is none of the catalog's",
        lambda do: do.change_item(price=do.price_of("growth")),
    ),
    "a price of a plan that is unknown": Case(
        lambda do: do.change_item(price=do.a_price(plan="platinum")),
        "a plan that is unknown",
        lambda do: do.change_item(price=do.price_of("growth")),
    ),
    "another plan of the catalog": Case(lambda do: do.change_item(price=do.price_of("scale")), None),
    "a quantity": Case(
        lambda do: do.change_item(quantity=2), "charged 2 times", lambda do: do.change_item(quantity=1)
    ),
    "two items": Case(add_item, "it has 2 items", remove_item),
    "paused": Case(
        lambda do: do.sandbox.stripe.v1.subscriptions.pause(do.id, {}),
        "it is paused",
        lambda do: do.sandbox.stripe.v1.subscriptions.resume(do.id, {}),
    ),
    "collection paused, drafts": pause_collection("keep_as_draft"),
    "collection paused, void": pause_collection("void"),
    "collection paused, uncollectible": pause_collection("mark_uncollectible"),
    "a trial": Case(
        lambda do: do.update(trial_end=int(utc_now().timestamp()) + 14 * 86_400, proration_behavior="none"),
        "on a trial until",
        lambda do: do.update(trial_end="now"),
    ),
    "invoices that are sent": Case(
        lambda do: do.update(collection_method="send_invoice", days_until_due=14),
        "its invoices are sent",
        lambda do: do.update(collection_method="charge_automatically"),
    ),
    "a schedule to a plan": Case(
        lambda do: do.plan_phase(items=[{"price": do.price_of("scale"), "quantity": 1}]), None
    ),
    "a schedule to a price of none": Case(
        lambda do: do.plan_phase(items=[{"price": do.a_price(), "quantity": 1}]),
        "plans a price that is none of the catalog's",
        lambda do: do.release(),
    ),
    "a schedule to a quantity": Case(
        lambda do: do.plan_phase(items=[{"price": do.price_of("scale"), "quantity": 3}]),
        "plans what can't be followed",
        lambda do: do.release(),
    ),
    "a cancellation for the period's end": Case(lambda do: do.update(cancel_at_period_end=True), None),
    "a cancellation": Case(lambda do: do.api.subscriptions.cancel(do.id), None),
    "a coupon": Case(coupon, None),
    "a refund of the plan's payment": Case(
        lambda do: do.api.refunds.create({"payment_intent": do.payment}),
        "was refunded",
        lambda do: do.api.subscriptions.cancel(do.id),
    ),
    "a refund of a part of it": Case(
        lambda do: do.api.refunds.create({"payment_intent": do.payment, "amount": 100}),
        "$1.00 of the payment",
    ),
    "a dispute of the plan's payment": Case(
        lambda do: do.sandbox.control.open_dispute(do.charge()),
        "is disputed",
        lambda do: do.sandbox.control.decide_dispute(do.api.disputes.list().data[0].id, "won"),
    ),
    "an inquiry": Case(
        lambda do: do.sandbox.control.open_dispute(do.charge(), inquiry=True),
        "warning_needs_response",
    ),
    "an early fraud warning": Case(
        lambda do: do.sandbox.control.warn_of_fraud(do.charge()),
        "may be fraud (misc)",
        lambda do: (
            do.api.refunds.create({"payment_intent": do.payment}) and do.api.subscriptions.cancel(do.id)
        ),
    ),
    "a renewal that is voided": Case(
        give_up("void"),
        "was voided, so the period is not paid",
        lambda do: do.api.subscriptions.cancel(do.id),
    ),
    "a renewal that is written off": Case(
        give_up("uncollectible"),
        "was marked uncollectible",
        lambda do: do.api.invoices.pay(do.found.latest_invoice.id, {"paid_out_of_band": True}),
    ),
    "the customer deleted": Case(lambda do: do.api.customers.delete(do.customer), None),
}


@pytest.fixture
def subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    sandbox.control.set_webhooks("drop")
    return a_subscriber("growth")


def sentences() -> list[str]:
    return [each["text"] for each in reconciliation.run().findings]


def counted(app: Flask) -> int:
    answer = app.test_client().get("/readyz").json
    assert answer is not None
    return int(answer["stripe"]["findings"])


@pytest.mark.parametrize("name", CASES)
def test_it_is_followed_or_found_and_gone_once_it_is_taken_back(
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
        assert [one.object for one in findings.to_tell()[0]] != []
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
    assert "it is charged in EUR, while the wallet is in USD" in found


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


@pytest.mark.parametrize("name", PROMISES)
def test_no_page_promises_what_stripe_will_not_do(
    app: Flask, sandbox: Sandbox, visitor: Visitor, name: str
) -> None:
    organization = a_subscriber("growth")
    dashboard = Dashboard(sandbox, organization)
    CASES[name].do(dashboard)
    hear_from_stripe(app, sandbox)
    visitor.sign_in(a_person(organization=organization).email)
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


class TestTheMail:
    @pytest.fixture
    def server(self, app: Flask) -> Iterator[MailServer]:
        kept, settings = app.extensions["mail_transport"], app.config["SETTINGS"]
        with running() as started:
            app.extensions["mail_transport"] = Smtp(
                SmtpServer.parse(f"smtp://{started.address}"), "a@b.example"
            )
            app.config["SETTINGS"] = replace(settings, operators_email=("ops@b.example", "night@b.example"))
            yield started
            app.extensions["mail_transport"], app.config["SETTINGS"] = kept, settings

    @pytest.fixture
    def dashboard(self, sandbox: Sandbox, subscriber: Organization, server: MailServer) -> Dashboard:
        dashboard = Dashboard(sandbox, subscriber)
        dashboard.change_item(quantity=2)
        return dashboard

    def run(self, app: Flask, server: MailServer) -> list[str]:
        """Compare, and the subjects of the emails that came of it."""
        server.taken.clear()
        reconciliation.run()
        work_through(app)
        return sorted(str(mail["Subject"]) for _, mail in server.taken)

    def test_each_finding_is_told_once_a_day_and_when_it_is_gone(
        self, app: Flask, server: MailServer, dashboard: Dashboard
    ) -> None:
        assert self.run(app, server) == ["Billing: 1 finding at Stripe to look at"] * 2
        body = server.taken[0][1].get_body(("plain",))
        assert body is not None and "charged 2 times" in body.get_content().replace("\n", " ")
        assert self.run(app, server) == []
        db.session.execute(update(Finding).values(told_at=utc_now() - timedelta(days=1, minutes=1)))
        db.session.commit()
        assert self.run(app, server) == ["Billing: 1 finding at Stripe to look at"] * 2
        dashboard.change_item(quantity=1)
        assert self.run(app, server) == ["Billing: 1 finding at Stripe resolved"] * 2
        assert self.run(app, server) == []
        assert db.session.query(Finding).count() == 0

    def test_what_was_accepted_is_told_no_more_until_it_is_something_else(
        self, app: Flask, server: MailServer, dashboard: Dashboard
    ) -> None:
        self.run(app, server)
        assert app.test_cli_runner().invoke(args=["stripe", "findings"]).exit_code == 1
        accepted = app.test_cli_runner().invoke(args=["stripe", "accept", dashboard.id])
        assert "Accepted: Subscription" in accepted.output
        assert app.test_cli_runner().invoke(args=["stripe", "findings"]).exit_code == 0
        assert counted(app) == 0, "also before the next run"
        assert reconciliation.run().findings == []
        dashboard.change_item(quantity=3)
        assert self.run(app, server) == ["Billing: 1 finding at Stripe to look at"] * 2
        wrong = app.test_cli_runner().invoke(args=["stripe", "accept", "sub_none"])
        assert (wrong.exit_code, "No finding about sub_none" in wrong.output) == (1, True)

    def test_a_run_that_could_not_look_at_everything_says_of_nothing_that_it_is_gone(
        self, app: Flask, server: MailServer, sandbox: Sandbox, dashboard: Dashboard
    ) -> None:
        self.run(app, server)
        dashboard.change_item(quantity=1)
        sandbox.fail("GET /v1/events", "429")
        assert self.run(app, server) == []
        sandbox.clear_faults()
        assert self.run(app, server) == ["Billing: 1 finding at Stripe resolved"] * 2

    def test_a_mail_server_that_is_away_loses_nothing(
        self, app: Flask, server: MailServer, dashboard: Dashboard
    ) -> None:
        away, app.extensions["mail_transport"] = (
            app.extensions["mail_transport"],
            Smtp(SmtpServer("127.0.0.1", 1, "none"), "a@b.example"),
        )
        reconciliation.run()
        work_through(app)
        app.extensions["mail_transport"] = away
        assert operator_mail.send() == 1
        assert {to for to, _ in server.taken} == {"ops@b.example", "night@b.example"}


def test_a_warning_of_fraud_makes_the_comparison_come_immediately(app: Flask, sandbox: Sandbox) -> None:
    organization = a_subscriber("growth")
    dashboard = Dashboard(sandbox, organization)
    CASES["an early fraud warning"].do(dashboard)
    hear_from_stripe(app, sandbox, "radar.early_fraud_warning")
    db.session.rollback()
    last: Any = reconciliation.newest()
    assert "may be fraud" in last.findings[0]["text"]


def test_a_customer_who_is_none_of_ours_is_no_ones_finding(app: Flask, sandbox: Sandbox) -> None:
    sell_plans()
    api = sandbox.stripe.v1
    card: Any = {"payment_method": "pm_card_visa"}
    stranger = api.customers.create(card)
    price: Any = {"currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"}}
    made = api.prices.create({**price, "product_data": {"name": "Other product"}})
    wanted: Any = {
        "customer": stranger.id,
        "items": [{"price": made.id}],
        "payment_behavior": "default_incomplete",
    }
    api.subscriptions.create(wanted)
    assert sentences() == []
