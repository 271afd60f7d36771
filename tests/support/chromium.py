"""The Chromium that drives pages, started once for each test process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

from dev.testing import BROWSER_FLAGS, browser_path

# Chromium reads only the last flag of a name, so this one replaces Playwright's and says all of it again.
OFF_IN_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
# A window's address bar loads pages of its own in a renderer of its own: half of what opening a window costs.
OFF_FOR_SPEED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")

FLAGS = [
    *BROWSER_FLAGS,
    f"--disable-features={','.join(OFF_IN_PLAYWRIGHT + OFF_FOR_SPEED)}",
]


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A running browser."""
    browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
    yield browser
    browser.close()
