"""`shell_demo/`, served around an application under test: its people are those of a test's own organizations."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

from app import models
from shell_demo.application import create_app
from shell_demo.people import Organization, Person
from shell_demo.tokens import ISSUER
from tests.support.serving import place, serving
from tests.support.session_cookies import carry_session

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, FrameLocator, Page


class DemoShell:
    """The portal, which is reached by two host names: one makes it another site than pages on `localhost`."""

    def __init__(self, billing: str, port: int) -> None:
        self._port = port
        self.app = create_app(billing=billing, people=())

    def settings(self) -> dict[str, str]:
        """What billing's environment says about it."""
        other_site = self._origin("127.0.0.1")
        return {
            "SHELL_ORIGINS": f"{other_site} {self._origin('localhost')}",
            "SHELL_ISSUER": ISSUER,
            "SHELL_JWKS_URL": f"{other_site}/.well-known/jwks.json",
        }

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve it for as long as this lasts."""
        with place(self._port) as at, serving(self.app, at):
            yield

    def at(self, host: str) -> Shell:
        """The portal as a browser reaches it by this host name."""
        return Shell(self._origin(host), self)

    def _origin(self, host: str) -> str:
        return f"http://{host}:{self._port}"


@dataclass(frozen=True, slots=True)
class Shell:
    """The portal at one of its addresses, and what people do in it."""

    url: str
    demo_shell: DemoShell

    def add_person(
        self, organization: models.Organization, name: str = "Claire Novak", role: str = "org_admin"
    ) -> Person:
        """Someone new who can sign in to the portal, and whom billing has never seen."""
        id_ = uuid4().hex
        theirs = Organization(str(organization.id), organization.name)
        person = Person(id_, name, f"{id_}@portal.example", role, theirs)
        self.demo_shell.app.config["PEOPLE"][id_] = person
        return person

    def begin_session(self, context: BrowserContext, person: Person) -> None:
        """The browser is signed in to the portal as this person, who has proved just now who they are."""
        carry_session(context, self.demo_shell.app, self.url, person=person.id, signed_in_at=int(time.time()))

    def sign_in(self, page: Page, person: Person, *, to: str = "/billing") -> None:
        """Sign in to the portal and go to one of its screens."""
        page.goto(f"{self.url}/sign-in?{urlencode({'next': to})}")
        page.locator(f'button[value="{person.id}"]').click()
        page.wait_for_url(f"{self.url}{to}**")

    def frame(self, page: Page) -> FrameLocator:
        """Billing in the frame of the portal's screen."""
        return page.frame_locator("voice-portal-billing iframe")
