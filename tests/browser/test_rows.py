"""Lists by keyboard, and pages that are updated while someone is in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.routing import Rule

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import sign_in
from tests.factories import a_card, a_payer, a_person, give_credit
from tests.support.overdue import an_overdue

LIVE = (
    "/billing",
    "/billing/wallet",
    "/billing/wallet/limits",
    "/billing/change-plan",
    "/billing/payment-methods",
)

# Another value in everything that can be filled in or chosen, as a person would leave it; what has it is remembered.
FILL_IN = """() => {
  const fields = [...document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea)")];
  for (const field of fields) {
    if (field.type === "radio" || field.type === "checkbox") field.checked = !field.checked;
    else if (field.tagName === "SELECT") field.selectedIndex = field.options.length - 1;
    else if (field.type === "date") field.value = "2026-11-02";
    else field.value = "12.34";
  }
  window.typed = fields.map((field) => [field, field.value, field.checked]);
  fields.find((field) => field.checkVisibility())?.focus();
  window.focused = document.activeElement;
  return fields.length;
}"""
CHANGED = """() => window.typed.filter(([field, value, checked]) =>
  !field.isConnected || field.value !== value || field.checked !== checked).map(([field]) => field.outerHTML)"""


def several_days() -> Organization:
    organization, _ = a_payer(credit="240", alert="50")
    today = organization.local_day()
    for day in (3, 2, 1, 0):
        used = [
            Used(
                "calls_outbound",
                600,
                today - timedelta(days=day),
                "Reminders",
                "Noah",
                f"call_{day}_{number}",
            )
            for number in range(3)
        ]
        usage_reports.record(organization, f"day {day}", used, at=utc_now() - timedelta(days=day))
    db.session.commit()
    return organization


def test_arrows_home_and_end_go_through_the_history(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=several_days()).email, to="/billing/wallet")
    links = page.locator("#history-lines tbody a")
    assert links.count() >= 3
    links.first.focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(links.count() - 2)).to_be_focused()
    page.keyboard.press("Home")
    expect(links.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Breakdown")).to_be_visible()
    calls = page.locator("#calls tbody a")
    calls.first.focus()
    page.keyboard.press("End")
    expect(calls.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What this call cost")).to_be_visible()


def test_arrows_go_through_the_buttons_of_rows(page: Page, app: Flask) -> None:
    organization = an_overdue("call-1", "call-2", "call-3")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet/calls-in-progress")
    end, goes_on = (page.get_by_role("button", name=name) for name in ("End call", "Still in progress"))
    goes_on.first.focus()
    page.keyboard.press("ArrowDown")
    expect(goes_on.nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(end.last).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(end.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("call-2 has ended.")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Back to the wallet")).to_be_focused()


def test_the_place_survives_an_update(page: Page, app: Flask) -> None:
    organization = several_days()
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    links = page.locator("#history-lines tbody a")
    links.nth(1).focus()
    at = links.nth(1).get_attribute("href")
    give_credit(organization, "7", at=datetime.now(UTC))
    expect(page.locator("#history-lines tbody").first).to_contain_text("+$7.00")
    assert page.evaluate("document.activeElement.getAttribute('href')") == at
    page.keyboard.press("ArrowDown")
    expect(links.nth(2)).to_be_focused()


@pytest.mark.parametrize("path", LIVE)
def test_what_someone_typed_is_left_alone_by_updates(page: Page, app: Flask, path: str) -> None:
    organization = several_days()
    sign_in(page, a_person(organization=organization).email, to=path)
    assert page.locator("#live").count() == 1
    filled_in = page.evaluate(FILL_IN)
    assert filled_in or path in {"/billing", "/billing/payment-methods"}
    a_card(organization, last4="9999", default=False)
    with page.expect_response(lambda answer: "/billing/live/" in answer.url and answer.status == 200):
        give_credit(organization, "7", at=datetime.now(UTC))
    with page.expect_response(lambda answer: "/billing/live/" in answer.url):
        page.evaluate("document.getElementById('live').dispatchEvent(new CustomEvent('wake'))")
    assert page.evaluate(CHANGED) == []
    assert page.evaluate("document.activeElement === window.focused")


def is_asked_by_pages(app: Flask, rule: Rule) -> bool:
    return getattr(app.blueprints.get(rule.endpoint.partition(".")[0]), "asked_by_pages", False)


def test_every_page_that_is_updated_is_in_the_walk(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=several_days()).email)
    paths = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/billing", "/workplace", "/account"))
        and not rule.arguments
        and "GET" in (rule.methods or ())
        and not is_asked_by_pages(app, rule)
        and not rule.rule.endswith((".csv", ".pdf"))
    ]
    live = [path for path in sorted(paths) if 'id="live"' in page.request.get(path).text()]
    assert live == sorted(LIVE)
