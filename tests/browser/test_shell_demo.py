"""The example of a shell, in a browser: its people, its addresses, its theme and its way out."""

from __future__ import annotations

import re

from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import an_organization
from tests.support.demo_shell import Shell


def test_an_owner_signs_in_and_sees_the_billing_of_their_organization(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization))
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Billing", level=1)).to_be_visible()
    expect(frame.get_by_role("region", name="Balance")).to_be_visible()
    expect(frame.get_by_text(organization.name)).to_be_visible()


def test_a_member_is_told_whom_to_ask(page: Page, shell: Shell, app: Flask) -> None:
    member = shell.add_person(an_organization(), role="member")
    shell.sign_in(page, member)
    expect(shell.frame(page).get_by_text("owner", exact=False).first).to_be_visible()
    expect(shell.frame(page).get_by_role("region", name="Balance")).to_have_count(0)


def test_each_page_of_billing_has_an_address_in_the_shell(page: Page, shell: Shell, app: Flask) -> None:
    organization = an_organization()
    shell.sign_in(page, shell.add_person(organization), to="/billing/wallet")
    frame = shell.frame(page)
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    frame.get_by_role("link", name="Payment methods").first.click()
    page.wait_for_url(f"{shell.url}/billing/payment-methods**")
    expect(page).to_have_title(re.compile(rf"^Payment methods . {organization.name} "))
    page.go_back()
    page.wait_for_url(f"{shell.url}/billing/wallet**")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.go_forward()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()
    page.reload()
    expect(frame.get_by_role("heading", name="Payment methods", level=1)).to_be_visible()


def test_signing_out_of_the_shell_signs_out_of_billing(page: Page, shell: Shell, app: Flask) -> None:
    owner = shell.add_person(an_organization())
    shell.sign_in(page, owner)
    expect(shell.frame(page).get_by_role("region", name="Balance")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
