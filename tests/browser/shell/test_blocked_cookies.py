"""Where the browser keeps no cookie of billing's in the shell, the frame says so and leads to a window of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.support.shell_site import ShellSite


def keep_no_cookie_in_frames(site: ShellSite) -> None:
    """As a browser that blocks them, also on the same site: they are lost on their way to it. What browsers do by
    their settings is in `test_cookie_settings`."""
    serve = site.app.wsgi_app

    def without_cookies(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def begin(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            is_framed = environ.get("HTTP_SEC_FETCH_DEST") == "iframe"
            return start(
                status, [one for one in headers if not (is_framed and one[0] == "Set-Cookie")], *more
            )

        return serve(environ, begin)

    site.app.wsgi_app = without_cookies  # type: ignore[assignment]


def test_the_frame_says_so_and_its_button_leads_the_window_to_where_one_was(
    page: Page, shell_site: ShellSite
) -> None:
    keep_no_cookie_in_frames(shell_site)
    frame = shell_site.open(page, "/billing/activity", "Your browser blocks cookies here")
    frame.get_by_role("button", name="Open billing in its own window").click()
    expect(page.get_by_role("heading", name="Activity", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(f"^{re.escape(shell_site.billing)}/billing/activity"))
    page.go_back()
    # On the same site the frame has the window's session by now.
    is_same_site = urlsplit(shell_site.billing).hostname == urlsplit(shell_site.url).hostname
    shell_site.wait_for(page, "Activity" if is_same_site else "Your browser blocks cookies here")


def test_where_no_element_answers_the_button_opens_another_window(page: Page, shell_site: ShellSite) -> None:
    keep_no_cookie_in_frames(shell_site)
    frame = shell_site.open(page, "/billing/activity", "Your browser blocks cookies here")
    entrance = f"{shell_site.billing}/auth/shell?path=/billing/activity"
    page.evaluate(
        """(src) => {
            document.querySelector('voice-portal-billing').remove();
            document.body.append(Object.assign(document.createElement('iframe'), { src, width: 800, height: 600 }));
        }""",
        entrance,
    )
    frame = page.frame_locator("iframe")
    with page.expect_popup() as opened:
        frame.get_by_role("button", name="Open billing in its own window").click()
    expect(opened.value.get_by_label("Password")).to_be_visible()
    assert "next=" in opened.value.url
