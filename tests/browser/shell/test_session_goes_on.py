"""A session goes on while the shell is there; what someone types stays, and nothing of one person goes on for another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession
from tests.support.database import another_session
from tests.support.shell_site import ShellSite
from tests.support.waiting import wait_until

FIRST = {"sub": "person-1"}
SECOND = {"sub": "person-2", "email": "second@acme.example", "name": "Second Person"}


def ends_in() -> timedelta:
    """How long the one session there is has left."""
    [ends_at] = [one.ends_at for one in sessions()]
    assert ends_at is not None
    return ends_at - utc_now()


def load_a_form(frame: FrameLocator) -> None:
    """One that charges nothing: it comes with the list of shortcuts."""
    frame.get_by_role("button", name="Keyboard shortcuts").click()
    frame.get_by_role("dialog", name="Keyboard shortcuts").get_by_role("button", name="Close").click()


def forms_are_taken(page: Page, frame: FrameLocator) -> None:
    """The form that was loaded before."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        frame.locator("#shortcuts form[hx-post]").evaluate("(form) => form.requestSubmit()")
    assert sent.value.status == 200, sent.value.url


def sessions() -> list[SignInSession]:
    another_session()
    return list(db.session.scalars(db.select(SignInSession)))


def nearly_over() -> None:
    """Let the session end in a minute, as after a while without a token."""
    assert len(sessions()) == 1
    db.session.execute(db.update(SignInSession).values(ends_at=utc_now() + timedelta(minutes=1)))
    db.session.commit()


def over() -> None:
    """Let the session have ended."""
    db.session.execute(db.delete(SignInSession))
    db.session.commit()


def poll(frame: FrameLocator) -> None:
    """Let the page ask for what is new."""
    frame.locator("#live").evaluate("(live) => live.dispatchEvent(new CustomEvent('wake'))")


def test_a_page_that_is_opened_late_in_a_session_has_it_renewed(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    nearly_over()
    frame.get_by_role("link", name="Activity").first.click()
    shell_site.wait_for(page, "Activity")
    wait_until(lambda: ends_in() > timedelta(minutes=14), "The session was not renewed.")
    assert page.evaluate("told.filter(([type]) => type === 'session-expired')") == []


def test_what_is_due_is_looked_at_when_someone_comes_back(page: Page, shell_site: ShellSite) -> None:
    """Timers stand still in a computer that sleeps."""
    page.clock.install()
    frame = shell_site.open(page)
    nearly_over()
    page.clock.set_system_time("2099-01-01")
    frame.locator("html").evaluate(
        "() => { setTimeout(() => document.dispatchEvent(new Event('visibilitychange'))); }"
    )
    wait_until(lambda: ends_in() > timedelta(minutes=14), "The session was not renewed.")


def test_what_one_types_stays_when_the_session_has_ended(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    load_a_form(frame)
    frame.get_by_role("radio", name="Other amount").check()
    typed = frame.locator('input[name="other_amount"], input[inputmode="decimal"]').first
    typed.fill("123")
    over()
    poll(frame)
    wait_until(
        lambda: len(sessions()) == 1,
        "No session.",
    )
    expect(typed).to_have_value("123")
    expect(frame.get_by_text("Your session has ended")).to_have_count(0)
    # Forms of the page have the new session's token, and are taken.
    forms_are_taken(page, frame)


@pytest.mark.parametrize("who", ["person", "organization"])
@pytest.mark.parametrize("state", ["over", "nearly over"])
def test_a_token_of_someone_else_shows_a_page_of_theirs_only(
    page: Page, shell_site: ShellSite, who: str, state: str
) -> None:
    frame = shell_site.open(page, "/billing/wallet", "Wallet")
    frame.locator("html").evaluate("(html) => { html.dataset.before = ''; }")
    if who == "person":
        shell_site.claims = SECOND
    else:
        other: dict[str, Any] = {"org": "0190a5d0-0000-7000-8000-000000000001", "org_name": "Other Co"}
        shell_site.claims = other
    if state == "over":
        over()
        poll(frame)
    else:
        frame.locator("html").evaluate(
            "() => parent.postMessage({ source: 'voice-portal-billing', type: 'renew' }, '*')"
        )
    shell_site.wait_for(page, "Billing")
    expect(page).to_have_url(f"{shell_site.url}/billing")
    assert frame.locator("html").get_attribute("data-before") is None
    name = "Acme Rivets" if who == "person" else "Other Co"
    assert frame.locator("body").get_attribute("data-organization-name") == name


def test_where_no_one_is_signed_in_to_the_shell_any_more_the_frame_ends(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    shell_site.answers = 401
    frame.locator("html").evaluate(
        "() => parent.postMessage({ source: 'voice-portal-billing', type: 'renew' }, '*')"
    )
    expect(frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
    assert sessions() == []
    shell_site.answers = 200
    frame.get_by_role("link", name="Try again").click()
    shell_site.wait_for(page, "Billing")


@pytest.mark.parametrize(("status", "title"), [(401, "Your session has ended"), (500, "Back in a moment")])
def test_without_a_token_from_the_beginning_the_frame_says_what_to_do(
    page: Page, shell_site: ShellSite, status: int, title: str
) -> None:
    shell_site.answers = status
    frame = shell_site.open(page, "/billing/activity", title)
    told = page.evaluate("told.filter(([type]) => type === 'problem')[0][1]")
    assert told == {"reason": "no_token", "status": status}
    shell_site.answers = 200
    frame.get_by_role("link", name="Try again").click()
    shell_site.wait_for(page, "Activity")


def test_signing_out_is_done_when_the_shell_is_told_so(page: Page, shell_site: ShellSite) -> None:
    shell_site.open(page, "/billing/activity", "Activity")
    page.evaluate("document.querySelector('voice-portal-billing').signOut()")
    assert sessions() == []
    expect(shell_site.frame(page).get_by_role("heading", name="Your session has ended")).to_be_visible()


def test_a_token_that_comes_after_sign_out_goes_no_further(page: Page, shell_site: ShellSite) -> None:
    """The shell gave it before its person signed out there."""
    frame = shell_site.open(page, "/billing/activity", "Activity")
    page.evaluate(
        """async () => {
          const ask = window.fetch;
          const isHeld = new Promise((resolve) => { window.letGo = resolve; });
          window.fetch = async (...asked) => {
            const answer = await (await ask(...asked)).json();
            await isHeld;
            return { ok: true, status: 200, json: async () => answer };
          };
          const billing = document.querySelector("voice-portal-billing");
          billing.confirmed();
          await billing.signOut();
        }"""
    )
    expect(frame.get_by_role("heading", name="Your session has ended")).to_be_visible()
    frame.locator(":root").evaluate(
        "() => { window.heard = []; addEventListener('message', ({ data }) => heard.push(data.type)); }"
    )
    page.evaluate(
        """async () => {
          letGo();
          await new Promise((resolve) => setTimeout(resolve));
          document.querySelector("voice-portal-billing").focus();
        }"""
    )
    heard = lambda: frame.locator(":root").evaluate("() => heard")  # noqa: E731
    wait_until(lambda: "focus" in heard(), "The frame wasn't told anything.")
    assert "token" not in heard()
    assert sessions() == []
