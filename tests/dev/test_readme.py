"""What the README tells an operator to set up is what the code asks for."""

import re

from app.demo import cast
from app.webhooks.handling import HANDLERS
from dev.demo import ROOT

README = (ROOT / "README.md").read_text()


def test_it_lists_the_events_that_are_handled():
    block = README.split("Events of the webhook endpoint:")[1].split("```")[1]
    assert set(block.split()) == set(HANDLERS)


def test_it_names_everybody_in_the_demo():
    assert {email for email, _name, _seats in cast.PEOPLE} <= set(re.findall(r"\S+@\S+\.example", README))


def test_what_it_points_to_is_there():
    tree = README.split("## Where things are")[1].split("```")[1]
    named = re.findall(r"^(\S+)", tree, flags=re.MULTILINE)
    assert [path for path in named if not (ROOT / path).exists()] == []
