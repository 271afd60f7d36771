"""The organization's security settings by keyboard: an owner resets the second factor of another who lost it."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect

from app.people.factors import status
from tests.browser.looks import check_in_each_look
from tests.browser.site import sign_in
from tests.browser.test_second_factors import press
from tests.factories import a_person, an_organization
from tests.support.factors import an_app

SECURITY = "/billing/security"


def test_another_owners_second_factor_is_reset_by_keyboard(sight: Page, app: Flask) -> None:
    organization = an_organization("Birch Clinic of Resets")
    dana = a_person("dana@resets.example", organization=organization)
    ruth = a_person("ruth@resets.example", organization=organization)
    an_app(ruth)
    sign_in(sight, dana.email, to=SECURITY)
    people = sight.get_by_role("list", name="People")
    expect(people.get_by_role("listitem").filter(has_text="dana@resets.example")).to_contain_text(
        "Password only"
    )
    check_in_each_look(sight)
    press(sight, "Reset second factor of ruth@resets.example", "link")
    expect(sight.get_by_role("heading", name="Reset a second factor")).to_be_visible()
    expect(sight.get_by_text("ruth@resets.example are removed")).to_be_visible()
    check_in_each_look(sight)
    press(sight, "Cancel", "link")
    expect(people).to_be_visible()
    assert status.has_any(ruth.id)
    press(sight, "Reset second factor of ruth@resets.example", "link")
    press(sight, "Reset second factor")
    expect(sight.get_by_role("status").first).to_contain_text(
        "The second factor of ruth@resets.example was reset."
    )
    expect(people.get_by_role("listitem").filter(has_text="ruth@resets.example")).to_contain_text(
        "Password only"
    )
    check_in_each_look(sight)
    assert not status.has_any(ruth.id)
