"""The operators' console."""

from __future__ import annotations

import secrets
from datetime import timedelta

from app.clock import utc_now
from app.extensions import db
from app.models import OperatorRole, OperatorSession
from app.models.scope import Reason, seeing_all
from app.operators import accounts
from app.operators.sessions import CONFIRMED_FOR
from app.operators.trail import COMMAND
from app.transaction import transaction
from tests.browser.every_page.scenes.stage import ERRORS, Stage, scene
from tests.factories import PASSWORD, a_card, an_organization
from tests.operators.test_timeline import fill
from tests.support.console_things import (
    a_failed_email,
    a_failed_event,
    a_failed_message,
    a_finding,
    a_sent_email,
    no_endpoints,
    uncompared,
)
from tests.support.factors import a_code

JOIN, SIGN_IN, FIND, SHOW = "operator.join", "operator.sign_in", "operator.find", "operator.show"
CREDIT, REVIEW = "operator.new_credit", "operator.review_credit"
EMAIL, MESSAGE = "operator.resend_email", "operator.replay_message"
EVENTS, FINDINGS, ACTIVITY = "operator.show_events", "operator.show_findings", "operator.show_activity"


@scene(JOIN, SIGN_IN, FIND)
def an_operators_account_is_opened(at: Stage) -> None:
    """By its link, refused and taken, which is over then; and signing in with it, refused and taken."""
    email = f"{secrets.token_hex(6)}@operator.example"
    with transaction():
        token = accounts.add(email, name="Sam Brightwater", role=OperatorRole.SUPPORT, doer=COMMAND)
    operator = accounts.find_by_link(token)
    assert operator is not None
    secret = accounts.setup_of(operator).secret
    at.look_at(JOIN, f"/operator/join/{token}")
    at.press("Open account")
    at.is_refused()
    at.look(JOIN)
    at.fill("New password", PASSWORD)
    at.fill("Code from the app", a_code(secret))
    at.press("Open account")
    at.is_told("Your account is open.")
    at.look(SIGN_IN)
    at.look_at(JOIN, f"/operator/join/{token}")
    at.look_at(SIGN_IN, "/operator/sign-in")
    at.press("Sign in")
    at.is_refused()
    at.look(SIGN_IN)
    at.fill("Email", email)
    at.fill("Password", PASSWORD)
    at.fill("Code from your authenticator app", a_code(secret, steps=1))
    at.press("Sign in")
    at.see("What do you have?")
    at.look(FIND)


@scene(FIND, SHOW, ACTIVITY)
def an_organization_is_found(at: Stage) -> None:
    """Nothing, several, its story and each part of it, and who looked at it."""
    name = f"Brightwater {secrets.token_hex(4)}"
    organization, _ = (an_organization(f"{name} {number}", credit="12.5") for number in (1, 2))
    fill(organization)
    a_card(organization, default=False, year=2024)
    a_finding(organization)
    at.enter_console()
    at.look(FIND)
    at.look_at(FIND, "/operator?q=nothing+like+it")
    at.look_at(FIND, f"/operator?q={name}")
    at.press(f"{name} 1", "link")
    at.see("What happened")
    at.look(SHOW)
    for part in ("Credit", "Top-ups", "Invoices", "Disputes", "Emails", "Messages", "Audit trail", "Holds"):
        at.press(part, "link")
        at.page.locator(f"nav a[aria-current=true]:text-is('{part}')").wait_for()
        at.look(SHOW)
    at.press("By operators", "link")
    at.see("In one organization")
    at.look(ACTIVITY)
    at.look_at(ACTIVITY, "/operator/activity")


@scene(CREDIT, REVIEW, SHOW)
def credit_is_granted(at: Stage) -> None:
    """Refused, reviewed, refused for want of a code, granted, and reviewed again by Back."""
    organization = an_organization()
    opened = at.enter_console(f"/organizations/{organization.id}/credit")
    at.look(CREDIT)
    at.press("Review")
    at.is_refused()
    at.look(CREDIT)
    at.fill("Amount", "25")
    at.fill("Reason", "Outage on Monday")
    at.press("Review")
    at.page.get_by_role("button", name="Grant $25.00").wait_for()
    at.look(REVIEW)
    with seeing_all(Reason.TESTS), transaction():
        query = db.select(OperatorSession).filter_by(operator_id=opened.operator.id)
        db.session.scalars(query).one().confirmed_at = utc_now() - CONFIRMED_FOR - timedelta(minutes=1)
    at.press("Grant $25.00")
    at.is_refused()
    at.look(REVIEW)
    at.fill("Code from your authenticator app", opened.code())
    at.press("Grant $25.00")
    at.is_told("$25.00 of goodwill credit granted.")
    at.look(SHOW)
    # Back leads to the review and sends nothing; pressed again there, it grants nothing more.
    at.page.go_back()
    at.page.get_by_role("button", name="Grant $25.00").wait_for()
    at.press("Grant $25.00")
    at.is_told("It was already granted: nothing changed.")


@scene(EMAIL, MESSAGE, SHOW)
def something_is_sent_again(at: Stage) -> None:
    """An email and a message to the platform: refused, and sent; an email that everyone has."""
    organization = an_organization()
    at.enter_console()
    for name, path, button, told in (
        (EMAIL, a_failed_email(organization), "Resend email", "The email will be sent again."),
        (MESSAGE, a_failed_message(organization), "Send again", "The message will be sent again."),
    ):
        at.look_at(name, path)
        at.press(button)
        at.is_refused()
        at.look(name)
        at.fill("Reason", "Outage on Monday")
        at.press(button)
        at.is_told(told)
        at.look(SHOW)
    no_endpoints()
    at.look_at(EMAIL, a_sent_email(organization))


@scene(EVENTS, FINDINGS)
def what_needs_someone_is_done(at: Stage) -> None:
    """An event of Stripe's, and a finding: none, chosen, refused, and done."""
    event = a_failed_event()
    at.enter_console("/events")
    at.look(EVENTS)
    at.look_at(EVENTS, "/operator/events?event=evt_none")
    at.look_at(EVENTS, f"/operator/events?event={event}")
    at.press("Replay event")
    at.is_refused()
    at.look(EVENTS)
    at.fill("Reason", "Fixed by now")
    at.press("Replay event")
    at.is_told("will be handled again.")
    at.look(EVENTS)
    with uncompared():
        _acknowledge(at, a_finding())


def _acknowledge(at: Stage, object_: str) -> None:
    at.look_at(FINDINGS, "/operator/findings")
    at.press(object_, "link")
    at.page.get_by_role("button", name="Acknowledge finding").wait_for()
    at.look(FINDINGS)
    at.press("Acknowledge finding")
    at.is_refused()
    at.look(FINDINGS)
    at.fill("Reason", "Refunded by hand")
    at.press("Acknowledge finding")
    at.is_told(f"Acknowledged: {object_}.")
    at.look(FINDINGS)


@scene()
def the_console_says_no(at: Stage) -> None:
    """To someone of the other role, and where there is nothing, signed in or not."""
    at.look_at(ERRORS, "/operator/nothing")
    at.enter_console(f"/organizations/{an_organization().id}/credit", role=OperatorRole.SUPPORT)
    at.look(ERRORS)
    at.look_at(ERRORS, "/operator/nothing")
