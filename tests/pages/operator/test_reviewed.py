"""What is reviewed is what its operator filled in, for the organization that they filled it in for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.models import Organization
from tests.factories import an_organization
from tests.pages.operator.test_credit import fill_in
from tests.support.browsing import text_of
from tests.support.console import Console, a_console
from tests.support.operating import events


def test_the_review_is_no_one_elses_and_of_nothing_else(
    app: Flask, console: Console, harbor: Organization
) -> None:
    """No link fills it in for an operator: neither another's, nor that of another organization, nor one made up."""
    there = fill_in(console, harbor).location
    pine, sam = an_organization("Pine Realty"), a_console(app, email="sam@operator.example")
    for browser, at in (
        (console, there.replace(str(harbor.id), str(pine.id))),
        (console, there[:-1]),
        (console, there.partition("?")[0] + "?amount=25&kind=goodwill&reason=x&key=console-" + "0" * 32),
        (sam, there),
    ):
        answer = browser.get(at)
        assert answer.location.endswith("/credit"), at
        grant_at = answer.location + "/grant"
        assert "Nothing was granted" in text_of(browser.get(answer.location))
        assert browser.post(grant_at, {"grant": at.partition("=")[2]}).location == answer.location
    assert "Grant $25.00" in console.get(there).text, "Back leads to it again"
    assert events("credit.granted") == []


def test_a_review_that_is_over_leads_back_to_the_form(
    console: Console, harbor: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = fill_in(console, harbor).location
    monkeypatch.setattr("app.pages.operator.reviewed.VALID_FOR", timedelta(seconds=-1))
    assert console.get(there).location.endswith("/credit")
