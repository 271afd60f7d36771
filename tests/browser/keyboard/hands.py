"""Someone with a keyboard and no mouse. Every key is counted, and before each the focus has to be where they see it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Error, Frame, FrameLocator, Locator, Page, expect

from app.models import User
from app.people.organizations import find_user
from tests.browser.keyboard.focus import ABOUT_FOCUS, HAS_FOCUS, Focus
from tests.browser.keyboard.scene import Scene

PATIENCE = 20
"""Seconds after which what isn't there won't come."""
MOST_TABS = 90
Name = str | re.Pattern[str]


class Hands:
    """`view` is what billing's pages, which are at `origin`, are seen in: the browser's page, or the shell's frame."""

    def __init__(self, page: Page, view: Page | FrameLocator, origin: str, scene: Scene, email: str) -> None:
        self.page = page
        self.view = view
        self.scene = scene
        self.email = email
        self._origin = origin
        self.keys = 0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.focus()
            self._press(key)

    def type(self, text: str) -> None:
        """Type a text, each of its characters a key."""
        self.focus()
        self.keys += len(text)
        self.page.keyboard.type(text)

    def tab_to(self, role: Any, name: Name, *, back: bool = False, exact: bool = True) -> None:
        """Press Tab until the thing of this name has the focus, as a person does who sees the ring move."""
        been = []
        for _ in range(MOST_TABS):
            been.append(self.tab(back=back).what)
            if self._has_come_to(role, name, exact=exact):
                return
        raise AssertionError(f"Tab never came to {role} {name!r}, but to {been}.")

    def tab(self, *, back: bool = False) -> Focus:
        """Press Tab once, and wait until the focus has moved: into a frame it goes to another process.

        Behind the last thing comes the browser's own window, which the page sees as nothing.
        """
        before = self._wait_for(lambda now: now.is_nowhere or not now.problem, "The focus can't be seen").id
        self._press("Shift+Tab" if back else "Tab")
        return self._wait_for(
            lambda now: (now.id != before or now.has_parts) and (now.is_nowhere or not now.problem),
            "Tab leads nowhere",
        )

    def go_to(self, role: Any, name: Name, *, back: bool = False) -> None:
        """Go to the thing of this name, if the focus isn't on it, and press Enter."""
        self.focus()
        if not self._has_come_to(role, name):
            self.tab_to(role, name, back=back)
        self.press("Enter")

    def begin_at(self, role: Any, name: Name) -> None:
        """On the thing that a page begins with; in the shell's frame, which leaves the focus where it is, past its top."""
        if not self._has_come_to(role, name):
            self.skip()
            self.tab_to(role, name)

    def skip(self) -> None:
        """From the top of a page to its content. Only from there: who begins with a page's result needs no detour."""
        self.focus()
        if not self._has_come_to("link", "Skip to content"):
            now = self.tab()
            assert self._has_come_to("link", "Skip to content"), f"It wasn't the page's top: {now}."
        self.press("Enter")

    def look_for(self, text: str, result: str) -> None:
        """Type into the search, opened if it isn't, until its first result is the one whose name begins like this."""
        if not self._has_come_to("textbox", "Search"):
            self.press("/")
        self.is_on("textbox", "Search")
        self.type(text)
        first = self.view.locator("#palette-results a").first
        expect(first).to_have_accessible_name(re.compile(rf"^{re.escape(result)}"))

    def find(self, text: str, result: str) -> None:
        """Look for it, and go there."""
        self.look_for(text, result)
        self.press("Enter")
        expect(self.view.get_by_role("dialog", name="Search")).to_be_hidden()

    def person(self) -> User:
        """Who it is."""
        found = find_user(self.email)
        assert found is not None
        return found

    def bank_asks(self) -> None:
        """The bank's question has come, and the focus is in it."""
        asked = self.view.frame_locator("dialog iframe").get_by_role(
            "heading", name="Verify your payment method"
        )
        expect(asked).to_be_focused(timeout=PATIENCE * 1000)

    def downloads(self, name: str, kind: str) -> None:
        """Enter on a link brings a file of this kind.

        Playwright doesn't hear of each one that Firefox saves without a navigation, as of a file that the page has made:
        then the page says that it has, with a link to the same file.
        """
        self.focus()
        came: list[str] = []
        self.page.on("download", lambda file: came.append(file.suggested_filename))
        made = self.view.locator("[role=status] a[download]")
        is_firefox = self.page.context.browser.browser_type.name == "firefox"  # type: ignore[union-attr]
        self._press("Enter")
        end = time.monotonic() + PATIENCE
        while not came and not (is_firefox and made.count()):
            assert time.monotonic() < end, "No file came."
            self.page.wait_for_timeout(20)
        found = came[0] if came else made.get_attribute("download")
        assert re.search(rf"{name}.*\.{kind}$", str(found)), found
        self.focus()

    def opens_tab(self) -> None:
        """Enter on a link opens another tab; this one stays as it is."""
        self.focus()
        with self.page.context.expect_page() as opened:
            self._press("Enter")
        opened.value.close()
        self.focus()

    def reads(self, selector: str) -> str:
        """What is written there."""
        return self.view.locator(selector).inner_text()

    def enter_card(self, number: str, expiration: str = "1240", cvc: str = "123") -> None:
        """Type a card into Stripe's fields, which come after where the focus is."""
        for label, text in (("Card number", number), ("Expiration date", expiration), ("CVC", cvc)):
            self.tab_to("textbox", label)
            self.type(text)

    def sees(self, role: Any, name: Name, **more: Any) -> Locator:
        """What has come is there; and the focus isn't lost over it."""
        found = self.view.get_by_role(role, name=name, **more)
        expect(found.first).to_be_visible(timeout=PATIENCE * 1000)
        self.focus()
        return found

    def is_on(self, role: Any, name: Name, **more: Any) -> None:
        """The focus comes to the thing of this name."""
        expect(self.view.get_by_role(role, name=name, **more)).to_be_focused(timeout=PATIENCE * 1000)
        self.focus()

    def is_told(self, text: Name) -> None:
        """The page says so, in what is read out."""
        said = self.view.get_by_role("status").or_(self.view.get_by_role("alert")).filter(has_text=text)
        expect(said.first).to_be_attached(timeout=PATIENCE * 1000)
        self.focus()

    def focus(self) -> Focus:
        """Where the focus is. It has to be on something that is in view and shows it."""
        return self._wait_for(lambda now: not now.problem, "The focus can't be seen")

    def _press(self, key: str) -> None:
        self.keys += 1
        self.page.keyboard.press(key)

    def _wait_for(self, is_so: Callable[[Focus], bool], otherwise: str) -> Focus:
        end = time.monotonic() + PATIENCE
        while True:
            now = self._look()
            if now is not None and is_so(now):
                return now
            assert time.monotonic() < end, f"{otherwise}: {now}, after {self.keys} keys."
            self.page.wait_for_timeout(20)

    def _has_come_to(self, role: Any, name: Name, *, exact: bool = True) -> bool:
        """Whether the focus is on the thing of this name, in whichever frame it is now.

        A frame that has just been put there, as Stripe's fields are, may still load: then it is asked once it has.
        """
        end = time.monotonic() + PATIENCE
        while True:
            now = self._look()
            try:
                if now is not None:
                    found = now.frame.get_by_role(role, name=name, exact=exact)
                    return bool(found.evaluate_all(f"all => all.includes(({HAS_FOCUS})())"))
            except Error:
                pass
            assert time.monotonic() < end, f"What has the focus can't be read: {now}."
            self.page.wait_for_timeout(20)

    def _look(self) -> Focus | None:
        """None while a page goes and another comes."""
        frame: Frame = self.page.main_frame
        path = ""
        try:
            while True:
                found = frame.evaluate(ABOUT_FOCUS, self._origin)
                if not found["isFrame"]:
                    return Focus(
                        frame,
                        f"{path}{found['id']}",
                        found["what"],
                        found["problem"],
                        found["hasParts"],
                        found["isNowhere"],
                    )
                path += f"{found['id']}/"
                element = frame.evaluate_handle(HAS_FOCUS).as_element()
                inner = element.content_frame() if element else None
                if inner is None:
                    return None
                frame = inner
        except Error:
            return None
