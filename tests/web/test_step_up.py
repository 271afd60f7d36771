"""Asking again who it is, before what a stolen session must not do: every route is marked, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Role, User
from app.people import confirmation, invitations
from app.people.own_trail import Proof
from app.web.step_up import Change
from tests.factories import OWNER, PASSWORD, an_organization
from tests.support.browsing import text_of
from tests.support.confirming import confirm, minutes_pass
from tests.support.factors import a_code, an_app
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

LIMIT = "/billing/wallet/daily-limit"
A_LIMIT = {"limit": "300", "seen": "10000.000000 -"}
NOT_ASKED = {
    "alert_emails.stop": "stops the emails that its link is from, gives nothing away",
    "alerts.confirm_phone": "has the proof that was sent to the phone",
    "alerts.send_code": "sends a code to a phone that someone confirmed to add",
    "alerts.send_test": "sends a test where alerts go already",
    "account.change_password": "asks for the current password itself",
    "account.end_session": "ends a session, gives no access",
    "account.end_sessions": "ends sessions, gives no access",
    "account.save_details": "changes how one is named, and in which language",
    "account.save_keyboard": "changes which keys do what for oneself",
    "account.turn_keyboard_off": "turns one's own shortcuts off",
    "auth.confirm": "asks itself",
    "auth.confirm_challenge": "gives a random number",
    "auth.enter_from_shell": "begins a session",
    "auth.forgot_password": "changes nothing but sends a link to the account's own address",
    "auth.invitation": "accepting gives no one else access, and begins a session",
    "auth.leave_with_shell": "ends a session, gives no access",
    "auth.passkey_challenge": "gives a random number",
    "auth.recovery_code": "is a step of signing in",
    "auth.second_factor": "is a step of signing in",
    "auth.second_factor_challenge": "gives a random number",
    "auth.set_password": "has the proof in its link, and begins a session",
    "auth.sign_in": "begins a session",
    "auth.sign_in_with_passkey": "begins a session",
    "auth.sign_out": "gives nothing away",
    "auth.switch_organization": "changes what one sees oneself",
    "auth.use_passkey": "is a step of signing in",
    "auto_top_up.turn_off": "only stops charges, and tells all owners",
    "brake.ask_again": "lets the brake ask about more, rather than less",
    "change_plan.answer_renewal": "asks Stripe how a payment ended",
    "change_plan.answer_switch": "asks Stripe how a payment ended",
    "change_plan.begin_switch": "charges nothing",
    "change_plan.cancel_plan": "charges nothing, and can be undone until the period ends",
    "change_plan.cancel_scheduled_change": "charges nothing",
    "change_plan.cancel_switch": "charges nothing",
    "change_plan.pay_renewal": "charges what an invoice is for, once",
    "limits.add": "narrows what can be spent",
    "limits.ask_more": "changes nothing until an owner, who is asked, approves it",
    "limits.close_destination": "narrows where calls go",
    "limits.refuse": "leaves a limit as it is",
    "factors.rename_passkey": "changes how one's own passkey is named",
    "wallet.confirm_call": "changes nothing but when a call is asked about again",
    "wallet.end_call": "ends a call that lasts unusually long, and gives nothing away",
    "wallet.begin_top_up": "charges nothing: paying asks",
    "wallet.cancel_top_up": "charges nothing",
    "wallet.confirm_top_up": "asks Stripe how a payment ended",
    "wallet.remove_view": "removes a bookmark of one's own",
    "wallet.rename_view": "changes how one's own bookmark is named",
    "wallet.save_view": "keeps a bookmark for oneself",
}
"""Routes that change something without asking, and why."""
FOR_PROGRAMS = {"api", "csp_reports", "dev_chat", "webhooks"}
"""Blueprints that no person's session opens: their callers have tokens or signatures, or none is needed."""

READ_ASKS = {
    "auth.connect_provider",
    "factors.new_passkey",
    "payment_methods.new",
    "payment_methods.confirm_removal",
}
"""Pages that ask before they are shown: what is typed into Stripe's fields can't be carried through a page."""


def changing(app: Flask) -> set[str]:
    """The endpoints that change something, for people."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
        and rule.endpoint.partition(".")[0] not in FOR_PROGRAMS
    }


def asks(app: Flask, endpoint: str) -> Change | None:
    found: Change | None = getattr(app.view_functions[endpoint], "confirms", None)
    return found


def test_every_route_that_changes_something_asks_or_says_why_not(application: Flask) -> None:
    silent = {endpoint for endpoint in changing(application) if asks(application, endpoint) is None}
    assert silent == set(NOT_ASKED)


def test_pages_before_which_something_would_be_lost_ask_too(application: Flask) -> None:
    read = set(application.view_functions) - changing(application)
    assert {endpoint for endpoint in read if asks(application, endpoint)} == READ_ASKS


def test_none_asks_before_it_is_known_who_is_asked(application: Flask) -> None:
    for endpoint, view in application.view_functions.items():
        if asks(application, endpoint):
            guards = ("org_admin_required", "member_required", "person_required")
            assert any(getattr(view, guard, False) for guard in guards)


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


def test_who_has_an_authenticator_app_confirms_with_its_code_and_each_code_once(owner: Owner) -> None:
    user = db.session.scalars(db.select(User)).one()
    secret = an_app(user)
    minutes_pass()
    asked = owner.post(LIMIT, A_LIMIT)
    assert "Your password" not in asked.text
    wrong = confirm(owner, asked, code="000000")
    assert (wrong.status_code, "This code is wrong" in text_of(wrong)) == (422, True)
    code = a_code(secret, steps=1)
    assert "It hasn't been sent yet." in text_of(confirm(owner, asked, code=code))
    minutes_pass()
    assert confirm(owner, owner.post(LIMIT, {"limit": "200"}), code=code).status_code == 422


def test_the_password_alone_confirms_nothing_where_there_is_an_app(owner: Owner) -> None:
    """It may have been stolen with the session."""
    an_app(db.session.scalars(db.select(User)).one())
    minutes_pass()
    assert owner.post("/confirm", {"method": "password", "password": PASSWORD}).status_code == 422
    assert owner.post(LIMIT, A_LIMIT).status_code == 403


def invited(owner: Owner) -> TestResponse:
    link = invitations.invite(an_organization("Thief & Co"), owner.email, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    begun = owner.post(f"/invitations/{link.token}")
    owner.post("/organization", {"organization": str(owner.organization.id)})
    return begun


NEW_SESSIONS: dict[str, Callable[[Owner], TestResponse]] = {
    "account.change_password": lambda owner: owner.post(
        "/account/password", {"current_password": PASSWORD, "password": "sixteen blue kilns"}
    ),
    "auth.invitation": invited,
    "auth.sign_in": lambda owner: owner.sign_in(owner.email),
}
"""What gives a session to someone who has another one of the same person, and knows the password."""


@pytest.mark.parametrize("way", NEW_SESSIONS)
def test_no_new_session_confirms_what_the_second_factor_has_to(owner: Owner, way: str) -> None:
    an_app(db.session.scalars(db.select(User)).one())
    minutes_pass()
    assert NEW_SESSIONS[way](owner).status_code == 302
    # Signing in again asks for the factor, and ends what this browser was signed in to.
    assert owner.post(LIMIT, A_LIMIT).status_code == (302 if way == "auth.sign_in" else 403)


def test_each_proof_confirms_as_much_as_it_proves(owner: Owner) -> None:
    user = db.session.scalars(db.select(User)).one()
    enough = {proof for proof in get_args(Proof) if confirmation.is_proved_by(user, proof)}
    assert enough == {"password", "link", "provider", "code", "recovery_code", "passkey"}
    an_app(user)
    enough = {proof for proof in get_args(Proof) if confirmation.is_proved_by(user, proof)}
    assert enough == {"code", "recovery_code", "passkey"}
