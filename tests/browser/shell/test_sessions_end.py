"""A session has a longest life, and other tabs sign out: what frame and parts show then, and what goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from tests.browser.shell.test_session_goes_on import forms_are_taken, load_a_form, poll, sessions
from tests.support.shell_site import ShellSite
from tests.support.waiting import wait_until

ASK = "() => parent.postMessage({ source: 'voice-portal-billing', type: 'renew' }, '*')"


def grow_old() -> None:
    """The session began longer ago than any may last, and was renewed all the time."""
    long_ago = utc_now() - timedelta(days=30)
    db.session.execute(db.update(SignInSession).values(created_at=long_ago))
    db.session.commit()


def young_ones() -> list[SignInSession]:
    """Sessions that began today."""
    return [one for one in sessions() if one.created_at > utc_now() - timedelta(days=1)]


def type_an_amount(frame: FrameLocator, amount: str) -> None:
    frame.get_by_role("radio", name="Other amount").check()
    amount_field(frame).fill(amount)


def amount_field(frame: FrameLocator) -> Locator:
    return frame.locator('input[name="other_amount"], input[inputmode="decimal"]').first


@pytest.mark.parametrize("by", ["the page", "the element"])
def test_after_its_longest_life_another_session_begins_and_what_one_types_stays(
    page: Page, shell_site: ShellSite, by: str
) -> None:
    """The page finds out by itself, or the element that renews."""
    frame = shell_site.open(page)
    load_a_form(frame)
    type_an_amount(frame, "123")
    grow_old()
    if by == "the page":
        poll(frame)
    else:
        frame.locator("html").evaluate(ASK)
    wait_until(young_ones, "No other session.")
    expect(amount_field(frame)).to_have_value("123")
    forms_are_taken(page, frame)


def test_a_renewal_leaves_what_one_types(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    load_a_form(frame)
    type_an_amount(frame, "123")
    with page.expect_response(lambda answer: "/auth/shell" in answer.url) as renewed:
        frame.locator("html").evaluate(ASK)
    assert renewed.value.status == 200
    expect(amount_field(frame)).to_have_value("123")
    expect(amount_field(frame)).to_be_focused()
    forms_are_taken(page, frame)


def test_a_sign_out_in_another_tab_ends_the_frame_and_a_token_of_before_opens_nothing(
    page: Page, shell_site: ShellSite
) -> None:
    """The shell signs its person out in one tab, and has no token for the others."""
    frame = shell_site.open(page)
    other = page.context.new_page()
    shell_site.open(other)
    shell_site.answers = 401
    other.evaluate("document.querySelector('voice-portal-billing').signOut()")
    assert sessions() == []
    shell_site.wait_for(page, "Your session has ended")
    expect(frame.get_by_role("button", name="Review top-up")).to_have_count(0)
    told = page.evaluate("told.filter(([type]) => type === 'problem').map(([, detail]) => detail)")
    assert {"reason": "no_token", "status": 401} in told
    page.go_back()
    expect(page.get_by_text("$")).to_have_count(0)


def test_after_a_sign_out_in_another_tab_the_next_person_gets_a_page_of_their_own(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    load_a_form(frame)
    type_an_amount(frame, "123")
    other = page.context.new_page()
    shell_site.open(other)
    other.evaluate("document.querySelector('voice-portal-billing').signOut()")
    shell_site.claims = {"sub": "person-2", "email": "second@acme.example", "name": "Second Person"}
    shell_site.open(other)
    frame.locator("html").evaluate(
        "() => { setTimeout(() => document.dispatchEvent(new Event('visibilitychange'))); }"
    )
    shell_site.wait_for(page, "Billing")
    expect(page).to_have_url(f"{shell_site.url}/billing")
    expect(amount_field(frame)).to_have_count(0)


def test_the_same_person_who_signs_in_again_in_another_tab_goes_on(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    other = page.context.new_page()
    shell_site.open(other)
    other.evaluate("document.querySelector('voice-portal-billing').signOut()")
    shell_site.open(other)
    poll(frame)
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    expect(frame.get_by_text("Your session has ended")).to_have_count(0)
    frame.get_by_role("link", name="Activity").first.click()
    shell_site.wait_for(page, "Activity")
