"""Operators are emailed what was found, once a day at most, and when it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import reconciliation
from app.clock import utc_now
from app.extensions import db
from app.models import Finding, Organization
from app.notify.server import SmtpServer
from app.notify.smtp import Smtp
from app.reconciliation import operator_mail
from tests.support.dashboard import Dashboard
from tests.support.dashboard_cases import CASES, counted, sentences
from tests.support.mail_server import MailServer, running
from tests.support.plans import a_subscriber, hear_from_stripe, sell_plans
from tests.support.sandbox import Sandbox, work_through


@pytest.fixture
def subscriber(app: Flask, sandbox: Sandbox) -> Organization:
    sandbox.control.set_webhooks("drop")
    return a_subscriber("growth")


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

    @pytest.mark.long
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

    @pytest.mark.long
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

    @pytest.mark.long
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


@pytest.mark.long
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
