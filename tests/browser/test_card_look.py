"""Stripe's fields look like the page around them, also once its colors have changed while they are open."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.cards_page import fields
from tests.browser.site import sign_in
from tests.factories import a_person, an_organization

IN_THE_PAGE = """e => {
  const probe = e.ownerDocument.createElement("span");
  probe.style.setProperty("background", "var(--vp-surface)");
  e.append(probe);
  const [red, green, blue] = (() => {
    const brush = new OffscreenCanvas(1, 1).getContext("2d");
    brush.fillStyle = getComputedStyle(probe).backgroundColor;
    brush.fillRect(0, 0, 1, 1);
    return brush.getImageData(0, 0, 1, 1).data;
  })();
  probe.remove();
  return `rgb(${red}, ${green}, ${blue})`;
}"""


def look_alike(page: Page, card: FrameLocator) -> str:
    """The ground on which the fields are, once it is that of the page."""
    wanted = str(page.locator("body").evaluate(IN_THE_PAGE))
    expect(card.get_by_label("Card number")).to_have_css("background-color", wanted)
    return wanted


@pytest.mark.parametrize("path", ["/billing/wallet", "/billing/payment-methods/new"])
def test_fields_follow_the_system_and_the_shell(page: Page, app: Flask, path: str) -> None:
    sign_in(page, a_person(organization=an_organization()).email, to=path)
    card = fields(page)
    expect(card.get_by_label("Card number")).to_be_enabled()
    card.get_by_label("Card number").fill("4242")
    light = look_alike(page, card)
    page.emulate_media(color_scheme="dark")
    assert look_alike(page, card) != light
    # As a shell gives its theme (static/js/frame_theme.js).
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert look_alike(page, card) == light
    page.evaluate("document.documentElement.style.setProperty('--vp-surface', '#fed')")
    assert look_alike(page, card) == "rgb(255, 238, 221)"
    expect(card.get_by_label("Card number")).to_have_value("4242")
