"""The question itself, before what a stolen session must not do: with and without scripts, how long its answer counts,
and wrong answers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.clock import utc_now
from app.extensions import db
from app.models import Role, SignInSession, User
from app.people import invitations
from tests.factories import OWNER, PASSWORD, a_stripe_card, an_organization
from tests.support.browsing import HTMX, Visitor, text_of
from tests.support.confirming import confirm, minutes_pass, send_again
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox

LIMIT = "/billing/wallet/daily-limit"
A_LIMIT = {"limit": "300", "seen": "10000.000000 -"}
DETAILS = "/billing/details"
CARDS = "/billing/payment-methods"


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app)


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
