"""A poll never takes the keyboard away: whatever had the focus has it afterward, or what came in its place."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.site import sign_in, type_card
from tests.factories import a_person, an_organization
from tests.support.states import busy

FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden]), select, summary, textarea, [tabindex]"
# Every poll here brings everything: the page says that it knows nothing yet.
LOSERS = """async (focusable) => {
  const live = document.getElementById("live"), lost = [];
  for (let at = 0; ; at += 1) {
    const thing = [...document.querySelectorAll("main")[0].querySelectorAll(focusable)].filter((each) => each.checkVisibility())[at];
    if (!thing) return lost;
    thing.focus();
    if (document.activeElement !== thing) continue;
    const name = `${thing.tagName} ${thing.id} ${thing.textContent.trim().slice(0, 30)}`;
    live._htmx.ptag = "";
    const over = new Promise((resolve) => document.addEventListener("htmx:finally:request", () => setTimeout(resolve, 1), { once: true }));
    live.dispatchEvent(new CustomEvent("wake"));
    await over;
    const now = document.activeElement;
    if (!now || now === document.body || (now !== thing && thing.isConnected)) lost.push(name);
  }
}"""


@pytest.mark.parametrize(
    "path", ["/billing", "/billing/wallet", "/billing/payment-methods", "/billing/change-plan"]
)
def test_whatever_has_the_focus_keeps_it(page: Page, app: Flask, path: str) -> None:
    sign_in(page, a_person(organization=busy()).email, to=path)
    for summary in page.locator("main summary").all():
        summary.click()
    assert page.evaluate(LOSERS, FOCUSABLE) == []


def test_a_card_that_was_just_saved_keeps_it_too(page: Page, app: Flask) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to="/billing/payment-methods")
    page.get_by_role("button", name="Add a card").press("Enter")
    number = page.frame_locator("iframe[title='Secure payment input frame']").get_by_label("Card number")
    expect(number).to_be_enabled()
    number.focus()
    type_card(page, "4242424242424242")
    page.get_by_role("button", name="Save card").press("Enter")
    card = page.get_by_role("listitem").filter(has_text="Visa ending in 4242")
    expect(card).to_be_focused()
    page.evaluate(
        """async () => {
      const live = document.getElementById("live");
      live._htmx.ptag = "";
      const over = new Promise((resolve) => document.addEventListener("htmx:finally:request", () => setTimeout(resolve, 1), { once: true }));
      live.dispatchEvent(new CustomEvent("wake"));
      await over;
    }"""
    )
    expect(card).to_be_focused()
