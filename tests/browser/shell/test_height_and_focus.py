"""The frame is as high as its page, without jumps and scroll bars; the keyboard goes in, through, and out again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.shell_site import ShellSite
from tests.support.waiting import wait_until

WATCH = """() => {
  window.heights = [];
  new ResizeObserver(([{ contentRect }]) => heights.push(Math.round(contentRect.height))).observe(document.querySelector('voice-portal-billing'));
}"""
OF_THE_PAGE = "() => Math.ceil(document.body.getBoundingClientRect().height)"
SCROLLS = "() => { const { scrollHeight, clientHeight, scrollWidth } = document.documentElement; return [scrollHeight > clientHeight, innerWidth - document.documentElement.clientWidth, scrollWidth > innerWidth]; }"


def settles(page: Page, site: ShellSite) -> int:
    """Wait until the frame is as high as its page; the height."""
    heights: list[int] = []

    def is_settled() -> bool:
        heights.append(site.frame(page).locator("html").evaluate(OF_THE_PAGE))
        box = page.locator("iframe").bounding_box()
        return box is not None and box["height"] == heights[-1]

    wait_until(is_settled, "The frame never became as high as its page.")
    return heights[-1]


def test_from_page_to_page_the_frame_is_never_lower_than_both(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    last = settles(page, shell_site)
    for heading in ("Activity", "Payment methods", "Wallet"):
        page.evaluate(WATCH)
        frame.get_by_role("navigation", name="Billing").get_by_role("link", name=heading).click()
        shell_site.wait_for(page, heading)
        now = settles(page, shell_site)
        assert min(page.evaluate("heights")) >= min(last, now) - 1
        last = now


def test_it_grows_and_shrinks_with_its_page_also_where_there_is_little_room(
    page: Page, shell_site: ShellSite
) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 600})
        frame = shell_site.open(page)
        before = settles(page, shell_site)
        frame.locator("main").evaluate("(main) => { main.style.paddingBottom = '2000px'; }")
        page.wait_for_function(
            "(height) => document.querySelector('iframe').getBoundingClientRect().height > height + 1500",
            arg=before,
        )
        assert frame.locator("html").evaluate(SCROLLS) == [False, 0, False]
        frame.locator("main").evaluate("(main) => { main.style.paddingBottom = ''; }")
        # The page may have become a little higher meanwhile by itself.
        assert settles(page, shell_site) < before + 1500


def test_tab_goes_into_the_frame_in_order_and_out_again(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    page.locator("#before").focus()
    page.keyboard.press("Tab")
    expect(frame.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Tab")
    expect(frame.get_by_role("navigation", name="Billing").get_by_role("link").first).to_be_focused()
    for key in ("Shift+Tab", "Shift+Tab"):
        page.keyboard.press(key)
    expect(page.locator("#before")).to_be_focused()
    page.locator("#after").focus()
    page.keyboard.press("Shift+Tab")
    expect(frame.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#after")).to_be_focused()


def test_focus_is_given_when_asked_for_and_taken_by_nothing_else(page: Page, shell_site: ShellSite) -> None:
    page.goto(f"{shell_site.url}/billing/wallet#top-up")
    page.locator("#before").focus()
    frame = shell_site.wait_for(page, "Wallet")
    settles(page, shell_site)
    with page.expect_response("**/billing/live/wallet*"):
        frame.locator("#live").evaluate("(live) => live.dispatchEvent(new CustomEvent('wake'))")
    frame.locator("html").evaluate(
        "() => parent.postMessage({ source: 'voice-portal-billing', type: 'renew' }, '*')"
    )
    page.wait_for_function("told.at(-1)[0] === 'renew'")
    expect(page.locator("#before")).to_be_focused()
    page.evaluate("document.querySelector('voice-portal-billing').focus()")
    expect(frame.locator('#top-up input[name="amount"]:checked')).to_be_focused()
    frame.get_by_role("link", name="Activity").first.click()
    shell_site.wait_for(page, "Activity")
    page.locator("#before").focus()
    page.evaluate("document.querySelector('voice-portal-billing').focus()")
    expect(frame.locator("#main")).to_be_focused()


@pytest.mark.parametrize("event", ["ready", "navigate"])
def test_focus_that_is_asked_for_as_a_page_comes_is_given_once_it_is_there(
    page: Page, shell_site: ShellSite, event: str
) -> None:
    page.context.add_init_script(
        f"""addEventListener("voice-portal-billing:{event}", ({{ target }}) => target.focus(), {{ once: true }});"""
    )
    page.goto(f"{shell_site.url}/billing/wallet#top-up")
    frame = shell_site.wait_for(page, "Wallet")
    expect(frame.locator('#top-up input[name="amount"]:checked')).to_be_focused()


def test_focus_that_is_asked_for_is_left_to_who_goes_elsewhere_meanwhile(
    page: Page, shell_site: ShellSite
) -> None:
    page.context.add_init_script(
        """addEventListener("voice-portal-billing:ready", ({ target }) => {
          target.focus();
          document.getElementById("before").focus();
        }, { once: true });"""
    )
    page.goto(f"{shell_site.url}/billing/wallet")
    shell_site.wait_for(page, "Wallet")
    settles(page, shell_site)
    expect(page.locator("#before")).to_be_focused()


def test_nothing_that_takes_focus_is_so_near_the_edge_that_its_ring_is_cut(
    page: Page, shell_site: ShellSite
) -> None:
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 600})
        frame = shell_site.open(page)
        settles(page, shell_site)
        cut = frame.locator("html").evaluate(
            """() => [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')].filter((one) => {
                const { left, right, top, bottom, width } = one.getBoundingClientRect();
                return one.checkVisibility() && width > 1 && !one.matches('.skip-link, .visually-hidden')
                    && (left < 4 || right > innerWidth - 4 || top < 4 || bottom > document.body.getBoundingClientRect().height - 4);
            }).map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert cut == []
