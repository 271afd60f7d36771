"""Finding the Chromium that drives the pages in tests and screenshots, and the Firefox that some tests also drive."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from dev.errors import ToolError

# The same browser without a window comes first: a page costs it half of the processor time.
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Only a browser that could show a window has settings that people change, like those for cookies.
WITH_SETTINGS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FIREFOX_ON_PATH = ("firefox-esr", "firefox")
WITHOUT_FIREFOX = (
    "No Firefox found: the tests in Firefox are left out. To run them, `apt-get install firefox-esr`, or set "
    "FIREFOX_PATH to one."
)
WITHOUT_SETTINGS = (
    "No Chromium with settings found: the tests that change a browser's settings for cookies are left out. To run "
    "them, `apt-get install chromium`; chromium-headless-shell has no settings."
)
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""It asks for nothing but what it is told to, and runs where it may have no sandbox of its own."""
HOW_TO_GET_ONE = (
    "No Chromium found for the browser tests: `apt-get install chromium-headless-shell` or "
    "`.venv/bin/playwright install chromium`, or set CHROMIUM_PATH to one."
)


def browser_path(environ: Mapping[str, str] | None = None) -> str:
    """The program: CHROMIUM_PATH, the system's, or the newest that Playwright installed.

    Raises `ToolError`, with how to get one, where there is none.
    """
    environ = os.environ if environ is None else environ
    chosen = environ.get("CHROMIUM_PATH")
    if chosen:
        if shutil.which(chosen) is None:
            raise ToolError(f"CHROMIUM_PATH is {chosen}, which is not a program.")
        return chosen
    for name in ON_PATH:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return found
    installed = _of_playwright(environ)
    if installed is None:
        raise ToolError(HOW_TO_GET_ONE)
    return str(installed)


def firefox_path(environ: Mapping[str, str] | None = None) -> str | None:
    """The program: FIREFOX_PATH, or the system's; None where there is none.

    Raises `ToolError` where the one that was chosen isn't there.
    """
    environ = os.environ if environ is None else environ
    chosen = environ.get("FIREFOX_PATH")
    if chosen and shutil.which(chosen) is None:
        raise ToolError(f"FIREFOX_PATH is {chosen}, which is not a program.")
    names = (chosen,) if chosen else FIREFOX_ON_PATH
    return next(filter(None, (shutil.which(name, path=environ.get("PATH")) for name in names)), None)


def browser_with_settings(environ: Mapping[str, str] | None = None) -> str | None:
    """The system's Chromium that has people's settings; None where there is none."""
    path = (os.environ if environ is None else environ).get("PATH")
    return next(filter(None, (shutil.which(name, path=path) for name in WITH_SETTINGS)), None)


def left_out(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The markers of the tests that can't run here; for each, which those are, what is missing, and how to get it.

    Raises `ToolError` where a program that was chosen isn't there.
    """
    found = {
        "firefox": (firefox_path(environ), WITHOUT_FIREFOX),
        "browser_settings": (browser_with_settings(environ), WITHOUT_SETTINGS),
    }
    return {marker: said for marker, (program, said) in found.items() if program is None}


def _of_playwright(environ: Mapping[str, str]) -> Path | None:
    folder = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    programs = [
        path
        for path in folder.glob("chromium*/chrome-*/*")
        if path.name in {"chrome", "chrome-headless-shell"}
    ]
    # The number after the last dash is the browser's build.
    programs.sort(key=lambda path: int(path.parts[-3].rpartition("-")[2] or 0))
    return programs[-1] if programs else None
