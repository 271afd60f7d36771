"""Escape in a dialog with the frame in it closes what is open in the frame first, and the dialog next."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect

from tests.support.demo_shell import Shell
from tests.support.parts_screen import add_parts, good, open_screen
from tests.support.waiting import wait_until


@pytest.fixture
def opened(page: Page, shell: Shell, app: Flask) -> FrameLocator:
    """The top-up in a dialog, opened and come into by keyboard."""
    open_screen(page, shell, shell.add_person(good()))
    add_parts(page, "top-up", amount="100")
    page.get_by_role("main").get_by_role("button", name="Top up").press("Enter")
    frame = page.frame_locator("main voice-portal-top-up iframe")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(frame.locator(":focus")).to_have_count(1)
    return frame


def test_what_is_open_in_the_frame_closes_first_and_focus_returns_to_the_button(
    page: Page, opened: FrameLocator
) -> None:
    dialog = page.locator("main voice-portal-top-up dialog")
    page.keyboard.press("?")
    keys = opened.get_by_role("dialog")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("button", name="Top up")).to_be_focused()


def test_nothing_is_left_while_it_is_being_paid(page: Page, opened: FrameLocator) -> None:
    dialog = page.locator("main voice-portal-top-up dialog")
    button = opened.get_by_role("button", name="Review top-up")
    button.evaluate("(button) => button.setAttribute('aria-busy', 'true')")
    page.keyboard.press("Escape")
    button.evaluate("(button) => button.removeAttribute('aria-busy')")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_shell_may_keep_its_dialog(page: Page, opened: FrameLocator) -> None:
    page.evaluate(
        """() => {
            window.pressed = 0;
            document.addEventListener("voice-portal-billing:escape", (event) => { pressed += 1; event.preventDefault(); });
        }"""
    )
    page.keyboard.press("Escape")
    wait_until(lambda: page.evaluate("pressed") == 1, "It was not told.")
    expect(page.locator("main voice-portal-top-up dialog")).to_be_visible()


def test_the_shell_is_asked_in_the_dialog_too_who_it_is(page: Page, opened: FrameLocator) -> None:
    """By the event of the element in it, which the shell answers."""
    page.evaluate(
        """() => {
            document.addEventListener("voice-portal-billing:confirm", (event) => {
                event.preventDefault();
                window.asks = event.composedPath()[0].localName;
            });
        }"""
    )
    opened.locator("html").evaluate(
        "() => parent.postMessage({ source: 'voice-portal-billing', type: 'confirm' }, '*')"
    )
    wait_until(lambda: page.evaluate("window.asks") == "voice-portal-billing", "It wasn't asked.")
