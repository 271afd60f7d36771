"""The Chromium that drives pages, started once for each test process: Playwright allows one of itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# The same browser without a window comes first: a page costs it half of the processor time.
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """CHROMIUM_PATH, the system's browser, or the one that Playwright installed; without one it says how to get it."""
    found = (shutil.which(name) for name in ON_PATH)
    path = os.environ.get("CHROMIUM_PATH") or next((one for one in found if one), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
