"""Invitations and forgotten passwords in a browser, with an account and without."""

from __future__ import annotations

import os

from flask import Flask
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import Role
from app.people import invitations
from tests.browser.looks import check_in_each_look
from tests.factories import OWNER, PASSWORD, a_person, an_organization


def a_link(email: str, organization: str) -> str:
    made = invitations.invite(an_organization(organization), email, role=Role.ORG_ADMIN, actor=OWNER)
    db.session.commit()
    return f"/invitations/{made.token}"


def look_at(page: Page, name: str) -> None:
    """axe-core finds nothing; with `PICTURES` set to a folder there is a picture of each look in it."""
    check_in_each_look(page)
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}-light.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 320, "height": 800})
        page.screenshot(path=f"{folder}/{name}-dark.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})


def test_a_new_person_chooses_a_password_and_is_in(sight: Page, app: Flask) -> None:
    sight.goto(a_link("ruth@new.example", "Birch Clinic for New People"))
    expect(sight.get_by_role("heading", name="Join Birch Clinic for New People")).to_be_visible()
    look_at(sight, "invitation")
    sight.get_by_label("New password").fill("short")
    sight.get_by_role("button", name="Set password and join").click()
    expect(sight.get_by_role("group").filter(has_text="at least 8 characters")).to_be_visible()
    look_at(sight, "invitation-refused")
    sight.get_by_label("New password").fill("eight green bottles")
    sight.get_by_role("button", name="Set password and join").click()
    expect(sight.get_by_role("heading", name="Billing", exact=True)).to_be_visible()
    expect(sight.get_by_text("You're now in Birch Clinic for New People.")).to_be_visible()


def test_who_is_signed_in_as_someone_else_signs_in_as_the_one_invited(sight: Page, app: Flask) -> None:
    a_person("other@pine.example", organization=an_organization("Pine of Others"))
    a_person("invited@pine.example", organization=an_organization("Pine of the Invited"))
    link = a_link("invited@pine.example", "Oak of Both")
    sign_in_as(sight, "other@pine.example", "/sign-in")
    sight.goto(link)
    expect(sight.get_by_text("You're signed in as other@pine.example")).to_be_visible()
    look_at(sight, "invitation-of-another")
    sight.get_by_role("button", name="Sign out and continue").click()
    sign_in_as(sight, "invited@pine.example", None)
    expect(sight.get_by_role("heading", name="Join Oak of Both")).to_be_visible()
    look_at(sight, "invitation-accept")
    sight.get_by_role("button", name="Accept invitation").click()
    expect(sight.get_by_text("You're now in Oak of Both.")).to_be_visible()


def test_a_forgotten_password(sight: Page, app: Flask) -> None:
    sight.goto("/sign-in")
    sight.get_by_role("link", name="Forgot password?").click()
    look_at(sight, "forgot-password")
    sight.get_by_label("Email").fill("missing@new.example")
    sight.get_by_role("button", name="Email me a link").click()
    expect(sight.get_by_text("Check your email")).to_be_visible()
    look_at(sight, "forgot-password-sent")


def sign_in_as(page: Page, email: str, path: str | None) -> None:
    if path is not None:
        page.goto(path)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
