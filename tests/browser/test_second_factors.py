"""Second factors in a browser, by keyboard, with a virtual authenticator: https://www.w3.org/TR/webauthn-3/#sctn-automation"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.devices import Device
from tests.browser.looks import check_in_each_look
from tests.browser.site import Site
from tests.factories import PASSWORD, a_person, an_organization
from tests.support.factors import a_code, an_app, codes_of

HERE = "/account/second-factor"
NOT_OFFERED = "if (!sessionStorage.getItem('is-offered')) PublicKeyCredential.isConditionalMediationAvailable = async () => false"


def sign_in(page: Page, email: str, path: str = "/sign-in") -> None:
    page.goto(path)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


def press(page: Page, name: str, role: Any = "button") -> None:
    """Reach it with Tab, as far as the page goes, and press Enter."""
    wanted = page.get_by_role(role, name=name, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("(element) => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def test_a_passkey_is_added_and_then_signs_in_alone(sight: Page, app: Flask) -> None:
    dana = a_person("dana@passkeys.example", organization=an_organization("Birch Passkeys"))
    Device(sight)
    # The device answers by itself, also what is only offered: for the button it must not be.
    sight.add_init_script(NOT_OFFERED)
    sign_in(sight, dana.email, f"/sign-in?next={HERE}")
    expect(sight.get_by_role("heading", name="Second factor", exact=True)).to_be_visible()
    check_in_each_look(sight)
    press(sight, "Add a passkey", "link")
    expect(sight.get_by_role("heading", name="Add a passkey")).to_be_visible()
    check_in_each_look(sight)
    sight.get_by_label("Name of the new passkey").fill("My laptop")
    press(sight, "Create passkey")
    expect(sight.get_by_role("heading", name="Recovery codes")).to_be_visible()
    check_in_each_look(sight)
    with sight.expect_download() as begun:
        press(sight, "Download as text", "link")
    saved = begun.value.path().read_text()
    assert (
        re.findall(r"^[0-9a-z]{6}(?:-[0-9a-z]{6}){3}$", saved, re.MULTILINE)
        == sight.get_by_role("listitem").get_by_text(re.compile("-")).all_text_contents()
    )
    press(sight, "I've saved them", "link")
    expect(sight.get_by_role("link", name="Rename My laptop")).to_be_visible()
    check_in_each_look(sight)
    press(sight, "Add a passkey", "link")
    press(sight, "Create passkey")
    expect(sight.get_by_text("This device already has a passkey for your account.")).to_be_visible()
    sign_out(sight)
    check_in_each_look(sight)
    press(sight, "Sign in with a passkey")
    expect(sight.get_by_role("heading", name="Billing", exact=True)).to_be_visible()
    sight.evaluate("sessionStorage.setItem('is-offered', 'yes')")
    with sight.expect_response("**/sign-in/passkey") as answered:
        sight.get_by_role("button", name="Sign out").click()
    assert answered.value.status == 302, "offered where the email address is typed"
    expect(sight.get_by_role("heading", name="Billing", exact=True)).to_be_visible()


def test_an_app_is_set_up_and_asked_for_and_a_lost_phone_leaves_a_recovery_code(
    sight: Page, app: Flask
) -> None:
    dana = a_person("dana@apps.example", organization=an_organization("Birch Apps"))
    sign_in(sight, dana.email, f"/sign-in?next={HERE}")
    press(sight, "Set up an authenticator app")
    expect(sight.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    check_in_each_look(sight)
    secret = sight.locator(".secret").inner_text().replace(" ", "")
    sight.get_by_label("Code from the app").fill(a_code(secret))
    sight.keyboard.press("Enter")
    first = sight.get_by_role("listitem").get_by_text(re.compile("-")).first.inner_text()
    press(sight, "I've saved them", "link")
    sign_out(sight)
    sign_in(sight, dana.email, "/sign-in?next=/billing/wallet")
    expect(sight.get_by_role("heading", name="Second factor")).to_be_visible()
    check_in_each_look(sight)
    sight.get_by_label("Code from your authenticator app").fill("12345")
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("group").filter(has_text="This code is wrong")).to_be_visible()
    check_in_each_look(sight)
    sight.get_by_label("Code from your authenticator app").fill(a_code(secret, steps=1))
    sight.keyboard.press("Enter")
    expect(sight.get_by_role("heading", name="Wallet", exact=True)).to_be_visible()
    sign_out(sight)
    sign_in(sight, dana.email)
    press(sight, "Use a recovery code", "link")
    check_in_each_look(sight)
    sight.get_by_label("Recovery code").fill(first)
    sight.keyboard.press("Enter")
    expect(sight.get_by_text("You used a recovery code. You have 9 left.")).to_be_visible()


def test_without_javascript_a_code_of_the_app_and_a_recovery_code_sign_in(
    browser: Browser, site: Site, app: Flask
) -> None:
    dana = a_person("dana@plain.example", organization=an_organization("Birch Plain"))
    secret, codes = an_app(dana), codes_of(dana)
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, dana.email)
    page.get_by_label("Code from your authenticator app").fill(a_code(secret, steps=1))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Billing", exact=True)).to_be_visible()
    sign_out(page)
    sign_in(page, dana.email)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Billing", exact=True)).to_be_visible()
    context.close()


def test_in_a_frame_of_another_page_it_is_said_where_passkeys_work(page: Page, site: Site) -> None:
    """Browsers give a page in such a frame none; the shell is simulated, and what forbids other frames left out."""
    shell = f'<!doctype html><title>Shell</title><iframe src="{site.url}/sign-in" title="Billing"></iframe>'
    page.route("http://shell.localhost/", lambda route: route.fulfill(body=shell, content_type="text/html"))

    def without_policy(route: Route) -> None:
        answer = route.fetch()
        kept = {
            name: value
            for name, value in answer.headers.items()
            if not name.startswith(("content-sec", "x-frame"))
        }
        route.fulfill(response=answer, headers=kept)

    page.route(f"{site.url}/sign-in", without_policy)
    page.goto("http://shell.localhost/")
    framed = page.frame_locator("iframe")
    framed.get_by_role("button", name="Sign in with a passkey").press("Enter")
    expect(framed.get_by_text("Passkeys only work")).to_have_text(
        "Passkeys only work in a tab of their own. Open this page in a new tab, and reload this one afterwards."
    )
    page.unroute(f"{site.url}/sign-in")
    with page.context.expect_page() as opened:
        framed.get_by_role("link", name="Open this page in a new tab").press("Enter")
    expect(opened.value).to_have_url(f"{site.url}/sign-in")
