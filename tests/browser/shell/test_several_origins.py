"""A shell at two origins, in browsers that say what is above a frame and in those that don't; and a page at a third."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from config import Settings
from tests.support.database import empty, inside
from tests.support.serving import place, serving
from tests.support.shell_site import SITES, ShellSite, portal_of, running_site
from tests.support.violations import WatchedBrowser

ABOVE = "window.location.ancestorOrigins?.[0]"
HEAR = "window.heard = []; addEventListener('message', ({ data }) => heard.push(data));"


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the shell is, and a page that isn't the shell's."""

    site: ShellSite
    other: str
    stranger: str


@pytest.fixture(params=SITES)
def origins(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Origins]:
    with (
        place() as other,
        running_site(settings, SITES[request.param], more_origins=(other.url,)) as site,
        serving(portal_of(site), other),
        serving(portal_of(site)) as stranger,
        inside(site.app),
    ):
        empty()
        yield Origins(site, other.url, stranger)


def hides(route: Route) -> None:
    """As a browser that doesn't say what is above: it can't be taken away from this one's frames otherwise."""
    text = route.fetch().text()
    assert ABOVE in text
    route.fulfill(body=text.replace(ABOVE, "undefined"), content_type="text/javascript")


@pytest.fixture(
    params=["says it", "hides it", pytest.param("firefox", marks=pytest.mark.firefox)],
)
def window(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser that says what is above a frame, and two that don't."""
    name = "firefox" if request.param == "firefox" else "chromium"
    # Frames that are refused break a policy on purpose.
    browser = WatchedBrowser(request.getfixturevalue(f"_{name}"))
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    if request.param == "hides it":
        context.route("**/js/frame_channel.js", hides)
    context.add_init_script(f"if (self === top) {{ {HEAR} }}")
    yield context.new_page()
    browser.close()


def test_at_each_origin_of_the_shell_both_hear_each_other(window: Page, origins: Origins) -> None:
    for url in (origins.site.url, origins.other):
        window.goto(f"{url}/billing/wallet")
        frame = origins.site.wait_for(window, "Wallet")
        window.wait_for_function("told.some(([type]) => type === 'wallet')")
        window.evaluate("document.querySelector('voice-portal-billing').theme({ '--vp-radius': '3px' })")
        expect(frame.locator("html")).to_have_attribute("style", "--vp-radius: 3px;")
        window.evaluate("document.querySelector('voice-portal-billing').navigate('/billing/activity')")
        origins.site.wait_for(window, "Activity")
        expect(window).to_have_url(f"{url}/billing/activity")


def test_an_origin_that_is_not_on_the_list_gets_nothing(window: Page, origins: Origins) -> None:
    """Its visitor is signed in, and it has a token of theirs."""
    origins.site.open(window)
    with window.expect_response(lambda answer: "/auth/shell" in answer.url) as refused:
        window.goto(f"{origins.stranger}/billing/wallet")
    assert refused.value.status == 403
    window.evaluate(
        """(address) => new Promise((loaded) => {
            const frame = document.createElement('iframe');
            setTimeout(loaded, 1000);
            frame.onload = () => setTimeout(loaded, 200);
            frame.src = address;
            document.body.append(frame);
        })""",
        f"{origins.site.billing}/billing/wallet",
    )
    assert window.evaluate("heard") == []
    assert window.evaluate("told.filter(([type]) => type !== 'problem')") == []
    for frame in window.frames[1:]:
        assert "Wallet" not in (frame.title() if "error" not in frame.url else "")


@pytest.mark.representative
def test_a_page_around_the_shell_gets_nothing_either(window: Page, origins: Origins) -> None:
    """Everything that is above a frame has to be on the list."""
    window.goto(f"{origins.stranger}/")
    window.evaluate(
        """(address) => new Promise((loaded) => {
            const frame = document.createElement('iframe');
            frame.onload = () => setTimeout(loaded, 2000);
            frame.src = address;
            document.body.append(frame);
        })""",
        f"{origins.site.url}/billing/wallet",
    )
    shell = next(one for one in window.frames if one.url.startswith(origins.site.url))
    assert shell.evaluate("told.filter(([type]) => type === 'ready')") == []
    assert window.evaluate("heard") == []
