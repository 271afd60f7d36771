"""Where billing is busy, or asks for patience, the element tries again by itself, and nothing is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Connection, text

from app.pages.auth import shell_limits
from tests.browser.shell.test_session_goes_on import over, poll, sessions
from tests.support.database import superuser
from tests.support.shell_site import ShellSite
from tests.support.waiting import wait_until


def lock(connection: Connection, site: ShellSite) -> None:
    """As a job that takes long with the organization."""
    connection.execute(
        text("SELECT 1 FROM organization WHERE id = :id FOR UPDATE"), {"id": site.shell.org_id}
    )


def test_a_frame_that_was_told_to_wait_signs_in_by_itself(page: Page, shell_site: ShellSite) -> None:
    shell_site.open(page)
    over()
    with superuser().connect() as connection:
        lock(connection, shell_site)
        page.reload()
        frame = shell_site.wait_for(page, "Back in a moment")
        expect(frame.get_by_text("Your payments and credit are safe.")).to_be_visible()
        connection.rollback()
    shell_site.wait_for(page, "Wallet")
    said = page.evaluate("told.filter(([type]) => type === 'session-expired').map(([, detail]) => detail)")
    assert {"reason": "busy", "asked": False, "stay": False, "after": 5} in said


def test_what_one_types_stays_where_the_session_ended_while_billing_was_busy(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    frame.get_by_role("radio", name="Other amount").check()
    typed = frame.locator('input[name="other_amount"], input[inputmode="decimal"]').first
    typed.fill("123")
    over()
    with superuser().connect() as connection:
        lock(connection, shell_site)
        with page.expect_response(lambda answer: "/auth/shell" in answer.url) as refused:
            poll(frame)
        assert refused.value.status == 503
        connection.rollback()
    wait_until(lambda: len(sessions()) == 1, "No session.")
    expect(typed).to_have_value("123")


def test_a_renewal_that_comes_too_often_leaves_the_page_as_it_is(
    page: Page, shell_site: ShellSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = shell_site.open(page)
    monkeypatch.setattr(shell_limits, "PER_PERSON", 1)
    with page.expect_response(lambda answer: "/auth/shell" in answer.url) as refused:
        frame.locator("html").evaluate(
            "() => parent.postMessage({ source: 'voice-portal-billing', type: 'renew' }, '*')"
        )
    assert refused.value.status == 429
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    assert page.evaluate("told.filter(([type]) => type === 'session-expired')") == []
    assert len(sessions()) == 1
