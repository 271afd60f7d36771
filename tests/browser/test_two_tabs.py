"""Two tabs of one person in two organizations: each acts for what it shows, or says why not, and loses nothing typed."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from app.billing.customers import queries as customer_queries
from app.extensions import db
from app.models import Organization
from tests.browser.looks import check
from tests.browser.site import sign_in
from tests.factories import a_payer, a_person

SWITCHED = "in another tab. This page still shows"


@pytest.fixture
def tabs(app: Flask, context: BrowserContext, page: Page) -> tuple[Page, Page, Organization, Organization]:
    """The first tab shows Harbor; in the second, which shows Pine by then, the person has switched."""
    (harbor, _), (pine, _) = a_payer(credit="100"), a_payer(credit="7")
    harbor.name, pine.name = f"Harbor {harbor.slug}", f"Pine {pine.slug}"
    db.session.commit()
    email = a_person(organization=harbor).email
    a_person(email, organization=pine)
    sign_in(page, email, to=f"/billing/wallet?org={harbor.slug}")
    return page, context.new_page(), harbor, pine


def switch(tab: Page, organization: Organization) -> None:
    tab.goto("/billing")
    tab.get_by_label("Organization").select_option(organization.name)
    tab.get_by_role("button", name="Switch").click()
    expect(tab.get_by_role("status").first).to_contain_text(f"You're now viewing {organization.name}.")


def test_a_poll_says_so_in_place_and_the_way_back_keeps_what_was_typed(
    tabs: tuple[Page, Page, Organization, Organization],
) -> None:
    first, second, harbor, pine = tabs
    first.get_by_role("radio", name="Other amount").check()
    first.get_by_role("textbox", name="Other amount").fill("73.21")
    switch(second, pine)
    first.bring_to_front()
    said = first.get_by_role("status").first
    expect(said).to_contain_text(f"You switched to {pine.name} {SWITCHED} {harbor.name}.")
    expect(first.get_by_text("$100.00").first).to_be_visible()
    expect(first.get_by_text("$7.00")).to_have_count(0)
    check(first)
    back = first.get_by_role("button", name=f"Go to {harbor.name}")
    back.focus()
    first.keyboard.press("Enter")
    expect(said).to_contain_text(f"You're viewing {harbor.name} again.")
    expect(first.get_by_role("textbox", name="Other amount")).to_have_value("73.21")
    assert first.evaluate("document.activeElement !== document.body")
    first.get_by_role("button", name="Review top-up").click()
    expect(first.get_by_role("button", name="Pay $73.21")).to_be_visible()


def test_a_form_is_refused_beside_what_was_typed_and_goes_on_in_either(
    tabs: tuple[Page, Page, Organization, Organization],
) -> None:
    first, second, harbor, pine = tabs
    first.goto(f"/billing/details?org={harbor.slug}")
    first.get_by_label("Legal name").fill("Harbor Dental Ltd")
    first.get_by_label("Country").select_option("US")
    switch(second, pine)
    first.bring_to_front()
    first.get_by_role("button", name="Save billing details").press("Enter")
    refused = first.locator("[data-beside-form]")
    expect(refused).to_contain_text(
        f"You switched to {pine.name} {SWITCHED} {harbor.name}. Nothing was changed."
    )
    expect(first.get_by_label("Legal name")).to_have_value("Harbor Dental Ltd")
    check(first)
    first.get_by_role("button", name=f"Go to {harbor.name}").press("Enter")
    expect(refused).to_have_count(0)
    first.get_by_role("button", name="Save billing details").press("Enter")
    expect(first.get_by_role("status").first).not_to_contain_text("You're viewing")
    switch(second, pine)
    first.bring_to_front()
    first.get_by_role("button", name="Save billing details").press("Enter")
    first.get_by_role("button", name=f"Stay in {pine.name}").click()
    expect(first.get_by_role("heading", name=f"Check what you entered, for {pine.name}")).to_be_visible()
    expect(first.get_by_role("definition").filter(has_text="Harbor Dental Ltd")).to_be_visible()
    check(first)
    db.session.rollback()
    assert customer_queries.gather(pine)[0].legal_name == ""


def test_what_a_button_and_the_poll_ran_into_is_said_once(
    tabs: tuple[Page, Page, Organization, Organization],
) -> None:
    first, second, harbor, pine = tabs
    first.get_by_role("radio", name="$50").check()
    first.get_by_role("button", name="Review top-up").click()
    pay = first.get_by_role("button", name="Pay $50.00")
    expect(pay).to_be_visible()
    switch(second, pine)
    first.bring_to_front()
    expect(first.locator("#connection")).to_contain_text(SWITCHED)
    pay.press("Enter")
    expect(first.get_by_role("alert").first).to_contain_text(
        f"{SWITCHED} {harbor.name}. Nothing was changed."
    )
    expect(pay).to_be_focused()
    back = first.get_by_role("button", name=f"Go to {harbor.name}")
    expect(back).to_have_count(1)
    back.press("Enter")
    expect(first.get_by_role("status").first).to_contain_text(f"You're viewing {harbor.name} again.")
    assert first.evaluate("document.activeElement !== document.body")
    first.reload()
    expect(first.get_by_text("You're now viewing")).to_have_count(0)


def test_without_scripts_a_link_asks_which_one_is_meant(
    tabs: tuple[Page, Page, Organization, Organization],
) -> None:
    first, second, harbor, pine = tabs
    switch(second, pine)
    first.bring_to_front()
    first.get_by_role("link", name="Payment methods").first.click()
    expect(first.get_by_role("heading", name="This page is for another organization")).to_be_visible()
    expect(first.locator(".page-head")).not_to_contain_text(pine.name)
    for width, scheme in ((320, "dark"), (1280, "light")):
        first.set_viewport_size({"width": width, "height": 800})
        first.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        check(first)
    first.get_by_role("button", name=f"Go to {harbor.name}").press("Enter")
    expect(first.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    expect(first.locator(".page-head")).to_contain_text(harbor.name)
