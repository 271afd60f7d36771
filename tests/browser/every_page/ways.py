"""The ways in which a page is looked at: light and dark, wide and narrow, magnified, with colors of the system's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Frame, Page

from tests.browser import axe
from tests.browser.looks import ALIKE, IN_VIEW, REFERENCES, reflow_problems, wait_for_colors


@dataclass(frozen=True, slots=True)
class Way:
    """A size of the window in CSS pixels, and what the system says of colors and motion.

    1280 px at 200 % are 640, at 400 % 320: WCAG 2.2, 1.4.4 and 1.4.10.
    """

    name: str
    width: int = 1280
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    forced: bool = False
    still: bool = True

    def take(self, page: Page) -> None:
        """Show the page so."""
        page.emulate_media(
            color_scheme=self.scheme,
            forced_colors="active" if self.forced else "none",
            reduced_motion="reduce" if self.still else "no-preference",
        )
        page.set_viewport_size({"width": self.width, "height": self.height})


WAYS = (
    Way("light 1280"),
    Way("light 320", 320),
    Way("dark 1280", scheme="dark"),
    Way("dark 320", 320, scheme="dark"),
    Way("forced 1280", forced=True),
    Way("forced dark 320", 320, scheme="dark", forced=True),
    Way("motion 1280", still=False),
    Way("200 %", 640, 400),
    Way("400 %", 320, 200),
)

Enter = Callable[[str, str, list[str]], None]
_found: dict[tuple[str, ...], list[str]] = {}


def look(
    page: Page,
    enter: Enter,
    row: str,
    *,
    within: Frame | None = None,
    ways: tuple[Way, ...] = WAYS,
    column: str = "",
) -> None:
    """Enter what axe-core finds in a page in each way, or in a frame of it.

    Rules about what things are run once for the same elements in view, and what is alike but for its figures once.
    """
    seen = within or page
    in_view: set[str] = set()
    for way in ways:
        way.take(page)
        now = seen.evaluate(IN_VIEW)
        only = axe.DRAWN if now in in_view else ()
        in_view.add(now)
        enter(row, column or way.name, _look_once(seen, way, only))


def _look_once(seen: Page | Frame, way: Way, only: Any) -> list[str]:
    key = (way.name, str(seen.evaluate(ALIKE)))
    if key not in _found:
        wait_for_colors(seen)
        _found[key] = [*axe.findings(seen, only), *seen.evaluate(REFERENCES), *reflow_problems(seen)]
    return _found[key]
