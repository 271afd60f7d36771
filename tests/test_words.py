"""Words that the glossary says not to use are not used."""

from __future__ import annotations

import pytest

from dev.errors import ToolError
from dev.words import Forbidden, Scope, forbidden, uses
from dev.words.finding import count_in
from dev.words.places import seen

TAKE_BACK = Forbidden("take back", "clawback", Scope.EVERYWHERE)


@pytest.mark.long
def test_no_forbidden_word_is_used():
    found = [f"{use.path}: {use.words!r} ({number})" for use, number in sorted(uses().items())]
    assert found == [], "docs/glossary.md says what to write instead; `python -m dev.words` lists every use."


def test_the_glossary_names_words_and_where_they_are_not_used():
    words = forbidden()
    assert len(words) > 60
    assert {one.scope for one in words} == set(Scope)
    assert len({one.words for one in words}) == len(words)


def test_a_row_without_a_known_scope_is_refused():
    with pytest.raises(ToolError, match="'tell'"):
        forbidden("| notify | | `tell` | somewhere |")


@pytest.mark.parametrize(
    "text", ["takes it: take back", "def take_back():", "class TakeBackError:", "to take\n    back"]
)
def test_a_word_is_found_as_prose_as_a_name_and_over_the_end_of_a_line(text: str):
    assert count_in(text, TAKE_BACK) == 1


def test_a_name_is_not_found_in_a_sentence():
    look_after = Forbidden("look after", "recover", Scope.NAMES)
    assert count_in("We look after it.", look_after) == 0
    assert count_in("recovery.look_after(one)", look_after) == 1


@pytest.mark.parametrize("text", ["retake backs", "mistake background", "take it back"])
def test_other_words_are_not_taken_for_it(text: str):
    assert count_in(text, TAKE_BACK) == 0


def test_what_people_see_of_code_is_its_sentences_and_the_help_of_commands():
    code = '"""A docstring here."""\n# A comment here.\nTEXT = "A sentence here."\nNAME = "word"\nQUERY = "SELECT one FROM two"\n'
    assert seen("app/people/some.py", code) == "A sentence here."
    assert seen("app/cli/some.py", code).splitlines() == ["A docstring here.", "A sentence here."]
    assert seen("tests/test_some.py", code) == ""


def test_what_people_see_of_a_template_is_its_text():
    template = (
        '{# a comment #}<p title="A title">Text {{ money("in a call") }} {% if alone %}more{% endif %}</p>'
    )
    shown = seen("app/templates/some.html", template)
    assert all(words in shown for words in ("A title", "Text", "in a call", "more"))
    assert not any(words in shown for words in ("a comment", "alone", "money"))
