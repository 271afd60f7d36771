"""The shell's address bar and title follow the frame, and one press of Back is one step."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.shell_site import ShellSite

PAGES = {
    "Billing": "/billing",
    "Wallet": "/billing/wallet",
    "Payment methods": "/billing/payment-methods",
    "Activity": "/billing/activity",
}


def is_at(page: Page, site: ShellSite, heading: str, address: str = "") -> None:
    """The frame shows a page, whose address and title the shell has."""
    site.wait_for(page, heading)
    expect(page).to_have_url(site.url + (address or PAGES[heading]))
    expect(page).to_have_title(re.compile(f"^{heading} . Acme Rivets"))


def go(page: Page, site: ShellSite, heading: str) -> None:
    """Follow a link in the frame."""
    tabs = site.frame(page).get_by_role("navigation", name="Billing")
    tabs.get_by_role("link", name=re.compile(f"^{heading}")).click()
    is_at(page, site, heading)


def come_in(page: Page, site: ShellSite) -> None:
    """From the shell's own page to billing, and on to three pages in the frame."""
    page.goto(f"{site.url}/")
    page.get_by_role("link", name="Billing", exact=True).click()
    is_at(page, site, "Billing", "/billing")
    for heading in ("Wallet", "Payment methods", "Activity"):
        go(page, site, heading)


def step(page: Page, way: str) -> None:
    """Press Back or Forward. The page may be gone before it could answer."""
    page.evaluate("(way) => { setTimeout(() => history[way]()); }", way)


def test_one_press_is_one_step_in_the_frame_out_of_it_and_back_in(page: Page, shell_site: ShellSite) -> None:
    come_in(page, shell_site)
    steps = page.evaluate("history.length")
    for heading in ("Payment methods", "Wallet", "Billing"):
        step(page, "back")
        is_at(page, shell_site, heading)
    for heading in ("Wallet", "Payment methods"):
        step(page, "forward")
        is_at(page, shell_site, heading)
    for heading in ("Wallet", "Billing"):
        step(page, "back")
        is_at(page, shell_site, heading)
    step(page, "back")
    expect(page.get_by_text("Home of the portal")).to_be_visible()
    for heading in ("Billing", "Wallet", "Payment methods", "Activity"):
        step(page, "forward")
        is_at(page, shell_site, heading)
    assert page.evaluate("history.length") == steps


def test_from_a_page_of_the_shell_back_leads_to_where_one_was_and_from_there_on(
    page: Page, shell_site: ShellSite
) -> None:
    come_in(page, shell_site)
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.get_by_text("Home of the portal")).to_be_visible()
    for heading in ("Activity", "Payment methods", "Wallet"):
        step(page, "back")
        is_at(page, shell_site, heading)


def test_the_same_where_the_shell_takes_the_element_away_and_puts_it_back(
    page: Page, shell_site: ShellSite
) -> None:
    """As a shell does that never loads another page."""
    come_in(page, shell_site)
    page.evaluate(
        """() => {
            const element = document.querySelector('voice-portal-billing');
            addEventListener('popstate', () => {
                const isBilling = location.pathname.startsWith('/billing');
                if (isBilling && !element.isConnected) document.querySelector('header').after(element);
                if (!isBilling) element.remove();
            });
            history.pushState(null, '', '/campaigns');
            element.remove();
        }"""
    )
    for heading in ("Activity", "Payment methods", "Wallet"):
        step(page, "back")
        is_at(page, shell_site, heading)
    for heading in ("Payment methods", "Activity"):
        step(page, "forward")
        is_at(page, shell_site, heading)
    step(page, "forward")
    expect(page).to_have_url(f"{shell_site.url}/campaigns")
    expect(page.locator("voice-portal-billing")).to_have_count(0)


@pytest.mark.representative
@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/billing/wallet?history=added", "Wallet"),
        ("/billing/wallet?history=added#history", "Wallet"),
        ("/billing?page=%2Faccount%2Fkeyboard", "Keyboard shortcuts"),
        ("/billing?page=%2F%2Fevil.example", "Billing"),
        ("/billing?page=javascript%3Aalert(1)", "Billing"),
    ],
)
def test_an_address_of_the_shell_opens_its_page_and_so_does_a_reload(
    page: Page, shell_site: ShellSite, address: str, heading: str
) -> None:
    shell_site.open(page, address, heading)
    expect(page).to_have_url(shell_site.url + address)
    page.reload()
    is_at(page, shell_site, heading, address)


def test_pages_that_are_not_below_billing_are_not_taken_for_pages_of_the_shell(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    page.evaluate("document.querySelector('voice-portal-billing').navigate('/account/keyboard')")
    is_at(page, shell_site, "Keyboard shortcuts", "/billing?page=%2Faccount%2Fkeyboard")
    assert frame.locator("html").evaluate("() => location.pathname") == "/account/keyboard"
    step(page, "back")
    is_at(page, shell_site, "Wallet")


def test_a_part_of_the_page_is_in_the_address_but_the_way_past_the_tabs_is_not(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    frame.locator("html").evaluate("() => { location.hash = 'history'; }")
    expect(page).to_have_url(f"{shell_site.url}/billing/wallet#history")
    frame.locator("html").evaluate("() => { location.hash = 'content'; }")
    expect(page).to_have_url(f"{shell_site.url}/billing/wallet")


HOSTILE = [
    "//evil.example",
    "/\\\\evil.example",
    "javascript:alert(1)",
    "https://evil.example/billing",
    "/api/v1/",
    "/billing/../sign-in",
    "/billingx",
    "",
    7,
    None,
    ["/billing"],
]


def test_the_shell_leads_to_no_page_but_ours(page: Page, shell_site: ShellSite) -> None:
    shell_site.open(page)
    page.evaluate(
        """(paths) => {
            for (const path of [...paths, '/billing/activity'])
                document.querySelector('voice-portal-billing').navigate(path);
        }""",
        HOSTILE,
    )
    is_at(page, shell_site, "Activity")
    step(page, "back")
    is_at(page, shell_site, "Wallet")


def test_without_keep_address_the_shell_keeps_its_own_and_back_still_goes_back(
    page: Page, shell_site: ShellSite
) -> None:
    shell_site.attributes = 'path="/billing/wallet"'
    page.goto(f"{shell_site.url}/billing")
    frame = shell_site.wait_for(page, "Wallet")
    frame.get_by_role("link", name="Payment methods").first.click()
    shell_site.wait_for(page, "Payment methods")
    expect(page).to_have_url(f"{shell_site.url}/billing")
    assert page.title() == "Portal"
    assert page.evaluate("told.filter(([type]) => type === 'navigate').map(([, detail]) => detail.path)") == [
        "/billing/wallet",
        "/billing/payment-methods",
    ]
    step(page, "back")
    shell_site.wait_for(page, "Wallet")


def test_where_the_browser_denies_the_frame_its_storage_one_press_is_one_step_as_well(
    page: Page, shell_site: ShellSite
) -> None:
    """As browsers do that block other sites' cookies, even where they keep the frame's own partitioned one."""
    page.add_init_script(
        """if (self !== top) Object.defineProperty(window, "sessionStorage", {
            get() { throw new DOMException("Access is denied for this document.", "SecurityError"); },
        });"""
    )
    come_in(page, shell_site)
    for heading in ("Payment methods", "Wallet", "Billing"):
        step(page, "back")
        is_at(page, shell_site, heading)
    step(page, "forward")
    is_at(page, shell_site, "Wallet")
    page.reload()
    is_at(page, shell_site, "Wallet")
    step(page, "back")
    is_at(page, shell_site, "Billing")
    step(page, "back")
    expect(page.get_by_text("Home of the portal")).to_be_visible()
