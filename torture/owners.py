"""Owners at their browsers: one action after the other, at a person's pace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from random import Random

from torture.actions import cards, elsewhere, plans, top_ups
from torture.browser import UnansweredError
from torture.journal import Journal
from torture.stage import PASSWORD, Person
from torture.stripe_side import AWAY, StripeSide

Action = Callable[[Person, Random, StripeSide], str]

ACTIONS: dict[str, tuple[Action, int]] = {
    "top-up": (top_ups.top_up, 10),
    "top-up resumed": (top_ups.resume, 4),
    "card added": (cards.add, 4),
    "card made default": (cards.make_default, 3),
    "card removed": (cards.remove, 2),
    "plan switched": (plans.switch, 4),
    "plan resumed": (plans.resume, 2),
    "details changed": (elsewhere.change_details, 3),
    "organization switched": (elsewhere.switch_organization, 2),
    "download": (elsewhere.download, 3),
    "links followed": (elsewhere.wander, 3),
    "page left open": (elsewhere.poll, 3),
}
"""Each with how often it is chosen, beside the others."""
PAYING: dict[str, tuple[Action, int]] = {
    name: ACTIONS[name]
    for name in ("top-up", "top-up resumed", "card added", "card made default", "organization switched")
}
"""What the owners do whose organizations stay on the free plan."""


class Owner:
    """A person at work, in a thread, until `stopping`."""

    def __init__(
        self,
        person: Person,
        chance: Random,
        bank: StripeSide,
        journal: Journal,
        stopping: threading.Event,
        actions: Mapping[str, tuple[Action, int]] = ACTIONS,
    ) -> None:
        self._actions = actions
        self._person = person
        self._chance = chance
        self._bank = bank
        self._journal = journal
        self._stopping = stopping
        self.thread = threading.Thread(target=self._run, name=person.email, daemon=True)

    def _run(self) -> None:
        while not self._stopping.wait(self._chance.uniform(0.2, 1.5)):
            weights = [weight for _, weight in self._actions.values()]
            name = self._chance.choices(list(self._actions), weights)[0]
            self._journal.happened(name, self._do(self._actions[name][0]))

    def _do(self, action: Action) -> str:
        try:
            self._sign_in_again()
            return action(self._person, self._chance, self._bank)
        except UnansweredError:
            return "unanswered"
        except AWAY:
            return "Stripe away"
        except Exception as error:  # a bug of the torture itself must not pass for silence
            self._journal.found("torture itself", f"{self._person.email}: {type(error).__name__} {error}")
            return "failed"

    def _sign_in_again(self) -> None:
        """Where the session has ended, as a person does."""
        page = self._person.browser.get("/billing")
        form = page.form("/sign-in")
        if form is not None:
            self._person.browser.submit(page, form, email=self._person.email, password=PASSWORD)
            self._journal.happened("signed in")
