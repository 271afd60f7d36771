"""What the frame and the shell say to each other: each kind, and everything that is none."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.shell_site import ShellSite

SAID = "told.map(([type, detail]) => [type, detail])"
NOTHING_FROM_THE_FRAME: dict[str, Any] = {
    "an unknown type": {"type": "steal"},
    "a type of every object": {"type": "constructor"},
    "no type": {},
    "a type in a list": {"type": ["ready"]},
    "a path to another host": {"type": "navigate", "path": "//evil.example", "title": "x"},
    "a path with a backslash": {"type": "navigate", "path": "/\\evil.example", "title": "x"},
    "a script as a path": {"type": "navigate", "path": "javascript:alert(1)", "title": "x"},
    "an address as a path": {"type": "navigate", "path": "https://evil.example/billing", "title": "x"},
    "a path that leads out": {"type": "navigate", "path": "/billing/../../sign-in", "title": "x"},
    "a path in a list": {"type": "navigate", "path": ["/billing"], "title": "x"},
    "an endless path": {"type": "navigate", "path": "/billing/" + "x" * 5000, "title": "x"},
    "no height": {"type": "resize"},
    "a height below nothing": {"type": "resize", "height": -1},
    "a height as text": {"type": "resize", "height": "900px; position: fixed"},
    "a height in a list": {"type": "resize", "height": [5]},
    "a state that is none": {"type": "wallet", "state": "<b>paused</b>"},
    "a reason that is none": {"type": "problem", "reason": {"a": 1}},
    "a window elsewhere": {"type": "open-in-window", "path": "//evil.example"},
}
NOTHING_FROM_THE_SHELL: dict[str, Any] = {
    "an unknown type": {"type": "steal"},
    "a type of every object": {"type": "constructor"},
    "no tokens": {"type": "theme", "tokens": None},
    "tokens in a list": {"type": "theme", "tokens": ["--vp-ink"]},
    "a token that is none": {"type": "token", "token": {"a": 1}},
    "a path to another host": {"type": "navigate", "path": "//evil.example"},
    "a path with a backslash": {"type": "navigate", "path": "/\\evil.example"},
    "a script as a path": {"type": "navigate", "path": "javascript:alert(1)"},
    "no page": {"type": "navigate", "path": "/api/v1/usage"},
    "a path that leads out": {"type": "navigate", "path": "/billing/../../sign-in"},
    "a path in a list": {"type": "navigate", "path": ["/billing/activity"]},
}
SAY = "(html, all) => { for (const one of all) parent.postMessage({ source: 'voice-portal-billing', ...one }, '*'); }"


def test_the_shell_takes_nothing_that_a_page_of_ours_would_not_say(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    page.wait_for_function("told.some(([type]) => type === 'wallet')")
    before = page.evaluate("told.length")
    height = page.locator("iframe").bounding_box()["height"]  # type: ignore[index]
    hostile = list(NOTHING_FROM_THE_FRAME.values())
    frame.locator("html").evaluate(
        SAY.replace(
            "of all)",
            "of [...all, "
            "{ type: 'resize', height: NaN }, { type: 'resize', height: Infinity }, { type: 'problem', reason: 'last' }])",
        ),
        hostile,
    )
    page.wait_for_function("told.at(-1)[1].reason === 'last'")
    said = page.evaluate(f"{SAID}.slice({before})")
    assert [type_ for type_, _ in said if type_ not in ("resize", "renew")] == ["problem"]
    assert page.locator("iframe").bounding_box()["height"] == height  # type: ignore[index]
    expect(page).to_have_url(f"{shell_site.url}/billing/wallet")


def test_a_height_has_a_least_and_a_most(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    for said, made in ((1e15, 50_000), (0, 100)):
        frame.locator("html").evaluate(SAY, [{"type": "resize", "height": said}])
        page.wait_for_function(
            "(height) => document.querySelector('voice-portal-billing').getBoundingClientRect().height === height",
            arg=made,
        )


def test_the_frame_takes_nothing_that_the_element_would_not_say(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    page.evaluate(
        """(all) => {
            const { contentWindow } = document.querySelector('voice-portal-billing iframe');
            for (const one of all) contentWindow.postMessage({ source: 'voice-portal-billing', ...one }, '*');
            contentWindow.postMessage({ type: 'navigate', path: '/billing/activity' }, '*');
            document.querySelector('voice-portal-billing').theme({ '--vp-radius': '3px' });
        }""",
        list(NOTHING_FROM_THE_SHELL.values()),
    )
    expect(frame.locator("html")).to_have_attribute("style", "--vp-radius: 3px;")
    assert frame.locator("html").evaluate("() => location.pathname") == "/billing/wallet"


def test_a_frame_that_was_led_elsewhere_is_neither_heard_nor_told(page: Page, shell_site: ShellSite) -> None:
    shell_site.open(page)
    elsewhere = shell_site.shell.url
    before = page.evaluate("told.length")
    page.evaluate(
        """(url) => new Promise((loaded) => {
            const frame = document.querySelector('voice-portal-billing iframe');
            frame.addEventListener('load', loaded, { once: true });
            frame.src = url;
        })""",
        f"{elsewhere}/keys",
    )
    there = next(one for one in page.frames if one.url.startswith(elsewhere))
    there.evaluate(
        "() => { window.heard = []; addEventListener('message', ({ data }) => heard.push(data)); }"
    )
    page.evaluate(
        """() => {
            const element = document.querySelector('voice-portal-billing');
            element.theme({ '--vp-radius': '3px' });
            element.navigate('/billing');
            element.focus();
        }"""
    )
    # Behind the element's own listener: what came here, the element has had.
    page.evaluate(
        "() => { window.came = []; addEventListener('message', ({ data }) => came.push(data.type)); }"
    )
    there.locator("html").evaluate(SAY, [{"type": "ready"}, {"type": "renew"}])
    page.wait_for_function("came.includes('renew')")
    there.evaluate("() => new Promise((after) => setTimeout(after))")
    assert there.evaluate("() => heard") == []
    # What the page before had said was still on its way.
    said = page.evaluate(f"told.slice({before}).map(([type]) => type)")
    assert {*said} <= {"resize", "wallet"}
    assert shell_site.asked == 1, "no other token was fetched"


def test_many_questions_fetch_one_token(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    frame.locator("html").evaluate(SAY, [{"type": "renew"}] * 500)
    page.wait_for_function("told.filter(([type]) => type === 'renew').length >= 500")
    page.wait_for_function("told.at(-1)")
    assert shell_site.asked <= 2
