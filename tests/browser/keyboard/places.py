"""Where tasks are done: on the pages themselves, and in the shell's frame on another site and on the same one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.keyboard.focus import BEFORE
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.keyboard.task import Task
from tests.browser.site import Site
from tests.factories import a_person
from tests.support.session_cookies import begin_operator_session, begin_session


@dataclass(frozen=True, slots=True)
class Place:
    """`open` brings someone there to where a scene begins, signed in or not, with the focus at the page's top."""

    name: str
    is_framed: bool
    open: Callable[[Page, Site, Scene], Hands]

    def suits(self, task: Task) -> bool:
        """Whether the task is done there."""
        return not (self.is_framed and task.not_framed)


def _unframed(page: Page, site: Site, scene: Scene) -> Hands:
    person = scene.person or a_person(organization=scene.organization)
    if scene.operator is not None and scene.is_signed_in:
        begin_operator_session(page.context, site.app, site.url, scene.operator.operator)
    elif scene.is_signed_in:
        begin_session(page.context, site.app, site.url, person)
    page.context.add_init_script(BEFORE)
    page.goto(scene.path)
    return Hands(page, page, site.url, scene, person.email)


def _framed(host: str) -> Callable[[Page, Site, Scene], Hands]:
    def open_there(page: Page, site: Site, scene: Scene) -> Hands:
        shell = site.demo_shell.at(host)
        person = shell.add_person(scene.organization)
        shell.begin_session(page.context, person)
        page.context.add_init_script(BEFORE)
        page.goto(f"{shell.url}{scene.path}")
        frame = shell.frame(page)
        frame.get_by_role("navigation", name="Billing").wait_for()
        hands = Hands(page, frame, site.url, scene, person.email)
        while not hands.tab().is_in(site.url):
            """Past the shell's own header."""
        hands.keys = 0
        return hands

    return open_there


PLACES = (
    Place("unframed", False, _unframed),
    Place("framed, another site", True, _framed("127.0.0.1")),
    Place("framed, same site", True, _framed("localhost")),
)
