"""Browsers whose settings keep billing's cookies out of the shell's page: nothing of it is played."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Playwright

from dev.testing import browser_with_settings, firefox_path
from tests.support.chromium import FLAGS
from tests.support.firefox import PREFERENCES
from tests.support.shell_site import ShellSite

BLOCK = 2
"""A setting of a site's in Chromium: `CONTENT_SETTING_BLOCK`."""
REJECT_FOREIGN = 1
"""In Firefox's `network.cookie.cookieBehavior`: no cookie of another site than the window's."""


@contextmanager
def chromium_with(playwright: Playwright, blocked: dict[str, int]) -> Iterator[BrowserContext]:
    """A Chromium that blocks cookies of other sites, and those of `blocked`: for `site,shown in`, what is set."""
    exceptions = {pair: {"setting": setting} for pair, setting in blocked.items()}
    profile = {
        "cookie_controls_mode": 1,
        "block_third_party_cookies": True,
        "content_settings": {"exceptions": {"cookies": exceptions}},
    }
    with tempfile.TemporaryDirectory(prefix="voice-portal-profile-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / "Default").mkdir()
        (Path(folder) / "Default" / "Preferences").write_text(json.dumps({"profile": profile}))
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=browser_with_settings(),
            headless=False,
            # A frame that changes its process while it is waited for is lost sight of. Cookies stay apart by site.
            args=[*FLAGS, "--headless=new", "--disable-site-isolation-trials"],
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


@contextmanager
def firefox_that_rejects_foreign(playwright: Playwright) -> Iterator[BrowserContext]:
    """A Firefox whose person has chosen to block all cookies of other sites."""
    browser = playwright.firefox.launch(
        channel="moz-firefox",
        executable_path=firefox_path(),
        firefox_user_prefs={**PREFERENCES, "network.cookie.cookieBehavior": REJECT_FOREIGN},
    )
    yield browser.new_context(viewport={"width": 1280, "height": 900})
    browser.close()


def _in(shell: bool) -> Callable[[ShellSite], dict[str, int]]:
    def blocked(site: ShellSite) -> dict[str, int]:
        own, around = (f"http://{urlsplit(url).hostname}" for url in (site.billing, site.url))
        return {f"{own},{around if shell else '*'}": BLOCK}

    return blocked


blocked_in_the_shell = _in(shell=True)
"""Billing's cookies, where the shell's page is around it."""
blocked_everywhere = _in(shell=False)
"""Billing's cookies, also in a window of its own."""
