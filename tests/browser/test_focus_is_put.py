"""Focus that a page puts somewhere shows a ring, is where something just happened, and never back at the top."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from app.billing.audit import record
from app.extensions import db
from app.models import Role
from app.people import organizations
from tests.browser.rings import RINGS
from tests.browser.site import sign_in
from tests.browser.test_pages import PAGES
from tests.factories import OWNER, a_payer, a_person, an_organization
from tests.support.plans import sell_plans
from tests.support.states import busy

# What takes focus by script or by a person, and shows none of it while it has it. Radio buttons that lie over their
# label show it there.
WITHOUT_A_RING = """() => {
  const rings = RINGS;
  const all = document.querySelectorAll("main :is([tabindex], a[href], button, input:not([type=hidden]), select, textarea, summary)");
  const lost = [];
  for (const each of all) {
    if (!each.checkVisibility() || each.disabled || each.matches("#content, .visually-hidden")) continue;
    const drawn = rings.strokes(each);
    each.focus({ preventScroll: true });
    if (document.activeElement !== each) continue;
    if (!rings.has(each, [each.nextElementSibling, each.closest("label")], drawn)) lost.push(each.outerHTML.slice(0, 90));
  }
  return lost;
}""".replace("RINGS", RINGS)
IN_VIEW = "e => { const {top, bottom} = e.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight }"


def test_whatever_takes_focus_shows_a_ring(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=busy()).email)
    for path in PAGES:
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate(WITHOUT_A_RING) == [], path


def test_what_is_wrong_shows_a_ring(page: Page, app: Flask) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").press("Enter")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert page.evaluate(WITHOUT_A_RING) == []


def test_the_skip_link_is_first_and_leads_past_the_tabs(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=busy()).email)
    for path in PAGES:
        page.goto(path)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        now = page.locator(":focus")
        assert now.evaluate("e => Boolean(e.closest('main') && !e.closest('nav.tabs'))"), path


def test_filters_and_pages_of_a_list_continue_in_the_list(page: Page, app: Flask) -> None:
    organization = busy()
    for each in range(60):
        record(organization.id, OWNER, "billing_details.changed", str(each))
    db.session.commit()
    sign_in(page, a_person(organization=organization).email)
    for path, press in (
        ("/billing/activity", "Filter"),
        ("/billing/activity", "Older"),
        ("/billing/wallet", "Filter"),
    ):
        page.goto(path)
        thing = page.get_by_role("link", name=press, exact=True).or_(
            page.get_by_role("button", name=press, exact=True)
        )
        thing.press("Enter")
        page.wait_for_url("**#*")
        region = "#history" if "wallet" in path else "section:has(#activity-heading)"
        expect(page.locator(f"{region} :focus")).to_have_count(1)


def test_keeping_the_current_plan_continues_at_the_choice(page: Page, app: Flask) -> None:
    sell_plans()
    organization, _ = a_payer()
    sign_in(page, a_person(organization=organization).email, to="/billing/change-plan")
    page.get_by_role("radio", name="Growth").first.check()
    page.get_by_role("button", name="Review change").press("Enter")
    page.get_by_role("link", name="Keep current plan").press("Enter")
    expect(page.get_by_role("heading", name="Choose a plan")).to_be_focused()


def test_a_second_decline_is_where_the_eye_goes(page: Page, app: Flask) -> None:
    organization, _ = a_payer("pm_card_chargeCustomerFail")
    sign_in(page, a_person(organization=organization).email, to="/billing/wallet")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.get_by_role("button", name="Review top-up").press("Enter")
    pay = page.get_by_role("button", name="Pay $50.00")
    failed = page.get_by_role("heading", name="Not paid")
    pay.press("Enter")
    expect(failed).to_be_focused()
    for times in (2, 3):
        page.get_by_role("combobox", name="Card").select_option(index=0)
        with page.expect_response("**/payments"):
            pay.press("Enter")
        failed = page.get_by_role("heading", name=f"Not paid after {times} tries")
        expect(failed).to_be_focused()
        assert failed.evaluate(IN_VIEW)


def test_a_message_is_in_view_wherever_the_page_is_scrolled_to(page: Page, app: Flask) -> None:
    organization = an_organization()
    sign_in(page, a_person(organization=organization).email, to="/billing/details")
    page.set_viewport_size({"width": 1280, "height": 500})
    page.get_by_label("Legal name").fill("Harbor Dental Inc.")
    save = page.get_by_role("button", name="Save billing details")
    save.press("Enter")
    said = page.locator("#status .message")
    expect(said).to_contain_text("Billing details saved.")
    assert said.evaluate(IN_VIEW)
    expect(save).to_be_focused()


def test_switching_the_organization_is_said_where_focus_goes(page: Page, app: Flask) -> None:
    first, second = an_organization(), an_organization()
    person = a_person(organization=first)
    organizations.add_person(person.email, name="", organization=second, role=Role.ORG_ADMIN)
    db.session.commit()
    sign_in(page, person.email)
    page.get_by_label("Organization").select_option(second.name)
    page.get_by_role("button", name="Switch", exact=True).press("Enter")
    expect(page.get_by_text(f"You're now viewing {second.name}.")).to_be_focused()
