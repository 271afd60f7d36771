"""Forms that were open for too long, or sent by another person than they were drawn for."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.factories import PASSWORD, a_person, an_organization
from tests.support.browsing import HTMX, Visitor, text_of


@pytest.fixture
def owner(app: Flask) -> str:
    return a_person("dana@harbor.example", organization=an_organization("Harbor Dental")).email


def test_a_form_sent_after_the_session_ended_leads_to_the_sign_in_page(visitor: Visitor, owner: str) -> None:
    sent = visitor.post("/billing/wallet/top-ups", {"amount": "25"}, token="of a session that ended")
    assert sent.location == "/sign-in?next=/billing/wallet?amount%3D25"
    back = visitor.sign_in(owner, to="/billing/wallet?amount=25")
    assert 'value="25" checked' in visitor.get(str(back.location)).text
    visitor.post("/sign-out")
    in_place = visitor.post("/billing/wallet/top-ups", {"amount": "25"}, token="stale", headers=HTMX)
    assert in_place.status_code == 401


def test_a_sign_in_page_that_was_open_for_too_long_is_shown_again(visitor: Visitor, owner: str) -> None:
    filled = {"email": owner, "password": PASSWORD, "next": "/billing/wallet"}
    page = visitor.post("/sign-in", filled, token="stale")
    assert page.status_code == 400
    assert "open for a long time" in text_of(page)
    assert owner in page.text
    assert PASSWORD not in page.text
    assert visitor.sign_in(owner, to="/billing/wallet").location == "/billing/wallet"


def test_a_stale_token_offers_to_send_the_form_again_with_what_was_typed(
    visitor: Visitor, owner: str
) -> None:
    visitor.sign_in(owner)
    page = visitor.post(
        "/billing/wallet/top-ups", {"amount": "other", "other_amount": "73.21"}, token=visitor.old_token()
    )
    assert page.status_code == 400
    assert 'value="73.21"' in page.text
    assert "Send again" in text_of(page)


class TestAnotherPerson:
    """A page that one person opened acts for no other who signs in later in the same browser."""

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_their_forms_are_refused_and_not_handed_over(
        self, visitor: Visitor, owner: str, headers: dict[str, str]
    ) -> None:
        visitor.sign_in(owner)
        drawn = visitor.token()
        other = a_person("olga@pine.example", organization=an_organization("Pine Realty"), name="Olga Pine")
        visitor.post("/sign-out")
        visitor.sign_in(other.email)
        page = visitor.post(
            "/billing/details", {"legal_name": "Harbor Ltd", "version": "0"}, token=drawn, headers=headers
        )
        assert page.status_code == 400
        assert "You're now signed in as Olga Pine" in text_of(page)
        assert "Nothing was changed." in text_of(page)
        assert "Send again" not in page.text
        assert "Harbor Ltd" not in page.text
        assert "X-Form-Token" not in page.headers

    def test_an_open_page_of_the_same_person_gets_a_fresh_token(self, visitor: Visitor, owner: str) -> None:
        visitor.sign_in(owner)
        page = visitor.post("/billing/details", {"legal_name": "x"}, token=visitor.old_token(), headers=HTMX)
        assert page.status_code == 400
        assert "Press the button again." in text_of(page)
        saved = visitor.post(
            "/billing/details", {"version": "0"}, token=page.headers["X-Form-Token"], headers=HTMX
        )
        assert saved.status_code in {200, 422}


class TestBlockedCookies:
    def test_are_told_as_such_with_what_to_do(self, app: Flask, visitor: Visitor, owner: str) -> None:
        form = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/sign-in").text)
        assert form
        without = app.test_client(use_cookies=False)
        page = without.post(
            "/sign-in", data={"email": owner, "password": PASSWORD, "csrf_token": unescape(form[1])}
        )
        assert page.status_code == 400
        assert "Your browser is blocking cookies" in text_of(page)
        assert "Allow cookies for localhost, then try again." in text_of(page)
        assert "open for a long time" not in text_of(page)
        assert owner in page.text
        assert PASSWORD not in page.text

    def test_so_are_they_where_a_link_is_asked_for(self, app: Flask, visitor: Visitor, owner: str) -> None:
        form = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/forgot-password").text)
        assert form
        page = app.test_client(use_cookies=False).post(
            "/forgot-password", data={"email": owner, "csrf_token": unescape(form[1])}
        )
        assert page.status_code == 400
        assert "Your browser is blocking cookies" in text_of(page)
        assert 'href="/forgot-password"' in page.text
