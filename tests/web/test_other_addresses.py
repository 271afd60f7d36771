"""Whatever address a form leaves in the address bar, it can be reloaded, kept and pasted: it leads to a page."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.web.frames import ENTRANCE
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor
from tests.support.paying import Owner
from tests.support.sandbox import Sandbox
from tests.support.url_map import address, rules

FOR_PROGRAMS = {"api", "csp_reports", "health", "live", "webhooks"}
VALUES = {"UUIDConverter": uuid4(), "month": "2026-11", "token": "x"}


def of_people(app: Flask, method: str) -> list[Rule]:
    """The rules that a browser's address bar can hold."""
    asked_by_pages = {name for name, one in app.blueprints.items() if getattr(one, "asked_by_pages", False)}
    return [
        rule
        for rule in rules(app, method)
        if rule.endpoint.split(".")[0] not in FOR_PROGRAMS | asked_by_pages
        and not rule.endpoint.endswith(".static")
    ]


def lands(visitor: Visitor, path: str) -> tuple[int, str]:
    """The answer at the end of all redirects, and its path."""
    answer = visitor.get(path, follow_redirects=True)
    return answer.status_code, answer.request.path


@pytest.mark.long
def test_every_address_that_a_form_is_sent_to_opens_as_a_page(app: Flask, sandbox: Sandbox) -> None:
    owner, stranger = Owner(app), Visitor(app.test_client())
    top_up = owner.review()
    known = VALUES | {"top_up_id": top_up.rsplit("/", 1)[1], "card_id": owner.card.id}
    sent_to = [address(app, rule, known) for rule in of_people(app, "POST")]
    assert len(sent_to) > 30
    for path in sent_to:
        for visitor in (owner, stranger):
            for ending in ("", "/"):
                status, end = lands(visitor, f"{path}{ending}")
                # An invitation or a card that no one has is said to be missing: by a page, too. And where the shell
                # signs in, a browser without a session hears that it kept no cookie.
                if path == ENTRANCE and visitor is stranger:
                    assert status == 403, (path, ending, end)
                    continue
                assert status in {200, 404}, (path, ending, end)
                if "/x" not in path and str(VALUES["UUIDConverter"]) not in path:
                    assert status == 200, (path, ending, end)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/billing/wallet/top-ups", "/billing/wallet"),
        ("/billing/change-plan/cancellation-of-nothing/", None),
        ("/account/details", "/account"),
        ("/billing/wallet/daily-limit/", "/billing/wallet/daily-limit"),
    ],
)
def test_it_is_the_page_that_the_form_is_on(
    app: Flask, sandbox: Sandbox, path: str, page: str | None
) -> None:
    status, end = lands(Owner(app), path)
    assert (status, end) == ((200, page) if page else (404, path))


def test_a_top_up_that_was_declined_is_shown_at_the_address_of_its_payments(
    app: Flask, sandbox: Sandbox
) -> None:
    owner = Owner(app, "pm_card_chargeCustomerFail")
    top_up = owner.review()
    owner.pay(top_up)
    assert lands(owner, f"{top_up}/payments") == (200, top_up)


def test_a_slash_at_the_end_leads_to_the_page_with_its_query(app: Flask, sandbox: Sandbox) -> None:
    owner = Owner(app)
    for rule in of_people(app, "GET"):
        # Below /api/ answers are for programs.
        if rule.arguments or rule.rule in {"/", "/api"} or rule.rule.startswith("/api/"):
            continue
        answer = owner.get(f"{rule.rule}/?amount=75&x=%C3%BC")
        assert (answer.status_code, answer.location) == (302, f"{rule.rule}?amount=75&x=%C3%BC"), rule.rule


def test_someone_who_is_signed_out_comes_back_to_the_page_of_the_form(app: Flask) -> None:
    visitor = Visitor(app.test_client())
    first = visitor.get("/billing/wallet/top-ups")
    assert first.location == "/billing/wallet"
    assert "next=/billing/wallet" in str(visitor.get(str(first.location)).location).replace("%2F", "/")


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "/%2F%2Fevil.example/", "/https:/evil.example/", "/billing//wallet/", "/\\evil/"],
)
def test_no_address_leads_to_another_host(app: Flask, visitor: Visitor, path: str) -> None:
    visitor.begin_session(a_person(organization=an_organization()).email)
    for _ in range(4):
        answer = visitor.get(path)
        if answer.location is None:
            break
        path = str(answer.location)
        assert path.startswith(("/", "http://localhost/")), path
        assert not path.startswith(("//", "/\\")), path


def test_what_would_change_something_and_what_programs_ask_is_refused_as_before(
    app: Flask, visitor: Visitor
) -> None:
    assert visitor.post("/billing/wallet/top-ups/").status_code == 404
    assert visitor.post("/billing").status_code == 405
    for path in ("/webhooks/stripe", "/api/v1/usage"):
        assert visitor.get(path).status_code == 405, path
    assert visitor.get("/api/v1/usage/").status_code == 404
