"""The browser tests use the Chromium that is there, and say in one line how to get one."""

import os
import subprocess
import sys

import pytest

from config import ROOT
from dev.errors import ToolError
from dev.testing import browser_path, browser_with_settings, firefox_path, left_out


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_chosen_one_wins(tmp_path):
    chosen = program(tmp_path / "mine" / "chrome")
    program(tmp_path / "bin" / "chromium")
    assert browser_path({"CHROMIUM_PATH": chosen, "PATH": str(tmp_path / "bin")}) == chosen


def test_a_chosen_one_that_is_not_there_is_named():
    with pytest.raises(ToolError, match="CHROMIUM_PATH is /nowhere/chrome"):
        browser_path({"CHROMIUM_PATH": "/nowhere/chrome"})


def test_the_systems_is_found(tmp_path):
    found = program(tmp_path / "google-chrome")
    assert browser_path({"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == found


def test_the_one_without_a_window_comes_first(tmp_path):
    program(tmp_path / "chromium")
    found = program(tmp_path / "chromium-headless-shell")
    assert browser_path({"PATH": str(tmp_path)}) == found


def test_playwrights_newest_is_found(tmp_path):
    program(tmp_path / "chromium-999" / "chrome-linux64" / "chrome")
    newest = program(tmp_path / "chromium-1200" / "chrome-linux64" / "chrome")
    assert browser_path({"PATH": "/nowhere", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}) == newest


def test_without_one_it_says_how_to_get_one(tmp_path):
    with pytest.raises(
        ToolError, match=r"apt-get install chromium-headless-shell.*playwright install chromium"
    ) as raised:
        browser_path({"PATH": "/nowhere", "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)})
    assert "\n" not in str(raised.value)


def test_firefox_is_found_and_may_be_missing(tmp_path):
    assert firefox_path({"PATH": str(tmp_path)}) is None
    found = program(tmp_path / "firefox-esr")
    assert firefox_path({"PATH": str(tmp_path)}) == found
    chosen = program(tmp_path / "mine" / "firefox")
    assert firefox_path({"PATH": str(tmp_path), "FIREFOX_PATH": chosen}) == chosen
    with pytest.raises(ToolError, match="FIREFOX_PATH is /nowhere/firefox"):
        firefox_path({"PATH": str(tmp_path), "FIREFOX_PATH": "/nowhere/firefox"})


def test_the_one_with_settings_is_never_the_one_without_a_window(tmp_path):
    program(tmp_path / "chromium-headless-shell")
    assert browser_with_settings({"PATH": str(tmp_path)}) is None
    found = program(tmp_path / "chromium")
    assert browser_with_settings({"PATH": str(tmp_path)}) == found


def test_each_marker_that_leaves_tests_out_says_what_is_missing_and_how_to_get_it(tmp_path, pytestconfig):
    said = left_out({"PATH": str(tmp_path)})
    # Markers that say "left out where there is none" are those in pyproject.toml.
    markers = {one.partition(":")[0] for one in pytestconfig.getini("markers") if "left out" in one}
    assert set(said) == markers
    assert "apt-get install firefox-esr" in said["firefox"]
    assert "apt-get install chromium`" in said["browser_settings"]
    program(tmp_path / "firefox")
    program(tmp_path / "chromium")
    assert left_out({"PATH": str(tmp_path)}) == {}


def test_make_test_says_what_is_left_out(tmp_path):
    chosen = program(tmp_path / "chromium-headless-shell")
    done = subprocess.run(
        [sys.executable, "-m", "dev.testing"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CHROMIUM_PATH": chosen, "FIREFOX_PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "No Firefox found",
        "No Chromium with settings found",
    ]
