"""Signing out leaves nothing of the pages in the browser, and everything of others on the same site."""

from __future__ import annotations

import ast

import pytest
from flask import Flask

from app.extensions import db
from app.models import AuditEvent, SignInSession
from config import ROOT
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor

WAYS = ("/sign-out", "/account/sessions/sign-out")


@pytest.mark.parametrize("way", WAYS)
def test_the_browser_is_told_to_delete_what_it_has_cached_and_no_cookie(visitor: Visitor, way: str) -> None:
    visitor.sign_in(a_person(organization=an_organization()).email)
    response = visitor.post(way)
    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert visitor.client.get_cookie("known_device"), "the next sign-in here is none from a new browser"
    assert "Clear-Site-Data" not in visitor.get("/sign-in").headers


def test_signing_others_out_deletes_nothing_here(visitor: Visitor) -> None:
    visitor.sign_in(a_person(organization=an_organization()).email)
    response = visitor.post("/account/sessions/sign-out", {"which": "others"})
    assert "Clear-Site-Data" not in response.headers


@pytest.mark.long
def test_there_is_one_way_to_be_signed_out() -> None:
    found = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "app").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Name) and node.id == "logout_user"
    }
    assert found == {"app/web/leaving.py"}


class TestByAnOperator:
    @pytest.mark.long
    def test_a_person_is_signed_out_everywhere_and_no_one_else(self, app: Flask) -> None:
        organization = an_organization()
        ruth, tom = (a_person(f"{name}@birch.example", organization=organization) for name in ("ruth", "tom"))
        browsers = [Visitor(app.test_client()) for _ in range(3)]
        for browser, email in zip(browsers, (ruth.email, ruth.email, tom.email), strict=True):
            browser.sign_in(email)
        done = app.test_cli_runner().invoke(args=["user", "sign-out", "RUTH@birch.example"])
        assert "ruth@birch.example is signed out in 2 browsers." in done.output
        assert [one.get("/account").status_code for one in browsers] == [302, 302, 200]
        entry = db.session.scalars(db.select(AuditEvent).filter_by(action="user.sessions_ended")).one()
        assert (entry.subject, entry.actor, entry.org_id) == (ruth.email, "operator", organization.id)
        assert browsers[0].sign_in(ruth.email).status_code == 302

    def test_everyone_is(self, app: Flask) -> None:
        organization = an_organization()
        people = [a_person(organization=organization) for _ in range(3)]
        for person in people:
            Visitor(app.test_client()).sign_in(person.email)
        done = app.test_cli_runner().invoke(args=["user", "sign-out", "--everyone"])
        assert "Everyone is signed out: 3 people." in done.output
        assert db.session.scalars(db.select(SignInSession)).all() == []
        entries = db.session.scalars(db.select(AuditEvent).filter_by(action="user.sessions_ended"))
        assert sorted(one.subject for one in entries) == sorted(one.email for one in people)

    @pytest.mark.parametrize("args", [[], ["ruth@birch.example", "--everyone"], ["no@one.example"]])
    def test_who_has_to_be_said(self, app: Flask, args: list[str]) -> None:
        assert app.test_cli_runner().invoke(args=["user", "sign-out", *args]).exit_code == 1
