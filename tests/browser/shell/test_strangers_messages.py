"""What is neither the frame nor the shell's page says the right things, from every place there is: nothing comes of it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.shell.test_session_goes_on import sessions
from tests.support.shell_site import ShellSite

TO_THE_ELEMENT: list[dict[str, Any]] = [
    {"type": "ready"},
    {"type": "resize", "height": 9_999},
    {"type": "navigate", "path": "/billing/activity", "title": "Taken over"},
    {"type": "step", "is": True},
    {"type": "renew"},
    {"type": "confirm"},
    {"type": "escape"},
    {"type": "session-expired", "reason": "ended", "asked": True},
    {"type": "open-in-window", "path": "/billing/activity"},
    {"type": "wallet", "state": "paused", "available": "$0.00", "alerts": []},
    {"type": "problem", "reason": "not_owner"},
    {"type": "signed-out"},
    {"type": "follow", "is": True},
    {"type": "cover", "is": True},
    {"type": "scroll", "by": 500},
]
TO_THE_FRAME: list[dict[str, Any]] = [
    {"type": "theme", "tokens": {"--vp-ink": "rgb(9, 9, 9)"}},
    {"type": "navigate", "path": "/billing/activity", "step": True},
    {"type": "history", "kept": False},
    {"type": "view", "top": 9_000, "height": 1, "covered": True},
    {"type": "token", "token": "a.b.c"},
    {"type": "campaign-check", "id": 1, "fields": {"cost": "5"}},
    {"type": "sign-out"},
]
SAY = """(all) => {
    for (const one of all) {
        const said = { source: "voice-portal-billing", ...one };
        WHERE.postMessage(said, "*");
    }
}"""
PLACES = {
    "another document of the shell's": "frame.srcdoc = '<p>other</p>';",
    "a data: address": "frame.src = 'data:text/html,<p>other</p>';",
    "a sandbox": "frame.setAttribute('sandbox', 'allow-scripts'); frame.srcdoc = '<p>other</p>';",
    "a page of billing's": "frame.src = BILLING + '/billing/activity';",
    "a blob": "frame.src = URL.createObjectURL(new Blob(['<p>other</p>'], { type: 'text/html' }));",
}
ADD = """([billing]) => new Promise((loaded) => {
    const BILLING = billing;
    const frame = document.createElement("iframe");
    frame.name = "stranger";
    frame.onload = loaded;
    HOW
    document.body.append(frame);
})"""


@pytest.mark.parametrize("place", PLACES)
def test_nothing_comes_of_what_another_frame_of_the_page_says(
    page: Page, shell_site: ShellSite, place: str
) -> None:
    frame = shell_site.open(page)
    page.wait_for_function("told.some(([type]) => type === 'wallet')")
    page.evaluate(ADD.replace("HOW", PLACES[place]), [shell_site.billing])
    stranger = page.frame(name="stranger")
    assert stranger is not None
    before, asked = page.evaluate("told.length"), shell_site.asked
    height = page.locator("voice-portal-billing").evaluate("(one) => one.style.blockSize")
    stranger.evaluate(SAY.replace("WHERE", "parent"), TO_THE_ELEMENT)
    # The frame of billing's is the first in the page; what is said last is said by the shell itself.
    stranger.evaluate(SAY.replace("WHERE", "parent.frames[0]"), TO_THE_FRAME)
    page.evaluate("document.querySelector('voice-portal-billing').theme({ '--vp-radius': '3px' })")
    expect(frame.locator("html")).to_have_attribute("style", "--vp-radius: 3px;")
    said = page.evaluate(f"told.slice({before})")
    assert [type_ for type_, _ in said if type_ not in ("resize", "wallet")] == []
    assert [detail for type_, detail in said if type_ == "wallet" and detail["state"] != "paused"] == []
    assert page.locator("voice-portal-billing").evaluate("(one) => one.style.blockSize") == height
    assert page.evaluate("scrollY") == 0
    expect(page).to_have_url(f"{shell_site.url}/billing/wallet")
    expect(frame.get_by_role("heading", name="Wallet", level=1)).to_be_visible()
    assert (len(sessions()), shell_site.asked) == (1, asked)


def test_nor_of_what_a_window_says_that_was_opened(page: Page, shell_site: ShellSite) -> None:
    """A link in the shell may open another site's window, which has a hold on the one that opened it."""
    frame = shell_site.open(page)
    page.wait_for_function("told.some(([type]) => type === 'wallet')")
    before = page.evaluate("told.length")
    with page.expect_popup() as opened:
        page.evaluate("(url) => { window.open(url); }", f"{shell_site.shell.url}/keys")
    opened.value.wait_for_load_state()
    opened.value.evaluate(SAY.replace("WHERE", "opener"), TO_THE_ELEMENT)
    opened.value.evaluate(SAY.replace("WHERE", "opener.frames[0]"), TO_THE_FRAME)
    page.bring_to_front()
    page.evaluate("document.querySelector('voice-portal-billing').theme({ '--vp-radius': '3px' })")
    expect(frame.locator("html")).to_have_attribute("style", "--vp-radius: 3px;")
    assert [
        type_ for type_, _ in page.evaluate(f"told.slice({before})") if type_ not in ("resize", "wallet")
    ] == []
    assert len(sessions()) == 1
