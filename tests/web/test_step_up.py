"""Asking again who it is, before what a stolen session must not do: every route is marked, or says why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import get_args

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.clock import utc_now
from app.extensions import db
from app.models import Role, SignInSession, TopUpStatus, User
from app.people import confirmation, invitations
from app.people.own_trail import Proof
from app.web.step_up import Change
from tests.factories import OWNER, PASSWORD, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.confirming import confirm, minutes_pass, send_again
from tests.support.factors import a_code, an_app
from tests.support.money import balance, credited, the_top_up
from tests.support.paying import TOP_UPS, Owner
from tests.support.plans import sell_plans
from tests.support.sandbox import GOOD, Sandbox

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


LIMIT = "/billing/wallet/daily-limit"
A_LIMIT = {"limit": "300", "seen": "10000.000000 -"}
DETAILS = "/billing/details"
CARDS = "/billing/payment-methods"


class TestWithoutScripts:
    def test_a_form_is_carried_through_the_question_and_sent_by_the_person(self, owner: Owner) -> None:
        minutes_pass()
        asked = owner.post(LIMIT, A_LIMIT)
        assert asked.status_code == 403
        assert "Confirm it's you to change the daily top-up limit." in text_of(asked)
        shown = confirm(owner, asked)
        assert "It hasn't been sent yet." in text_of(shown)
        assert "New daily limit 300" in text_of(shown)
        assert "Limit $10,000.00" in owner.reads(LIMIT), "nothing is sent by itself"
        assert send_again(owner, shown).status_code == 303
        assert "Limit $300.00" in owner.reads(LIMIT)

    def test_every_field_of_a_long_form_survives(self, owner: Owner) -> None:
        typed = {
            "legal_name": "Harbor Dental Inc.",
            "line1": "12 Pier St",
            "city": "Boston",
            "region": "MA",
            "postal_code": "02110",
            "country": "US",
            "emails": "books@harbor.example\ncfo@harbor.example",
            "version": "0",
        }
        minutes_pass()
        shown = confirm(owner, owner.post(DETAILS, typed))
        assert send_again(owner, shown).status_code == 303
        page = owner.get(DETAILS).text
        for value in (
            "Harbor Dental Inc.",
            "12 Pier St",
            "02110",
            "books@harbor.example",
            "cfo@harbor.example",
        ):
            assert value in page

    def test_a_wrong_password_changes_nothing_and_loses_nothing(self, owner: Owner) -> None:
        minutes_pass()
        asked = owner.post(LIMIT, A_LIMIT)
        again = confirm(owner, asked, "wrong")
        assert again.status_code == 422
        assert "Incorrect password." in text_of(again)
        assert owner.post(LIMIT, A_LIMIT).status_code == 403
        assert "New daily limit 300" in text_of(confirm(owner, again))

    def test_a_button_without_fields_is_pressed_again(self, owner: Owner) -> None:
        other = a_stripe_card(owner.organization, "pm_card_mastercard")
        minutes_pass()
        done = confirm(owner, owner.post(f"{CARDS}/{other.id}/default"))
        assert done.status_code == 303
        assert "press the button again" in text_of(owner.get(str(done.location)))
        assert owner.post(f"{CARDS}/{other.id}/default").status_code == 303

    def test_a_link_goes_on_to_where_it_led(self, owner: Owner) -> None:
        minutes_pass()
        asked = owner.get(f"{CARDS}/new?next=/billing/wallet")
        assert (asked.status_code, asked.location) == (303, asked.location)
        page = owner.get(str(asked.location))
        assert "Confirm it's you to change your payment methods." in text_of(page)
        done = confirm(owner, page)
        assert done.location == f"{CARDS}/new?next=/billing/wallet"
        assert owner.get(str(done.location)).status_code == 200

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://evil.example/", "//evil.example", "///billing.evil.example", "/api/v1", "javascript:x"],
    )
    def test_it_leads_to_no_other_site(self, owner: Owner, elsewhere: str) -> None:
        assert "evil" not in owner.get("/confirm", query_string={"next": elsewhere}).text
        sent = {"password": PASSWORD, "method": "password", "next": elsewhere}
        assert owner.post("/confirm", sent).location == "/billing"

    def test_no_form_elsewhere_can_be_planted(self, owner: Owner) -> None:
        for form in ("https://evil.example/", "/sign-out", "/organization", "/nothing"):
            sent = {"password": PASSWORD, "method": "password", "form": form, "typed-limit": "1"}
            assert owner.post("/confirm", sent).status_code == 303


class TestInPlace:
    def test_the_question_comes_for_the_page_to_show_beside_the_form(self, owner: Owner) -> None:
        minutes_pass()
        asked = owner.post(LIMIT, A_LIMIT, headers=HTMX)
        assert asked.status_code == 403
        assert "<html" not in asked.text
        assert "data-refusal" in asked.text
        assert (
            owner.post("/confirm", {"password": PASSWORD, "method": "password"}, headers=HTMX).status_code
            == 204
        )
        assert owner.post(LIMIT, A_LIMIT, headers=HTMX).status_code == 303

    def test_a_wrong_password_is_said_in_place(self, owner: Owner) -> None:
        said = owner.post("/confirm", {"password": "wrong", "method": "password"}, headers=HTMX)
        assert said.status_code == 422
        assert "data-refusal" in said.text
        assert "Incorrect password." in text_of(said)


class TestHowLong:
    def test_signing_in_counts(self, owner: Owner) -> None:
        assert owner.post(LIMIT, A_LIMIT).status_code == 303

    def test_for_half_an_hour(self, owner: Owner) -> None:
        minutes_pass(29)
        assert owner.post(LIMIT, A_LIMIT).status_code == 303

    def test_confirming_counts_in_this_browser_only(self, owner: Owner) -> None:
        stolen = owner.elsewhere()
        minutes_pass()
        owner.post("/confirm", {"password": PASSWORD, "method": "password"})
        assert owner.post(LIMIT, A_LIMIT).status_code == 303
        assert stolen.post(LIMIT, {"limit": "200"}).status_code == 403

    def test_a_session_that_began_before_this_was_stored_counts_from_when_it_began(
        self, owner: Owner
    ) -> None:
        long_ago = utc_now() - timedelta(minutes=31)
        db.session.execute(db.update(SignInSession).values(confirmed_at=None))
        db.session.commit()
        assert owner.post(LIMIT, A_LIMIT).status_code == 303
        db.session.execute(db.update(SignInSession).values(created_at=long_ago))
        db.session.commit()
        assert owner.post(LIMIT, {"limit": "200"}).status_code == 403

    def test_an_invitation_that_anyone_can_send_confirms_nothing(self, owner: Owner) -> None:
        thief = an_organization("Thief & Co")
        link = invitations.invite(thief, owner.email, role=Role.ORG_ADMIN, actor=OWNER)
        db.session.commit()
        minutes_pass()
        assert owner.post(f"/invitations/{link.token}").status_code == 302
        assert owner.post("/organization", {"organization": str(owner.organization.id)}).status_code == 302
        assert owner.post(LIMIT, A_LIMIT).status_code == 403

    def test_an_organization_that_always_asks_asks_again_two_minutes_later(self, owner: Owner) -> None:
        owner.organization.confirms_always = True
        db.session.commit()
        assert owner.post(LIMIT, A_LIMIT).status_code == 303
        minutes_pass(3)
        assert owner.post(LIMIT, {"limit": "200"}).status_code == 403


class TestWhatIsAsked:
    def test_details_without_another_recipient_are_saved(self, owner: Owner) -> None:
        minutes_pass()
        assert owner.post(DETAILS, {"legal_name": "Harbor", "version": "0"}).status_code == 303
        assert owner.post(DETAILS, {"emails": "x@x.example", "version": "1"}).status_code == 403

    def test_a_usual_top_up_is_paid(self, owner: Owner) -> None:
        minutes_pass()
        assert owner.pay(owner.review("500")).status_code == 303

    def test_a_large_one_is_not_charged_before(self, owner: Owner, sandbox: Sandbox) -> None:
        review = owner.review("500.01")
        minutes_pass()
        asked = owner.pay(review)
        assert asked.status_code == 403
        assert the_top_up(owner.organization).status is TopUpStatus.REVIEW
        assert sandbox.payment_intents() == []
        done = confirm(owner, asked)
        assert done.location == review
        assert sandbox.payment_intents() == []
        assert owner.pay(review).status_code == 303
        assert balance(owner.organization) == "500.01"

    def test_many_small_ones_are_asked_about_as_the_large_one_that_they_make(self, owner: Owner) -> None:
        reviews = [owner.review("250") for _ in range(3)]
        minutes_pass()
        assert [owner.pay(review).status_code for review in reviews] == [303, 303, 403]

    @pytest.mark.parametrize("keep", ["yes", ""])
    def test_a_card_that_is_saved_with_a_top_up_is_asked_about(
        self, owner: Owner, sandbox: Sandbox, keep: str
    ) -> None:
        typed = {
            "card": "another",
            "confirmation_token": sandbox.enter_card(GOOD, keep=bool(keep)),
            "keep": keep,
        }
        review = str(owner.post(TOP_UPS, typed | {"amount": "50"}).location)
        minutes_pass()
        assert owner.pay(review).status_code == (403 if keep else 303)
        assert owner.post(f"{review}/payments", typed).status_code == (403 if keep else 303)
        assert len(sandbox.payment_intents()) == (0 if keep else 1)
        owner.post("/confirm", {"password": PASSWORD, "method": "password"})
        assert owner.pay(review).status_code == 303
        assert len(sandbox.payment_intents()) == 1

    @pytest.mark.parametrize(("plan", "asked"), [("growth:month", False), ("scale:year", True)])
    def test_a_plan_is_asked_about_where_it_costs_as_much_as_a_large_top_up(
        self, owner: Owner, sandbox: Sandbox, plan: str, asked: bool
    ) -> None:
        sell_plans()
        review = str(owner.post("/billing/change-plan", {"plan": plan}).location)
        shown = re.search(r'name="shown" value="([^"]+)"', owner.get(review).text)
        assert shown
        minutes_pass()
        answer = owner.post(f"{review}/confirmation", {"shown": unescape(shown[1])})
        assert answer.status_code == (403 if asked else 303)
        assert ("Confirm it's you to pay for this plan." in text_of(answer)) is asked
        assert (sandbox.payment_intents() == []) is asked
        if asked:
            assert confirm(owner, answer).location == review
            assert owner.post(f"{review}/confirmation", {"shown": unescape(shown[1])}).status_code == 303

    def test_small_ones_at_the_same_moment_are_asked_about_too(self, owner: Owner, sandbox: Sandbox) -> None:
        reviews = [owner.review("250") for _ in range(8)]
        tabs = [owner, *(owner.elsewhere() for _ in range(7))]
        minutes_pass()
        with ThreadPoolExecutor(8) as hands:
            answers = hands.map(
                lambda each: each[0].post(f"{each[1]}/payments"), zip(tabs, reviews, strict=True)
            )
        assert sorted(answer.status_code for answer in answers) == [303] * 2 + [403] * 6
        assert credited(owner.organization) == [250, 250]

    def test_one_that_is_already_paid_is_shown(self, owner: Owner) -> None:
        review = owner.review("600")
        owner.pay(review)
        minutes_pass()
        assert owner.pay(review).location == review


class TestTries:
    def test_wrong_ones_are_limited_and_say_so(self, owner: Owner) -> None:
        wrong = {"password": "wrong", "method": "password"}
        said = [owner.post("/confirm", wrong).status_code for _ in range(9)]
        assert said == [422] * 8 + [429]

    def test_no_method_is_made_up(self, owner: Owner) -> None:
        for method in ("", "passkey", "none"):
            assert owner.post("/confirm", {"password": PASSWORD, "method": method}).status_code == 422

    def test_without_a_password_one_signs_in_again(self, owner: Owner) -> None:
        minutes_pass()
        db.session.execute(db.update(User).values(password_hash=None))
        db.session.commit()
        asked = owner.post(LIMIT, A_LIMIT)
        assert "Sign in again" in text_of(asked)
        assert "data-confirms" not in asked.text
        assert owner.post("/confirm", {"password": "", "method": "password"}).status_code == 422

    def test_a_stranger_is_asked_to_sign_in(self, visitor: Visitor) -> None:
        assert str(visitor.post("/confirm", {"password": PASSWORD}).location).startswith("/sign-in")
        assert str(visitor.get("/confirm").location).startswith("/sign-in")
