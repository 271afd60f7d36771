"""The organizations of the example are those of the demo, which it can't import."""

from __future__ import annotations

from demo.companies import ATLAS, HARBOR, PEOPLE, PINE
from shell_demo import people


def test_its_organizations_are_the_demos() -> None:
    named = {(one.id, one.name) for one in (people.HARBOR, people.PINE, people.ATLAS)}
    assert named == {(str(one.id), one.name) for one in (HARBOR, PINE, ATLAS)}


def test_its_people_are_new_to_billing() -> None:
    """An account that someone signs in to otherwise is opened by no token."""
    known = {email for email, _name, _seats in PEOPLE}
    assert known.isdisjoint(person.email for person in people.PEOPLE)
