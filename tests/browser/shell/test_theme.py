"""The shell's theme: what is listed, of its kind, and as far as it can be read; there before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from config import ROOT
from tests.support.shell_site import ShellSite

STATIC = ROOT / "app" / "static"
REFUSED: dict[str, object] = {
    "color": "red",
    "--other": "red",
    "--vp-unknown": "red",
    "--vp-good": "url(https://evil.example/)",
    "--vp-warn": "red; background: blue",
    "--vp-bad": "var(--vp-ink)",
    "--vp-line": "inherit",
    "--vp-sunken": "rgb(0 0 0 / 20%)",
    "--vp-series-1": "currentcolor",
    "--vp-series-2": "12px",
    "--vp-series-3": ["red"],
    "--vp-font": "url(x), serif",
    "--vp-radius": "90rem",
    "--vp-space": "1px",
    "--vp-hue": "1e9",
    "color-scheme": "dark; x",
}


def give(page: Page, tokens: Mapping[str, object]) -> None:
    page.evaluate("(tokens) => document.querySelector('voice-portal-billing').theme(tokens)", tokens)


def of_root(frame: FrameLocator) -> list[str]:
    taken: list[str] = frame.locator("html").evaluate("(html) => [...html.style].sort()")
    return taken


def test_only_what_is_listed_and_of_its_kind_is_taken_and_the_rest_is_told(
    page: Page, shell_site: ShellSite
) -> None:
    frame = shell_site.open(page)
    give(
        page,
        REFUSED | {"--vp-accent": "oklch(45% 0.2 300)", "--vp-surface": "color-mix(in srgb, white, #fafafa)"},
    )
    expect(frame.locator("html")).to_have_attribute("style", re.compile("--vp-accent"))
    assert of_root(frame) == ["--vp-accent", "--vp-surface"]
    told = page.evaluate("told.filter(([type]) => type === 'problem').at(-1)[1]")
    assert (told["reason"], set(told["tokens"])) == ("theme_not_taken", set(REFUSED))


@pytest.mark.parametrize(
    ("tokens", "taken"),
    [
        ({"--vp-ink": "#eee"}, []),
        ({"--vp-canvas": "#222"}, []),
        ({"--vp-accent": "#ff0"}, []),
        ({"--vp-ink": "#222", "--vp-canvas": "#fff"}, ["--vp-canvas", "--vp-ink"]),
    ],
)
def test_text_that_could_not_be_read_stays_in_our_colors(
    page: Page, shell_site: ShellSite, tokens: dict[str, object], taken: list[str]
) -> None:
    frame = shell_site.open(page)
    give(page, tokens | {"--vp-radius": "3px"})
    expect(frame.locator("html")).to_have_attribute("style", re.compile("--vp-radius"))
    assert of_root(frame) == sorted([*taken, "--vp-radius"])


def test_a_theme_is_there_before_the_next_page_is_drawn(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    give(page, {"color-scheme": "dark", "--vp-radius": "3px"})
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    # No message comes to the next page: what it is drawn in, it knows by itself.
    page.evaluate(
        "document.addEventListener('voice-portal-billing:ready', (event) => event.preventDefault())"
    )
    frame.get_by_role("link", name="Activity").first.click()
    shell_site.wait_for(page, "Activity")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    assert of_root(frame) == ["--vp-radius"]
    assert frame.locator("body").evaluate("(body) => getComputedStyle(body).colorScheme") == "dark"


def test_the_shells_own_color_scheme_goes_along(page: Page, shell_site: ShellSite) -> None:
    shell_site.attributes = 'keep-address style="color-scheme: dark"'
    frame = shell_site.open(page)
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")


def test_our_own_colors_can_be_read(page: Page, shell_site: ShellSite) -> None:
    frame = shell_site.open(page)
    for scheme in ("light", "dark"):
        give(page, {"color-scheme": scheme, "--vp-hue": "262"})
        expect(frame.locator("html")).to_have_attribute("data-theme", scheme)
        assert of_root(frame) == ["--vp-hue"]


def test_each_token_of_the_style_sheet_is_one_that_the_shell_may_give_and_is_documented() -> None:
    sheet = set(re.findall(r"^    (--vp-[\w-]+):", (STATIC / "css" / "tokens.css").read_text(), re.MULTILINE))
    script = (STATIC / "js" / "frame_theme.js").read_text()
    [colors] = re.findall(r'COLORS = "([^"]+)"', script)
    others = re.findall(r'\["(--vp-[\w-]+)"', script)
    assert {f"--vp-{one}" for one in colors.split()} | set(others) == sheet
    document = (ROOT / "docs" / "embedding.md").read_text()
    assert sheet == set(
        re.findall(r"`(--vp-[\w-]+)`", document.partition("## Theme")[2].partition("\n## ")[0])
    )
