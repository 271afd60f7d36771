"""That trying again charges once is said where a card may be charged, and nowhere else."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.payments.errors import OutcomeUnknownError
from app.web import error_pages
from app.web.marks import is_charging
from config import ROOT
from tests.web.test_step_up import changing

SAID = "Trying again won't charge you twice."
CHARGING = {
    "change_plan.answer_renewal",
    "change_plan.answer_switch",
    "change_plan.confirm_switch",
    "change_plan.pay_renewal",
    "change_plan.pay_switch",
    "wallet.confirm_top_up",
    "wallet.pay_top_up",
}
FORM = re.compile(
    r"<form\b[^>]*?\bmethod=\"post\"[^>]*?\baction=\"\{\{ (?P<address>.*?) \}\}\".*?(?<!\})>", re.DOTALL
)
ENDPOINT = re.compile(r"url_for\('([\w.]+)'")


def forms() -> list[tuple[str, str, str]]:
    """Each form of the templates that changes something: where it is, its address, and itself."""
    return [
        (path.relative_to(ROOT).as_posix(), found["address"], found[0])
        for path in sorted((ROOT / "app" / "templates").rglob("*.html"))
        for found in FORM.finditer(path.read_text())
    ]


def test_views_that_may_charge_are_marked(application: Flask) -> None:
    with application.app_context():
        assert {endpoint for endpoint in changing(application) if is_charging(endpoint)} == CHARGING


def test_their_forms_are_marked_and_no_others() -> None:
    found = forms()
    assert len(found) > 60
    marked = [address for _, address, form in found if "data-charges" in form]
    named = {one for address in marked for one in ENDPOINT.findall(address)}
    # What the bank has asked about is one form, for each of three pages.
    answers = {
        endpoint
        for path in (ROOT / "app" / "templates").rglob("*.html")
        for endpoint in re.findall(r"answer_form\(url_for\('([\w.]+)'", path.read_text())
    }
    assert named | answers == CHARGING
    assert [address for address in marked if not ENDPOINT.search(address)] == ["address"]
    for where, address, form in found:
        assert "data-charges" in form or not CHARGING & set(ENDPOINT.findall(address)), where


@pytest.mark.parametrize("kind", ["error", "processor"])
def test_error_pages_say_it_after_those_only(application: Flask, kind: str) -> None:
    paths = {
        "/billing/renewal": True,
        "/billing/wallet/top-ups/01a22d8e-9d02-7e68-9353-3b7a6844a1fd/payments": True,
        "/billing/wallet/top-ups": False,
        "/billing/wallet/limits": False,
        "/billing/details": False,
        "/nowhere": False,
    }
    for path, is_said in paths.items():
        with application.test_request_context(path, method="POST"):
            page = (
                error_pages.page(500)
                if kind == "error"
                else error_pages.payments_page(OutcomeUnknownError("no answer"), "this couldn't be done")
            )
        assert (SAID.replace("'", "&#39;") in page.get_data(as_text=True)) == is_said, path
