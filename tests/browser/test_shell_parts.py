"""The parts in a page of the shell: live, on one session, and for everyone to use."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.models import Organization
from tests.browser import axe
from tests.browser.looks import wait_for_colors
from tests.browser.site import Site
from tests.factories import an_organization, give_credit
from tests.support.credit_states import low, low_and_past_due, negative, reserved, spend
from tests.support.demo_shell import Shell
from tests.support.parts_screen import (
    CHIP,
    PARTS,
    add_parts,
    good,
    no_credit,
    note_problems,
    open_screen,
    problems,
    problems_after,
    sent,
)
from tests.support.waiting import wait_until


def test_all_parts_of_a_page_are_live_with_one_sign_in_and_one_poll(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization = low()
    person = shell.add_person(organization)
    note_problems(page)
    tokens, polls = sent(page, "/billing-token"), sent(page, "/billing/live/credit")
    open_screen(page, shell, person)
    add_parts(page, *PARTS, cost="120")
    expect(page.get_by_role("link", name="Credit $20.00 Low balance")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Your credit is low.")).to_be_visible()
    expect(
        page.get_by_role("status").filter(has_text="Your credit doesn't cover this campaign.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="Top up $100")).to_be_visible()
    assert len(tokens) == 1
    assert page.locator("iframe").count() == 1
    for _ in range(4):
        with page.expect_response(lambda one: "/billing/live/credit" in one.url) as unchanged:
            pass
        assert unchanged.value.status == 304
    expect(page.get_by_role("link", name="Credit $20.00 Low balance")).to_be_visible()
    assert problems(page) == []
    give_credit(organization, "980")
    expect(page.get_by_role("link", name="Credit $1,000.00 Active")).to_be_visible()
    expect(page.get_by_text("Your credit is low.")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="Your credit covers this campaign.")).to_be_visible()
    assert len(tokens) == 1
    assert len({one.frame for one in polls}) == 1
    assert not [one for one in tokens + polls if "token=" in one.url or "ey" in one.url.partition("?")[2]]


def test_where_the_frame_is_on_the_page_it_tells_the_parts(page: Page, shell: Shell, app: Flask) -> None:
    organization = good()
    polls = sent(page, "/billing/live/credit")
    shell.sign_in(page, shell.add_person(organization), to="/billing/activity")
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    assert page.locator("iframe").count() == 1
    assert {one.frame.parent_frame for one in polls} == {page.main_frame}
    give_credit(organization, "5")
    expect(page.locator(CHIP).get_by_text("$1,005.00")).to_be_visible()
    add_parts(page, "top-up", amount="100")
    page.get_by_role("button", name="Top up").click()
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    expect(frame.get_by_role("radio", name="$100", exact=True)).to_be_checked()


@pytest.mark.representative
def test_what_fails_is_said_and_tried_again_and_shows_nothing(page: Page, shell: Shell, app: Flask) -> None:
    page.clock.install()
    note_problems(page)
    person = shell.add_person(good())
    page.route("**/billing-token", lambda route: route.fulfill(status=500, body="no"))
    open_screen(page, shell, person)
    wait_until(lambda: problems_after(page, 10), "It says nothing.")
    first = problems(page)
    assert set(first) == {"no_token"}
    assert page.locator(CHIP).get_by_text("$").count() == 0
    page.clock.run_for(7_000)
    wait_until(lambda: len(problems(page)) > len(first), "It tries no second time.")
    page.unroute("**/billing-token")
    page.clock.run_for(14_000)
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()


def test_no_one_asks_while_the_page_is_out_of_sight(page: Page, shell: Shell, app: Flask) -> None:
    page.clock.install()
    organization = good()
    open_screen(page, shell, shell.add_person(organization))
    page.clock.run_for(100)
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    hidden = next(frame for frame in page.frames if "/billing/parts" in frame.url)
    polls = sent(page, "/billing/live/credit")
    look = (
        "(is) => { Object.defineProperty(document, 'hidden', {value: is, configurable: true}); "
        "document.dispatchEvent(new Event('visibilitychange')); }"
    )
    hidden.evaluate(look, True)
    give_credit(organization, "5")
    page.clock.run_for(60_000)
    assert polls == []
    hidden.evaluate(look, False)
    expect(page.locator(CHIP).get_by_text("$1,005.00")).to_be_visible()


def test_a_change_of_figures_is_not_announced_again(page: Page, shell: Shell, app: Flask) -> None:
    organization = low()
    open_screen(page, shell, shell.add_person(organization))
    add_parts(page, "billing-alert")
    status = page.get_by_role("status").filter(has_text="Your credit is low.")
    expect(status).to_be_visible()
    status.evaluate(
        "(one) => { window.changes = 0; new MutationObserver((all) => { changes += all.length; })"
        ".observe(one, {childList: true, subtree: true, characterData: true}); }"
    )
    spend(organization, 6000)
    expect(page.locator("voice-portal-billing-alert").get_by_text("You have $17.75 left.")).to_be_visible()
    assert page.evaluate("changes") == 0


def test_what_has_focus_does_not_vanish(page: Page, shell: Shell, app: Flask) -> None:
    organization = low()
    open_screen(page, shell, shell.add_person(organization))
    add_parts(page, "billing-alert")
    button = page.locator("voice-portal-billing-alert").get_by_role("button", name="Top up")
    button.focus()
    give_credit(organization, "980")
    expect(page.get_by_text("Your credit is low.")).to_have_count(0)
    expect(button).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(button).to_have_count(0)


@pytest.mark.representative
@pytest.mark.parametrize(
    ("href", "wallet"),
    [
        ("{path}", "/billing/wallet#top-up"),
        ("/billing?page={path}", "/billing?page=%2Fbilling%2Fwallet%23top-up"),
    ],
)
def test_with_the_shells_own_page_named_an_alert_is_a_link_to_what_it_is_about(
    page: Page, shell: Shell, app: Flask, href: str, wallet: str
) -> None:
    organization = low_and_past_due()
    open_screen(page, shell, shell.add_person(organization))
    add_parts(page, "billing-alert", "top-up", href=href)
    alert = page.locator("voice-portal-billing-alert")
    low, past_due = alert.get_by_role("link", name="Top up"), alert.get_by_role("link", name="Fix payment")
    expect(low).to_have_attribute("href", wallet)
    expect(past_due).to_have_attribute("href", re.compile("renewal"))
    expect(alert.get_by_role("button")).to_have_count(0)
    top_up = page.locator("main voice-portal-top-up")
    expect(top_up.get_by_role("link")).to_have_attribute("href", wallet)
    top_up.evaluate("one => one.setAttribute('amount', '100')")
    expect(top_up.get_by_role("link")).to_have_attribute("href", re.compile("amount(=|%3D)100"))
    with page.context.expect_page() as opened:
        low.click(modifiers=["ControlOrMeta"])
    wallet_page = shell.frame(opened.value)
    expect(wallet_page.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    opened.value.close()
    low.press("Enter")
    expect(shell.frame(page).get_by_role("heading", name="Wallet", level=1)).to_be_visible()


@pytest.mark.parametrize("href", ["{path}", "/billing?page={path}"])
def test_with_the_shells_own_page_named_a_check_is_a_link_to_the_top_up_that_it_needs(
    page: Page, shell: Shell, app: Flask, href: str
) -> None:
    open_screen(page, shell, shell.add_person(an_organization(credit="3.50")))
    add_parts(page, "campaign-check", href=href, calls="200", shortest="0.5", longest="1")
    link = page.locator("voice-portal-campaign-check").get_by_role("link", name="Top up $25")
    expect(link).to_have_attribute("href", re.compile("amount(=|%3D)25"))


def test_a_campaign_is_checked_and_topped_up_for_in_place_by_keyboard(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization = an_organization(credit="3.50")
    open_screen(page, shell, shell.add_person(organization))
    page.evaluate(
        "document.addEventListener('voice-portal-billing:campaign-check', ({detail}) => { window.answer = detail; })"
    )
    add_parts(page, "campaign-check", calls="200", shortest="0.5", longest="1")
    check = page.locator("voice-portal-campaign-check")
    expect(check.get_by_text("It costs about $3.97 to $10.20. You need $6.70 more.")).to_be_visible()
    answer = page.evaluate("answer")
    assert (answer["is_covered"], answer["top_up"]) == (False, "25.000000")
    while page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") != "Top up $25":
        page.keyboard.press("Tab")
    ring = page.evaluate(
        "getComputedStyle(document.querySelector('voice-portal-campaign-check').shadowRoot.activeElement).outline"
    )
    assert "solid 2px" in ring
    page.keyboard.press("Enter")
    frame = check.frame_locator("iframe")
    expect(frame.get_by_role("radio", name="$25", exact=True)).to_be_checked()
    give_credit(organization, "25")
    expect(page.get_by_role("link", name="Credit $28.50 Active")).to_have_count(1)
    page.get_by_role("button", name="Close").press("Enter")
    expect(check.get_by_text("Your credit covers this campaign.")).to_be_visible()
    page.evaluate("document.querySelector('voice-portal-campaign-check').setAttribute('calls', 'many')")
    expect(check.get_by_text("Your credit covers this campaign.")).to_have_count(0)


STATES: list[Callable[[], Organization]] = [good, low, no_credit, negative, reserved, low_and_past_due]


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_part_and_state(
    page: Page, site: Site, app: Flask, state: Callable[[], Organization]
) -> None:
    shell = site.demo_shell.at("127.0.0.1")
    open_screen(page, shell, shell.add_person(state()))
    add_parts(page, *PARTS, calls="400", minutes="2")
    expect(page.locator("voice-portal-campaign-check").get_by_text("It costs about")).to_be_visible()
    for part in PARTS[: 3 if state is not good else 1]:
        expect(page.locator(f"main voice-portal-{part}").locator("a, button").first).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wait_for_colors(page)
        assert axe.findings(page) == [], scheme
    page.emulate_media(forced_colors="active")
    for chip in page.locator(f"main {CHIP}").locator(".chip").all():
        border = chip.evaluate("(one) => getComputedStyle(one).borderTopStyle")
        assert border == "solid", "the state is in words, and the chip has an edge"


def test_the_shells_colors_are_taken(page: Page, site: Site, app: Flask) -> None:
    shell = site.demo_shell.at("127.0.0.1")
    open_screen(page, shell, shell.add_person(good()))
    chip = page.locator(CHIP).locator(".chip")
    expect(chip).to_be_visible()
    page.evaluate("document.documentElement.style.setProperty('--vp-surface', 'rgb(1, 2, 3)')")
    expect(chip).to_have_css("background-color", "rgb(1, 2, 3)")
