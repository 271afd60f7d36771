"""Confirming who it is, for someone whom only the shell signs in: it asks them, and what they pressed goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import Organization, SignInSession
from tests.browser.looks import check_in_each_look
from tests.factories import a_payer
from tests.support.demo_shell import Shell


@pytest.fixture
def organization(app: Flask) -> Organization:
    return a_payer(credit="20")[0]


def is_asked(page: Page, shell: Shell, organization: Organization) -> FrameLocator:
    """The frame of someone who signed in to the shell an hour ago, and is adding a card."""
    shell.sign_in(page, shell.add_person(organization), to="/billing/payment-methods")
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    db.session.execute(db.update(SignInSession).values(confirmed_at=utc_now() - timedelta(minutes=60)))
    db.session.commit()
    frame.get_by_role("button", name="Add a card").press("Enter")
    expect(frame.get_by_role("button", name="Confirm in Voice Portal")).to_be_focused()
    return frame


def test_the_shell_asks_and_the_form_goes_on(page: Page, shell: Shell, organization: Organization) -> None:
    frame = is_asked(page, shell, organization)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="It's me")).to_be_focused()
    check_in_each_look(page)
    page.keyboard.press("Enter")
    expect(frame.locator("#card-form form")).to_be_visible()


def test_who_declines_in_the_shell_can_be_asked_again(
    page: Page, shell: Shell, organization: Organization
) -> None:
    frame = is_asked(page, shell, organization)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Cancel").press("Enter")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(frame.locator("#card-form form")).to_have_count(0)
    frame.get_by_role("button", name="Confirm in Voice Portal").press("Enter")
    page.get_by_role("button", name="It's me").press("Enter")
    expect(frame.locator("#card-form form")).to_be_visible()
