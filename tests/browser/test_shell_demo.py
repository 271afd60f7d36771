"""The example of a shell, in a browser: its people, its addresses, its theme and its way out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from app.extensions import db
from app.models import Organization, SignInSession
from tests.browser.looks import check, check_in_each_look
from tests.factories import an_organization
from tests.support.demo_shell import Shell

# Says so in the console once a text is anywhere in a document, however shortly.
WATCH_FOR = """(text) => {
  const look = () => document.documentElement?.textContent.includes(text) && console.info(`seen ${text} at ${location.href}`);
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
}"""


def sessions_of(organization: Organization) -> int:
    """In how many browsers someone is signed in to billing for an organization."""
    db.session.rollback()
    query = select(func.count()).select_from(SignInSession)
    return db.session.scalars(query.where(SignInSession.org_id == organization.id)).one()


def watch_for(context: BrowserContext, text: str) -> Callable[[], list[str]]:
    """From now on, note where a text is seen on any page; the places so far."""
    seen: list[str] = []
    context.on(
        "console", lambda message: seen.append(message.text) if message.text.startswith("seen") else None
    )
    context.add_init_script(f"({WATCH_FOR})({text!r})")
    return lambda: seen


def test_an_owner_signs_in_and_sees_the_billing_of_their_organization(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization))
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Billing", level=1)).to_be_visible()
    expect(frame.get_by_role("region", name="Balance")).to_be_visible()
    expect(frame.get_by_text(organization.name)).to_be_visible()


@pytest.mark.parametrize("link", ["Top up", "Wallet"])
def test_who_comes_by_a_link_of_the_portal_continues_in_the_frame(
    page: Page, shell: Shell, app: Flask, link: str
) -> None:
    shell.sign_in(page, shell.add_person(an_organization(credit="55")), to="/campaigns")
    page.get_by_role("link", name=link, exact=True).first.focus()
    page.keyboard.press("Enter")
    frame = shell.frame(page)
    place = frame.locator("#top-up input:checked" if link == "Top up" else "#main")
    expect(place).to_be_focused()
    page.reload()
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(place).not_to_be_focused()


def test_a_member_is_told_that_billing_is_for_owners(page: Page, shell: Shell, app: Flask) -> None:
    member = shell.add_person(an_organization(credit="55"), role="member")
    shell.sign_in(page, member)
    expect(shell.frame(page).get_by_role("heading", level=1)).to_be_visible()
    expect(shell.frame(page).get_by_text("owner", exact=False).first).to_be_visible()
    expect(shell.frame(page).get_by_text("$55.00")).to_have_count(0)
    page.goto(f"{shell.url}/campaigns")
    expect(page.get_by_text("can see what it would cost")).to_be_visible()


def test_each_page_of_billing_has_an_address_in_the_shell(page: Page, shell: Shell, app: Flask) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization), to="/billing/wallet")
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    frame.get_by_role("link", name="Payment methods").first.click()
    page.wait_for_url(f"{shell.url}/billing/payment-methods**")
    expect(page).to_have_title(re.compile(rf"^Payment methods . {organization.name} "))
    page.get_by_role("link", name="Invoices").click()
    expect(frame.get_by_role("heading", name="Invoices", level=1)).to_be_visible()
    page.go_back()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    page.go_back()
    page.wait_for_url(f"{shell.url}/billing/wallet**")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(page).to_have_title(re.compile("^Wallet "))
    page.go_forward()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    page.reload()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()


def test_back_leads_from_billing_to_the_screen_before(page: Page, shell: Shell, app: Flask) -> None:
    shell.sign_in(page, shell.add_person(an_organization()), to="/campaigns")
    page.get_by_role("link", name="Wallet").click()
    expect(shell.frame(page).get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()
    page.go_forward()
    expect(shell.frame(page).get_by_role("heading", name="Wallet", level=1)).to_be_visible()


def test_the_shells_theme_is_billings_too(page: Page, shell: Shell, app: Flask) -> None:
    shell.sign_in(page, shell.add_person(an_organization()))
    body, framed = page.locator("body"), shell.frame(page).locator("body")
    expect(shell.frame(page).get_by_role("region", name="Balance")).to_be_visible()
    page.get_by_label("Theme").select_option("Custom")
    font = body.evaluate("(body) => getComputedStyle(body).fontFamily")
    canvas = body.evaluate("(body) => getComputedStyle(body).backgroundColor")
    assert font.startswith("Charter")
    expect(framed).to_have_css("font-family", font)
    expect(framed).to_have_css("background-color", canvas)
    page.reload()
    expect(page.get_by_label("Theme")).to_have_value("custom")
    expect(framed).to_have_css("background-color", canvas)
    for theme in ("Dark", "Light"):
        page.get_by_label("Theme").select_option(theme)
        expect(framed).to_have_css("color-scheme", theme.lower())
        canvas = body.evaluate("(body) => getComputedStyle(body).backgroundColor")
        expect(framed).to_have_css("background-color", canvas)


def test_signing_out_of_the_shell_ends_billings_session(page: Page, shell: Shell, app: Flask) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization))
    expect(shell.frame(page).get_by_role("region", name="Balance")).to_be_visible()
    assert sessions_of(organization) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sessions_of(organization) == 0
    page.go_back()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("role", ["org_admin", "member"])
def test_signing_out_on_a_screen_without_the_frame_ends_billings_session(
    page: Page, shell: Shell, app: Flask, role: str
) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization, role=role))
    expect(shell.frame(page).get_by_role("heading", level=1)).to_be_visible()
    with page.expect_response(re.compile("/billing/parts")):
        page.get_by_role("link", name="Campaigns").click()
    assert sessions_of(organization) == 1
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sessions_of(organization) == 0


def test_credit_and_what_is_wrong_with_it_are_on_the_shells_own_screens(
    page: Page, shell: Shell, app: Flask
) -> None:
    """By keyboard: each leads to its page of billing."""
    shell.sign_in(page, shell.add_person(an_organization(credit="4", alert="10")), to="/campaigns")
    expect(page.get_by_text("Your credit is low.")).to_be_visible()
    expect(page.get_by_text("Your credit doesn't cover this campaign.")).to_be_visible()
    header = page.get_by_role("banner")
    header.get_by_role("link", name="Top up").press("Enter")
    page.wait_for_url(re.compile("/billing/wallet"))
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Wallet", exact=True)).to_have_attribute("aria-current", "page")
    header.get_by_role("link", name="Credit").press("Enter")
    expect(frame.get_by_role("heading", name="Billing", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Billing", exact=True)).to_have_attribute("aria-current", "page")


def test_who_signs_in_next_never_sees_the_organization_of_the_person_before(
    page: Page, context: BrowserContext, shell: Shell, app: Flask
) -> None:
    """Also where billing's session was left open."""
    first, second = an_organization(), an_organization()
    shell.sign_in(page, shell.add_person(first))
    expect(shell.frame(page).get_by_text(first.name)).to_be_visible()
    page.goto(f"{shell.url}/sign-in")
    seen = watch_for(context, first.name)
    shell.sign_in(page, shell.add_person(second), to="/billing/wallet")
    expect(shell.frame(page).get_by_text(second.name).first).to_be_visible()
    for screen in ("/campaigns", "/billing", "/billing/payment-methods"):
        page.goto(f"{shell.url}{screen}")
    expect(shell.frame(page).get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    assert [one for one in seen() if "/sign-in" not in one] == []
    assert sessions_of(first) == 0


def test_the_shells_screens_are_for_everyone(sight: Page, shell: Shell, app: Flask) -> None:
    sight.goto(f"{shell.url}/sign-in")
    check_in_each_look(sight)
    shell.sign_in(sight, shell.add_person(an_organization()), to="/campaigns")
    check_in_each_look(sight)
    sight.goto(f"{shell.url}/billing")
    expect(shell.frame(sight).get_by_role("region", name="Balance")).to_be_visible()
    for theme in ("Dark", "Custom", "Light"):
        sight.get_by_label("Theme").select_option(theme)
        check(sight)


def test_the_keyboard_reaches_everything_in_the_order_of_the_eye(
    page: Page, shell: Shell, app: Flask
) -> None:
    shell.sign_in(page, shell.add_person(an_organization(credit="100")), to="/campaigns")
    expect(page.get_by_text("Your credit covers this campaign.")).to_be_visible()
    names = []
    for _ in range(12):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                """() => {
                  const outer = document.activeElement;
                  const inner = outer.shadowRoot?.activeElement ?? outer;
                  const said = (inner.labels?.[0] ?? inner).innerText.trim() || outer.localName;
                  return said.split("\\n")[0];
                }"""
            )
        )
    assert names == [
        "Skip to content",
        "Voice Portal",
        "Theme",
        "Credit",
        "Top up",
        "Sign out",
        "Campaigns",
        "Billing",
        "Wallet",
        "Invoices",
        "Number of calls",
        "Minutes per call",
    ]
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
