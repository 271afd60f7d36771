"""Whose figures the parts show: those of the person and the organization that the shell names, and to its own pages only."""

from __future__ import annotations

from flask import Flask, Response
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.factories import an_organization
from tests.support.demo_shell import Shell
from tests.support.parts_screen import (
    CHIP,
    PARTS,
    add_parts,
    good,
    note_problems,
    open_screen,
    problems,
    sessions_of,
)
from tests.support.serving import serving
from tests.support.violations import WatchedBrowser
from tests.support.waiting import wait_until


def test_signing_out_where_only_parts_are_ends_the_session_and_leaves_nothing(
    page: Page, shell: Shell, app: Flask
) -> None:
    person = shell.add_person(good())
    open_screen(page, shell, person)
    add_parts(page, *PARTS, cost="5")
    expect(page.get_by_text("Your credit covers this campaign.")).to_be_visible()
    assert sessions_of(person.id) == 1
    page.evaluate(f"void document.querySelector('{CHIP}').signOut()")
    expect(page.get_by_text("$1,000.00")).to_have_count(0)
    assert page.evaluate("document.querySelector('main').innerText").strip() == "Campaigns"
    wait_until(lambda: sessions_of(person.id) == 0, "The session is still there.")
    page.reload()
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sessions_of(person.id) == 0


def test_the_next_person_never_sees_what_the_one_before_saw(page: Page, shell: Shell, app: Flask) -> None:
    """The shell forgot to sign the first one out: their session is still in the browser."""
    first, second = shell.add_person(good()), shell.add_person(an_organization(credit="7"), "Eli Park")
    open_screen(page, shell, first)
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    cookies = [one for one in page.context.cookies() if not one["name"].startswith("portal")]
    page.context.clear_cookies(name="portal")
    assert cookies, "billing's own session is left"
    page.add_init_script(
        "window.seen = ''; new MutationObserver(() => { seen += "
        f"document.querySelector('{CHIP}')?.shadowRoot?.textContent ?? ''; }})"
        ".observe(document, {childList: true, subtree: true}); "
        "addEventListener('message', (event) => { seen += JSON.stringify(event.data); });"
    )
    open_screen(page, shell, second)
    expect(page.locator(CHIP).get_by_text("$7.00")).to_be_visible()
    assert "1,000.00" not in page.evaluate("seen")
    assert sessions_of(first.id) == 0


def test_a_part_shows_the_organization_that_the_shell_names_or_nothing(
    page: Page, shell: Shell, app: Flask
) -> None:
    organization, other = good(), good()
    open_screen(page, shell, shell.add_person(organization))
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    add_parts(page, "balance", organization=str(other.id), id="other")
    add_parts(page, "balance", organization=str(organization.id), id="own")
    expect(page.locator("#own").get_by_text("$1,000.00")).to_be_visible()
    assert page.evaluate("document.querySelector('#other').shadowRoot.querySelector('button').hidden")
    assert "$" not in page.evaluate("document.querySelector('#other').shadowRoot.textContent")
    page.evaluate("id => document.querySelector('#own').setAttribute('organization', id)", str(other.id))
    assert "$" not in page.evaluate("document.querySelector('#own').shadowRoot.textContent")


def test_of_two_windows_for_two_organizations_the_one_in_use_shows_its_own(
    page: Page, shell: Shell, app: Flask
) -> None:
    """They share the browser's session; neither ever shows the other's balance."""
    organization, other = good(), an_organization(credit="7")
    note_problems(page)
    open_screen(page, shell, shell.add_person(organization))
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    page.evaluate("document.hasFocus = () => false")
    second = page.context.new_page()
    page.context.clear_cookies(name="portal")
    open_screen(second, shell, shell.add_person(other, "Samuel Reyes"))
    expect(second.locator(CHIP).get_by_text("$7.00")).to_be_visible()
    wait_until(lambda: "other_organization" in problems(page), "It says nothing.")
    expect(page.locator(CHIP).get_by_text("$")).to_have_count(0)
    expect(second.locator(CHIP).get_by_text("$7.00")).to_be_visible()
    assert "7.00" not in page.evaluate(f"document.querySelector('{CHIP}').shadowRoot.textContent")


def test_a_member_sees_nothing_of_money(page: Page, shell: Shell, app: Flask) -> None:
    note_problems(page)
    open_screen(page, shell, shell.add_person(good(), role="member"))
    add_parts(page, *PARTS, cost="5")
    wait_until(lambda: "not_owner" in problems(page), "It says nothing.")
    assert page.evaluate("document.querySelector('main').innerText").strip() == "Campaigns"
    assert page.get_by_role("button", name="Top up").count() == 0
    expect(page.locator(CHIP).get_by_text("$")).to_have_count(0)


def test_a_page_of_another_origin_gets_nothing(
    browser: WatchedBrowser, page: Page, shell: Shell, site: Site, app: Flask
) -> None:
    """Its visitor is signed in, and it has even got hold of a token."""
    open_screen(page, shell, shell.add_person(good()))
    expect(page.locator(CHIP).get_by_text("$1,000.00")).to_be_visible()
    token = page.evaluate(
        "fetch('/billing-token', {method: 'POST'}).then((answer) => answer.json()).then((answer) => answer.token)"
    )
    evil = Flask("evil")

    @evil.get("/")
    def show() -> str:
        return (
            f'<!doctype html><title>Evil</title><script type="module" src="{site.url}/embed.js"></script>'
            '<voice-portal-balance token-url="/token"></voice-portal-balance>'
        )

    @evil.post("/token")
    def give() -> Response:
        return Response(f'{{"token": "{token}"}}', content_type="application/json")

    with serving(evil) as url:
        other = page.context.new_page()
        other.add_init_script(
            "window.heard = []; addEventListener('message', (event) => heard.push(event.data))"
        )
        with other.expect_response("**/auth/shell") as refused:
            other.goto(url)
        assert refused.value.status == 403
        tried = other.evaluate(
            """async (address) => {
                const answers = [];
                for (const credentials of ['include', 'omit']) {
                    answers.push(await fetch(address, {credentials}).then((answer) => answer.text()).catch(() => 'refused'));
                }
                const frame = document.body.appendChild(document.createElement('iframe'));
                await new Promise((loaded) => { frame.onload = loaded; frame.src = address.replace('live/credit', 'parts'); });
                return answers;
            }""",
            f"{site.url}/billing/live/credit",
        )
        assert tried == ["refused", "refused"]
        assert other.evaluate("heard") == []
        assert other.evaluate(f"document.querySelector('{CHIP}').shadowRoot.querySelector('.chip').hidden")
        assert "frame-ancestors" in browser.provoked(other)
        other.close()
