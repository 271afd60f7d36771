"""What a task is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.models import Organization
from tests.browser.keyboard.hands import Hands
from tests.browser.keyboard.scene import Scene
from tests.browser.site import Site

Given = Callable[[Site], Organization | Scene]
Do = Callable[[Hands], None]


@dataclass(frozen=True, slots=True)
class Task:
    """`most` is how many keys it may take, from the overview on unless its scene says otherwise; `posts` are the
    endpoints of the forms that it sends. `given` makes the scene.

    `not_framed` says why it isn't done in the shell's frame; empty if it is.
    """

    name: str
    do: Do
    most: int
    given: Given
    posts: frozenset[str]
    not_framed: str = ""

    def scene(self, site: Site) -> Scene:
        """How it begins, made for this time only."""
        made = self.given(site)
        return made if isinstance(made, Scene) else Scene(made)


TASKS: list[Task] = []


def task(
    name: str,
    *,
    most: int,
    given: Given,
    posts: Iterable[str] = (),
    not_framed: str = "",
) -> Callable[[Do], Do]:
    """List a task: what is decorated does it."""

    def add(do: Do) -> Do:
        TASKS.append(Task(name, do, most, given, frozenset(posts), not_framed))
        return do

    return add
