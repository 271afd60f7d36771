"""Each page of the console is looked at somewhere, is light the first time that it is shown, and asks for the styles
that it uses."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.models import Organization
from dev.page_map import CONSOLE_SIGNED_OUT, console_pages, pages
from tests.operators.test_timeline import fill
from tests.support.browsing import text_of
from tests.support.console import Console
from tests.support.console_addresses import AFTER_A_FORM, QUERIES, console_addresses
from tests.web.test_first_load import OF_A_PAGE, check
from tests.web.test_own_styles import lacking


def test_each_is_somewhere(app: Flask, harbor: Organization) -> None:
    fill(harbor)
    there = {rule.endpoint for rule in console_pages(app)}
    found = {one.name for one in console_addresses(app, harbor)}
    assert there == found | CONSOLE_SIGNED_OUT | AFTER_A_FORM
    assert set(QUERIES) <= found
    assert not there & {rule.endpoint for rule in pages(app)}, "no owner's page is one of the console"


def test_each_is_light_and_asks_for_what_it_uses(app: Flask, console: Console, harbor: Organization) -> None:
    fill(harbor)

    def get(path: str, **options: Any) -> TestResponse:
        return console.client.get(path, **options)

    for each in console_addresses(app, harbor):
        check(get, each.path, OF_A_PAGE)
        assert lacking(get(each.path).text) == [], each.path
    visitor = Console(app)
    check(visitor.client.get, "/operator/sign-in", OF_A_PAGE)
    assert "Sign in to the console" in text_of(visitor.get("/sign-in"))
