"""Without a connection: each form of each page says so, keeps what was typed and the focus, and can be sent once it is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from app.models import Organization
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person
from tests.support.addresses import Address, addresses
from tests.support.console_addresses import console_addresses
from tests.support.console_things import a_failed_email
from tests.support.operating import an_operator
from tests.support.session_cookies import begin_operator_session
from tests.support.states import busy

FORMS = "main form[method=post]:not(dialog form)"
TYPE = """form => {
  for (const field of form.elements) {
    if (field.matches("input[type=text], input:not([type]), input[type=email], input[type=tel], textarea"))
      field.value = "12";
    else if (field.matches("input[type=password]")) field.value = "typed by someone";
    else if (field.matches("input[type=checkbox]")) field.checked = !field.checked;
    else if (field.matches("select")) field.selectedIndex = field.options.length - 1;
    else continue;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    field.dispatchEvent(new Event("change", {bubbles: true}));
  }
}"""
SAID = """() => [...document.querySelectorAll("[role=alert]")].some(one => {
  const {top, bottom, height} = one.getBoundingClientRect();
  return /connection/i.test(one.textContent) && height > 0 && top < innerHeight && bottom > 0;
})"""
"""In words, where the eye is. Stripe's fields and passkeys say it in words of their own."""
FILLED = "form => [...new FormData(form)].map(([name, value]) => `${name}=${value}`).join('&')"


def forms(page: Page) -> Iterator[Locator]:
    """Those that are shown and can be sent now."""
    for form in page.locator(FORMS).all():
        button = form.locator("button[type=submit]:visible").first
        if form.is_visible() and button.count() and button.is_enabled():
            yield form


def send_and_find(page: Page, form: Locator) -> list[str]:
    """What is wrong after the form was sent without a connection."""
    form.evaluate(TYPE)
    typed, here = form.evaluate(FILLED), page.url
    button = form.locator("button[type=submit]:visible").first
    name = f"{page.url.partition('//')[2]} {button.inner_text()}"
    button.press("Enter")
    try:
        page.wait_for_function(SAID, timeout=5_000)
    except PlaywrightTimeout:
        return [f"{name}: nothing is said"]
    found = []
    if bool(page.get_by_text("charge you twice").count()) != form.evaluate(
        "form => 'charges' in form.dataset"
    ):
        found.append(f"{name}: what it says of charging is wrong")
    page.evaluate("for (const one of document.querySelectorAll('[role=alert]')) one.replaceChildren()")
    if page.url != here or form.evaluate(FILLED) != typed:
        found.append(f"{name}: what was typed is gone")
    if not button.evaluate("button => button === document.activeElement"):
        found.append(f"{name}: the focus is gone")
    if button.get_attribute("aria-busy"):
        found.append(f"{name}: it still seems to be sent")
    if page.get_by_role("status").filter(visible=True).get_by_text("saved").count():
        found.append(f"{name}: a success is shown")
    return found


def problems(page: Page, each: Address) -> list[str]:
    page.goto(each.path)
    page.context.set_offline(True)
    found = [problem for form in forms(page) for problem in send_and_find(page, form)]
    page.context.set_offline(False)
    return found


@pytest.fixture
def organization(app: Flask) -> Organization:
    return busy()


@pytest.mark.long
def test_each_form_of_each_page_stays_and_says_so(page: Page, app: Flask, organization: Organization) -> None:
    person = a_person(organization=organization)
    sign_in(page, person.email)
    found = [problem for each in addresses(app, organization, person) for problem in problems(page, each)]
    assert not found, "\n".join(found)


@pytest.mark.long
def test_each_form_of_the_console_stays_and_says_so(
    page: Page, site: Site, app: Flask, organization: Organization
) -> None:
    opened = an_operator("offline@operator.example")
    begin_operator_session(page.context, site.app, site.url, opened.operator)
    a_failed_email(organization)
    found = [problem for each in console_addresses(app, organization) for problem in problems(page, each)]
    assert not found, "\n".join(found)


def test_once_it_is_back_the_same_form_is_sent(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=a_payer(credit="20")[0]).email, to="/billing/wallet/limits/new")
    page.get_by_label("Limit", exact=True).fill("25")
    page.context.set_offline(True)
    add = page.get_by_role("button", name="Add limit")
    add.press("Enter")
    said = page.get_by_role("alert").filter(has_text="The connection was lost")
    expect(said).to_be_visible()
    expect(add).to_be_focused()
    expect(page.get_by_label("Limit", exact=True)).to_have_value("25")
    page.context.set_offline(False)
    add.press("Enter")
    expect(page.get_by_role("status").filter(has_text="the limit is $25.00")).to_be_visible()
    expect(said).to_have_count(0)
