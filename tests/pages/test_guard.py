"""Every billing route is for owners, and every request is answered by someone who was meant to answer it."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.models import PaymentMethod, TopUp, Wallet
from app.models.scope import scope_to
from tests.factories import a_card, an_organization

OPEN = {
    "alert_emails.stop",  # of who has the link that an email carries, signed: tests/pages/test_alerts_page.py
    "api_docs.list_problems",  # what the API is like, for anyone who builds against it
    "api_docs.show",
    "api_docs.show_problem",
    "api_docs.start",
    "assets.head",  # what a shell on the same origin adds to its own head
    "assets.embed",  # the shell's element, for pages of the shell
    "assets.static",
    "auth.arrive_from_shell",  # leads on, or says that no one is signed in
    "auth.choose_organization",  # one's own organizations, whatever the role
    "auth.enter_from_shell",  # asks for a token of the shell's: tests/pages/shell/test_shell_sign_in.py
    "auth.confirmed",  # says what to do next, and nothing else
    "auth.home",
    "auth.leave_with_shell",  # ends the session of whose browser it is
    "auth.passkey_challenge",  # a random number, and nothing of whom it is for
    "auth.provider_callback",  # for the browser that went there, once: tests/pages/test_provider.py
    "auth.recovery_code",  # of whose password was right in this browser: tests/pages/test_second_factor.py
    "auth.second_factor",
    "auth.second_factor_challenge",
    "auth.sign_in",
    "auth.sign_in_with_passkey",
    "auth.sign_in_with_provider",  # leads to the provider
    "auth.sign_out",
    "auth.sign_out_of_provider",
    "auth.switch_organization",
    "auth.set_password",
    "auth.invitation",
    "auth.forgot_password",
    "auth.use_passkey",
    "csp_reports.receive",  # browsers report by themselves, without a session
    "dev_chat.receive",  # the demo's own Slack, not there in production
    "components.index",  # the demo's own, not there in production
    "components.static",
    "dev_mail.index",  # the demo's and the tests' own, not there in production
    "dev_mail.show",
    "dev_mail.show_html",
    "dev_mail.static",
    "health.healthz",
    "health.metrics",
    "health.readyz",
    "webhooks.receive",
}
"""What anyone may ask for. Anyone who adds to it says why here: each of these checks its caller itself, or
shows nothing of an organization."""


OF_MEMBERS = {"limits.show_more", "limits.ask_more"}
"""For anyone of the organization, whatever the role: they show a limit, and ask the owners for more of it."""


def test_only_those_are_for_every_member(application: Flask) -> None:
    views = application.view_functions
    assert {name for name, view in views.items() if getattr(view, "member_required", False)} == OF_MEMBERS


def test_every_route_outside_the_list_asks_for_the_owners_role(application: Flask) -> None:
    unguarded = {
        rule.endpoint
        for rule in application.url_map.iter_rules()
        if not getattr(application.view_functions[rule.endpoint], "org_admin_required", False)
        and not getattr(application.view_functions[rule.endpoint], "person_required", False)
        and rule.endpoint not in OF_MEMBERS
        and not rule.endpoint.startswith("api.")  # each asks for a token: tests/api/test_tokens.py
    }
    assert unguarded == OPEN


def test_every_changing_route_is_protected_against_forged_requests(application: Flask) -> None:
    exempt = application.extensions["csrf"]._exempt_blueprints
    assert {blueprint.name for blueprint in exempt} == {
        "alert_emails",  # what mail programs post: the signed link is what allows it
        "api",
        "csp_reports",
        "dev_chat",
        "health",
        "webhooks",
    }
    assert not application.extensions["csrf"]._exempt_views


@pytest.mark.parametrize("table", [PaymentMethod, TopUp, Wallet])
def test_a_query_that_forgets_the_organization_finds_its_own_rows_only(app: Flask, table: type) -> None:
    mine, other = an_organization(), an_organization()
    a_card(mine), a_card(other)
    scope_to(db.session(), mine.id)
    found = db.session.scalars(db.select(table)).all()
    assert {row.org_id for row in found} <= {mine.id}
    assert db.session.execute(db.update(PaymentMethod).values(last4="0000")).rowcount == 1
    assert db.session.execute(db.delete(PaymentMethod)).rowcount == 1
