"""The usage on the Overview by keyboard and live: only its section changes, the address follows, and focus stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization
from demo import usage_reports
from demo.usage_reports import Used
from tests.browser.site import Site, sign_in
from tests.factories import a_payer, a_person
from tests.support.violations import WatchedBrowser

MARK = "() => { window.isSamePage = true; }"


def use(organization: Organization, dollars: int, *, ago: int = 0, campaign: str = "Recall") -> None:
    day = organization.local_day() - timedelta(days=ago)
    used = Used("calls_outbound", dollars * 2667, day, campaign=campaign, agent="Ava")
    at = utc_now() - timedelta(days=ago)
    usage_reports.record(organization, f"{campaign} {ago} {dollars} {at}", [used], at=at)
    db.session.commit()


@pytest.fixture
def organization(app: Flask) -> Organization:
    organization, _ = a_payer(credit="240", alert="50")
    for ago in (9, 3, 2, 1, 0):
        use(organization, ago + 1, ago=ago)
        use(organization, 1, ago=ago, campaign="Front desk")
    return organization


def usage(page: Page) -> Locator:
    return page.get_by_role("region", name=re.compile("^Usage"))


def poll(page: Page) -> None:
    with page.expect_response(lambda answer: "/live/overview" in answer.url and answer.status == 200):
        page.locator("#live").dispatch_event("wake")


def is_same(page: Page) -> bool:
    return bool(page.evaluate("() => window.isSamePage === true"))


@pytest.mark.representative
def test_arrows_go_from_day_to_day_and_enter_leads_to_its_history(
    page: Page, organization: Organization
) -> None:
    sign_in(page, a_person(organization=organization).email, to="/billing?range=30")
    bars, readout = usage(page).locator(".days a"), page.locator("#readout")
    expect(bars).to_have_count(30)
    bars.last.focus()
    # What answers the keys comes with the focus.
    expect(bars.last).to_have_attribute("aria-description", re.compile("Calling"))
    page.keyboard.press("ArrowLeft")
    expect(bars.nth(28)).to_be_focused()
    day, _, amount = (bars.nth(28).get_attribute("aria-label") or "").partition(": ")
    expect(readout).to_contain_text(day)
    expect(readout).to_contain_text(amount)
    expect(bars.nth(28)).to_have_attribute("aria-description", re.compile(r"^Calling \$"))
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(bars.first).to_be_focused()
    page.keyboard.press("End")
    expect(bars.last).to_be_focused()
    # Only one of them is on the way of Tab.
    assert usage(page).locator('.days a[tabindex="0"]').count() == 1
    page.keyboard.press("ArrowLeft")
    use(organization, 1)
    poll(page)
    expect(bars.nth(28)).to_be_focused()
    expect(readout).to_contain_text(day)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    assert "kind=usage" in page.url


def test_a_range_changes_the_section_alone_and_back_and_reload_keep_it(
    page: Page, organization: Organization
) -> None:
    sign_in(page, a_person(organization=organization).email)
    page.evaluate(MARK)
    nav = usage(page).get_by_role("navigation", name="Range")
    nav.get_by_role("link", name="30 days").focus()
    page.keyboard.press("Enter")
    link = nav.get_by_role("link", name="30 days")
    expect(link).to_have_attribute("aria-current", "true")
    expect(link).to_be_focused()
    usage(page).get_by_role("link", name="Agent", exact=True).focus()
    page.keyboard.press("Enter")
    expect(usage(page).get_by_role("link", name="Ava")).to_be_visible()
    expect(usage(page).get_by_role("link", name="Agent", exact=True).first).to_be_focused()
    assert is_same(page)
    assert "range=30" in page.url
    assert "by=agent" in page.url
    poll_text = usage(page).get_by_role("link", name="Ava")
    use(organization, 2)
    poll(page)
    expect(poll_text).to_be_visible()
    page.reload()
    expect(poll_text).to_be_visible()
    page.go_back()
    expect(nav.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "true")
    expect(poll_text).to_be_hidden()
    page.go_back()
    expect(nav.get_by_role("link", name="This period")).to_have_attribute("aria-current", "true")


def test_rows_are_sorted_by_keyboard(page: Page, organization: Organization) -> None:
    sign_in(page, a_person(organization=organization).email, to="/billing?range=30")
    names = usage(page).locator(".usage-rows tbody th a")
    expect(names).to_have_text(["Recall", "Front desk"])
    head = usage(page).get_by_role("columnheader", name="Campaign")
    head.get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Front desk", "Recall"])
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(head.get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["Recall", "Front desk"])


def test_days_that_someone_chooses_are_left_alone_by_updates(page: Page, organization: Organization) -> None:
    sign_in(page, a_person(organization=organization).email, to="/billing?range=custom")
    first, last = usage(page).get_by_label("From"), usage(page).get_by_label("To", exact=True)
    today = organization.local_day()
    first.fill(str(today - timedelta(days=9)))
    last.fill(str(today))
    use(organization, 1)
    poll(page)
    expect(first).to_have_value(str(today - timedelta(days=9)))
    expect(last).to_be_focused()
    page.keyboard.press("Enter")
    expect(usage(page).locator(".days a")).to_have_count(10)
    assert f"from={today - timedelta(days=9)}" in page.url
    first.fill(str(today))
    last.fill(str(today - timedelta(days=1)))
    page.keyboard.press("Enter")
    expect(usage(page).get_by_role("alert")).to_contain_text("Choose a first day")


def test_a_section_that_does_not_come_is_said_and_leads_there_again(
    page: Page, organization: Organization
) -> None:
    sign_in(page, a_person(organization=organization).email)
    page.evaluate(MARK)
    bar = usage(page).locator(".days a").last
    bar.focus()
    expect(bar).to_have_attribute("aria-description", re.compile("Calling"))
    total = usage(page).get_by_role("link", name="Last period").text_content()
    for fault in (lambda route: route.abort(), lambda route: route.fulfill(status=503, body="")):
        page.route("**/billing?*range=last*", fault)
        usage(page).get_by_role("link", name="Last period").press("Enter")
        again = page.get_by_role("alert").get_by_role("link", name="Try again")
        expect(again).to_be_visible()
        assert is_same(page)
        expect(page.get_by_role("region", name="Balance")).to_be_visible()
        page.unroute("**/billing?*range=last*")
    again.press("Enter")
    expect(usage(page).get_by_role("link", name=total)).to_have_attribute("aria-current", "true")


def test_it_works_without_scripts(
    browser: WatchedBrowser, site: Site, page: Page, organization: Organization
) -> None:
    sign_in(page, a_person(organization=organization).email)
    context = browser.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto("/billing")
    for name in ("Custom", "Agent", re.compile("^Cost")):
        usage(plain).get_by_role("link", name=name, exact=True).first.click()
    usage(plain).get_by_label("From").fill(str(organization.local_day() - timedelta(days=3)))
    usage(plain).get_by_label("To", exact=True).fill(str(organization.local_day()))
    usage(plain).get_by_role("button", name="Show days").click()
    expect(usage(plain).locator(".days a")).to_have_count(4)
    expect(usage(plain).get_by_role("link", name="Ava")).to_be_visible()
    assert "sort=cost" in plain.url
