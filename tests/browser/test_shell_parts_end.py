"""What the parts show when their session ends: by a sign-out in another tab, or because it may last no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.clock import utc_now
from app.extensions import db
from app.models import SignInSession, User
from tests.factories import an_organization
from tests.support.demo_shell import Shell
from tests.support.parts_screen import CHIP, good, note_problems, open_screen, problems, sessions_of
from tests.support.waiting import wait_until


@pytest.mark.long
def test_a_sign_out_in_another_tab_leaves_nothing_and_nothing_of_the_next_person_comes(
    page: Page, shell: Shell, app: Flask
) -> None:
    first, second = shell.add_person(good()), shell.add_person(an_organization(credit="7"), "Eli Park")
    note_problems(page)
    open_screen(page, shell, first)
    chip = page.locator(CHIP)
    expect(chip.get_by_text("$1,000.00")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{shell.url}/campaigns")
    expect(other.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sessions_of(first.id) == 0
    expect(chip.get_by_text("$")).to_have_count(0)
    wait_until(lambda: "no_token" in problems(page), "It doesn't say that no one is signed in.")
    shell.sign_in(other, second, to="/campaigns")
    expect(other.locator(CHIP).get_by_text("$7.00")).to_be_visible()
    with page.expect_request("**/auth/shell", timeout=120_000):
        pass
    # The page is of the first one's organization.
    assert "$" not in chip.evaluate("(one) => one.shadowRoot.textContent")


@pytest.mark.representative
def test_after_its_longest_life_another_session_begins(page: Page, shell: Shell, app: Flask) -> None:
    person = shell.add_person(good())
    note_problems(page)
    open_screen(page, shell, person)
    chip = page.locator(CHIP)
    expect(chip.get_by_text("$1,000.00")).to_be_visible()
    theirs = db.select(User.id).where(User.email == person.email).scalar_subquery()
    grown = db.update(SignInSession).where(SignInSession.user_id == theirs)
    db.session.execute(grown.values(created_at=utc_now() - timedelta(days=30)))
    db.session.commit()
    wait_until(lambda: "session_ended" in problems(page), "It doesn't say that the session has ended.")
    expect(chip.get_by_text("$1,000.00")).to_be_visible()
