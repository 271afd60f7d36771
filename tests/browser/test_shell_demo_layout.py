"""The example of a shell, as it is seen: nothing jumps, nothing is behind something else, and on paper all is there."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.factories import an_organization, give_credit
from tests.support.demo_shell import Shell
from tests.support.pdfs import pdf, words
from tests.support.waiting import wait_until


@pytest.mark.parametrize("size", [(1280, 900), (320, 640)], ids=["wide", "narrow"])
@pytest.mark.parametrize("credit", ["100", "4"])
def test_nothing_moves_when_credit_and_what_is_wrong_with_it_are_there(
    page: Page, shell: Shell, app: Flask, size: tuple[int, int], credit: str
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.add_init_script(
        """globalThis.moved = [];
        new PerformanceObserver((list) => moved.push(...list.getEntries().map((each) =>
          [each.value, ...each.sources.map(({ node }) => node?.outerHTML?.slice(0, 60))])))
          .observe({ type: "layout-shift", buffered: true });"""
    )
    shell.sign_in(page, shell.add_person(an_organization(credit=credit, alert="10")), to="/campaigns")
    is_low = credit == "4"
    answer = "Your credit doesn't cover this campaign." if is_low else "Your credit covers this campaign."
    expect(page.get_by_text(answer)).to_be_visible()
    alert = page.locator("voice-portal-billing-alert").get_by_role("link", name="Top up")
    expect(alert).to_have_count(1 if is_low else 0)
    if is_low:
        expect(alert).to_be_in_viewport(ratio=1)
    assert page.evaluate("moved") == []


def test_what_has_focus_is_not_behind_the_banner(page: Page, shell: Shell, app: Flask) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    shell.sign_in(page, shell.add_person(an_organization(credit="4", alert="10")), to="/campaigns")
    banner = page.locator("voice-portal-billing-alert section")
    expect(banner).to_be_visible()
    room = """() => document.querySelector("voice-portal-billing-alert").getBoundingClientRect().top -
        document.activeElement.getBoundingClientRect().bottom"""
    for name in ("Number of calls", "Minutes per call"):
        page.evaluate("scrollTo(0, 0)")
        page.get_by_label(name).focus()
        wait_until(lambda: page.evaluate(room) >= 0, f"{name} is behind the banner.")


def test_on_paper_the_whole_page_of_the_frame_is_there(page: Page, shell: Shell, app: Flask) -> None:
    organization = an_organization(credit="20")
    for _ in range(30):
        give_credit(organization, "5")
    shell.sign_in(page, shell.add_person(organization), to="/billing/wallet")
    frame = shell.frame(page)
    expect(frame.get_by_text("Today's lines and their balances may still change.")).to_be_visible()
    for paper in ("A4", "A5"):
        content = page.pdf(format=paper)
        assert len(pdf(content).pages) > 1
        assert words(content).count("Welcomecredit") == frame.get_by_text("Welcome credit").count()
        assert "Earlierdaysare" in words(content)
