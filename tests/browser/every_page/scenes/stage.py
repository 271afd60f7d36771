"""Where scenes are played, and the list of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, Route, expect

from app.billing.wallet import verification
from app.extensions import db
from app.models import OperatorRole, Organization, User
from tests.browser.site import Site, sign_in
from tests.factories import PASSWORD, a_person
from tests.support.operating import Opened, an_operator
from tests.support.session_cookies import begin_operator_session

Look = Callable[[str], object]

ERRORS = "errors"
"""The name of pages about an error, which no rule of the URL map shows by itself."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scene is played: a page, the running product, and what looks at it.

    `seen` are the names of the pages that were looked at.
    """

    page: Page
    site: Site
    examine: Look
    seen: set[str] = field(default_factory=set)

    def look(self, name: str) -> None:
        """There is something to see, on the page of this rule."""
        self._arrive()
        self.seen.add(name)
        self.examine(name)

    def look_at(self, name: str, path: str) -> None:
        """Go to a page, and look at it."""
        self.page.goto(path)
        self.look(name)

    def press(self, name: str, role: str = "button") -> None:
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def enter(self, organization: Organization, to: str) -> User:
        """Sign in as an owner, and go to a page."""
        person = a_person(organization=organization)
        sign_in(self.page, person.email, to=to)
        return person

    def enter_console(self, to: str = "", *, role: OperatorRole = OperatorRole.FINANCE) -> Opened:
        """Sign in as an operator, and go to a page below `/operator`."""
        opened = an_operator(f"{secrets.token_hex(6)}@operator.example", role=role)
        begin_operator_session(self.page.context, self.site.app, self.site.url, opened.operator)
        self.page.goto(f"/operator{to}")
        return opened

    def enter_as(self, person: User, to: str) -> None:
        """Sign in as someone who sees no tabs."""
        self.page.goto(to)
        self.fill("Email", person.email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    def show(self, address: str, html: str) -> None:
        """Go to an address that answers with this page."""

        def answer(route: Route) -> None:
            route.fulfill(body=html, content_type="text/html")

        self.page.route(address, answer)
        self.page.goto(address)

    def _arrive(self) -> None:
        """Wait for what a form leads to: it first asks whether anyone answers, and leaves the page after that."""
        expect(self.page.locator("form[data-sent]")).to_have_count(0)

    def see(self, text: str) -> None:
        """Wait for a text on the page that a form led to; on the page before it may have been a hint."""
        self._arrive()
        self.page.get_by_text(text).first.wait_for()

    def is_refused(self) -> None:
        """The page says what is wrong with a form, and the focus is there."""
        expect(self.page.locator(".error-summary").first).to_be_focused()

    def is_told(self, text: str) -> None:
        """The page says so where it says what happened, and that is in view."""
        said = self.page.locator("#messages .message").filter(has_text=text).first
        expect(said).to_be_in_viewport()

    def unfold(self) -> None:
        """Open what is folded."""
        self.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")


@dataclass(frozen=True, slots=True)
class Scene:
    """What people do, and the names of the pages that are looked at meanwhile."""

    name: str
    pages: frozenset[str]
    _play: Callable[[Stage], None]

    def play(self, page: Page, site: Site, look: Look) -> None:
        """Go through it once; `look` is called wherever there is something to see, on the pages that it names.

        After it the books have to agree, so that no page is shown with figures that can't be.
        """
        stage = Stage(page, site, look)
        self._play(stage)
        assert stage.seen - {ERRORS} == self.pages
        db.session.rollback()
        assert verification.check() == [], "the books don't agree after it"


SCENES: list[Scene] = []


def scene(*pages: str) -> Callable[[Callable[[Stage], None]], Callable[[Stage], None]]:
    """List a scene: what is decorated plays it, and looks at these pages."""

    def add(play: Callable[[Stage], None]) -> Callable[[Stage], None]:
        SCENES.append(Scene(play.__name__, frozenset(pages), play))
        return play

    return add
