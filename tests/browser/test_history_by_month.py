"""The history by month: the head of the month in view stays, hides nothing that has focus, and days unfold in place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import sign_in
from tests.factories import a_payer, a_person, give_credit

DAYS = 40
TOP = "one => one.getBoundingClientRect().top"
COVERED = """() => {
  const at = document.activeElement.getBoundingClientRect();
  const on = document.elementFromPoint(at.left + 4, at.top + at.height / 2);
  return on?.closest(".month-head") !== null;
}"""


def busy() -> Organization:
    """Calls and text messages on each of forty days."""
    organization, _ = a_payer(credit="900")
    today = organization.local_day()
    for ago in reversed(range(DAYS)):
        day = today - timedelta(days=ago)
        used = [
            Used("calls_outbound", 7200, day, "Reminders", "Noah", f"call_{ago}"),
            Used("sms", 30, day, "Reminders", "Noah"),
        ]
        usage_reports.record(organization, f"day {ago}", used, at=utc_now() - timedelta(days=ago))
    db.session.commit()
    return organization


def test_the_months_head_stays_and_nothing_with_focus_is_under_it(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=busy()).email, to="/billing/wallet")
    head = page.locator(".month-head").first
    days = page.locator("#history-lines summary")
    days.nth(8).scroll_into_view_if_needed()
    page.evaluate(
        "scrollTo(0, document.querySelector('#history-lines tbody').getBoundingClientRect().top + scrollY + 60)"
    )
    assert abs(head.locator("th").evaluate(TOP)) < 1
    page.locator("#history-lines summary").nth(9).focus()
    for _ in range(9):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(COVERED) is False


def test_a_day_unfolds_to_its_groups_and_stays_so_when_the_page_is_updated(page: Page, app: Flask) -> None:
    organization = busy()
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    day = page.locator("#history-lines details").nth(1)
    expect(day.get_by_role("link", name="Calling")).to_be_hidden()
    day.locator("summary").press("Enter")
    expect(day.get_by_role("link", name="Calling")).to_be_visible()
    give_credit(organization, "7", at=utc_now())
    expect(page.locator("#history-lines")).to_contain_text("+$7.00")
    expect(day.get_by_role("link", name="Telephony")).to_be_visible()
    expect(day.locator("summary")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#history-lines summary").nth(2)).to_be_focused()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_month_to_go_to_is_where_one_continues(page: Page, app: Flask, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    organization = busy()
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    month = page.get_by_role("combobox", name="Month")
    month.select_option(index=1)
    name = month.evaluate("one => one.selectedOptions[0].text")
    page.get_by_role("button", name="Go to month").press("Enter")
    expect(page.get_by_role("heading", name=f"{name} and before")).to_be_focused()
    expect(page.locator(".month-name").first).to_have_text(name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
