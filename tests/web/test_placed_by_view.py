"""What stays in view is placed by what is in view: in the shell's frame that is another part of the page than the window's."""

from __future__ import annotations

import re
from pathlib import Path

import app as product

CSS = Path(product.__file__).parent / "static" / "css"
TEMPLATES = Path(product.__file__).parent / "templates"
FRAMED = "[data-framed]"


def rules(sheet: Path) -> list[tuple[str, str]]:
    """The selectors and declarations of a style sheet's innermost rules."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    return [(" ".join(where.split()), what) for where, what in re.findall(r"([^{};]+)\{([^{}]*)\}", text)]


def test_what_is_fixed_or_sticky_is_placed_by_what_is_in_view() -> None:
    found = [rule for sheet in sorted(CSS.glob("*.css")) for rule in rules(sheet)]
    assert len(found) > 300
    for where, what in found:
        if re.search(r"position:\s*fixed", what):
            assert "var(--view-top)" in what, where
        # What stays beside what is scrolled sideways is in a box of its own, which scrolls in a frame as well.
        if re.search(r"position:\s*sticky", what) and "inset-inline" not in what:
            framed = [other for selector, other in found if selector == f"{FRAMED} {where}"]
            assert any("--follows" in other for other in framed), where


def test_no_length_depends_on_how_high_the_frame_is() -> None:
    for sheet in sorted(CSS.glob("*.css")):
        for where, what in rules(sheet):
            if sheet.name == "tokens.css" or not re.search(r"\d(?:[sld]?v[hb]|vmin|vmax)\b", what):
                continue
            [name] = re.findall(r"([\w-]+):[^;]*\d(?:[sld]?v[hb]|vmin|vmax)\b", what)
            framed = [other for selector, other in rules(sheet) if selector == f"{FRAMED} {where}"]
            assert any(name in other for other in framed), f"{sheet.name}: {where}"


def test_each_dialog_is_one_that_is_placed_so() -> None:
    dialogs = [
        tag
        for page in sorted(TEMPLATES.rglob("*.html"))
        for tag in re.findall(r"<dialog[^>]*>", page.read_text())
    ]
    assert len(dialogs) >= 3
    for tag in dialogs:
        assert re.search(r'class="dialog[ "]', tag), tag
