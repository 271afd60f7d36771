"""Whatever goes wrong with a form, it stays as it was filled in, and what went wrong is said beside it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.site import sign_in
from tests.factories import a_payer, a_person

PROXY_PAGE = "<!doctype html><html><body><h1>Bad gateway</h1></body></html>"
FAILURES: list[tuple[int | None, str, str]] = [
    (401, "", "Your session has ended."),
    (403, "<main><div data-refusal><p>Billing is for owners.</p></div></main>", "Billing is for owners."),
    (403, PROXY_PAGE, "What you entered is still here"),
    (404, "<main><div data-refusal><p>There is no such thing.</p></div></main>", "There is no such thing."),
    (429, "", "Too many attempts. Wait a minute and try again."),
    (500, PROXY_PAGE, "What you entered is still here"),
    (502, PROXY_PAGE, "What you entered is still here"),
    (503, "", "What you entered is still here"),
    (None, "", "The connection was lost"),
]
FORMS = {
    "campaign": (
        "/billing/wallet/campaign-check",
        "Number of calls",
        "Check campaign",
        "**/campaign-check?**",
    ),
    "top-up": ("/billing/wallet", "Other amount", "Review top-up", "**/wallet/top-ups"),
    "details": ("/billing/details", "Legal name", "Save billing details", "**/billing/details"),
}


def field_of(page: Page, name: str) -> Locator:
    if name == "Other amount":
        page.get_by_role("radio", name=name).check()
        return page.get_by_role("textbox", name=name)
    return page.get_by_label(name)


def failing(status: int | None, body: str) -> Callable[[Route], None]:
    """What becomes of a request; None where the connection is lost."""

    def fail(route: Route) -> None:
        if status is None:
            route.abort()
        else:
            route.fulfill(status=status, content_type="text/html", body=body)

    return fail


@pytest.mark.parametrize("form", FORMS)
def test_it_stays_and_the_error_is_beside_it(page: Page, app: Flask, form: str) -> None:
    path, name, button, sent_to = FORMS[form]
    sign_in(page, a_person(organization=a_payer(credit="20")[0]).email, to=path)
    field, press = field_of(page, name), page.get_by_role("button", name=button)
    field.fill("73")
    heading = page.get_by_role("heading", level=1).inner_text()
    for status, body, words in FAILURES:
        page.route(sent_to, failing(status, body))
        press.press("Enter")
        beside = page.locator("[data-beside-form]")
        expect(beside, f"{status}").to_contain_text(words)
        expect(beside).to_have_attribute("role", "alert")
        assert beside.evaluate("(each) => each.nextElementSibling.tagName") == "FORM"
        expect(field).to_have_value("73")
        expect(press).to_be_enabled()
        expect(press).to_be_focused()
        assert page.get_by_role("heading", level=1).inner_text() == heading
        page.unroute(sent_to)
    press.press("Enter")
    expect(page.locator("[data-beside-form]")).to_have_count(0)


def test_an_old_form_is_sent_by_pressing_again(page: Page, app: Flask) -> None:
    email = a_person(organization=a_payer()[0]).email
    sign_in(page, email, to="/billing/wallet")
    other = page.context.new_page()
    other.goto("/billing")
    other.get_by_role("button", name="Sign out").click()
    sign_in(other, email)
    page.bring_to_front()
    field_of(page, "Other amount").fill("73.21")
    page.get_by_role("button", name="Review top-up").press("Enter")
    expect(page.locator("[data-beside-form]")).to_contain_text("Press the button again.")
    page.get_by_role("button", name="Review top-up").press("Enter")
    expect(page.get_by_role("button", name="Pay $73.21")).to_be_visible()
