"""What is stored is in English, and is read in the reader's language."""

from __future__ import annotations

import pytest

from app.language import gettext, locale, marked, speaking
from app.language.stored import for_storage, retold
from tests.support.pseudo import LEFT_TO_RIGHT, pseudo, speaking_pseudo

CARD = marked("%(brand)s ending in %(last4)s")
SHARE = marked("%(part)s%% of %(whole)s")


def test_what_is_stored_is_in_english_regardless_of_who_is_looking() -> None:
    @for_storage()
    def stored() -> str:
        return gettext("Card")

    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        assert gettext("Card") == pseudo("Card")
        assert stored() == "Card"
        with for_storage():
            assert locale() == "en_US"
        assert stored() == "Card", "it works each time"
        assert locale() == LEFT_TO_RIGHT


@pytest.mark.parametrize(
    ("text", "message", "values"),
    [
        ("Visa ending in 4242", CARD, {"brand": "Visa", "last4": "4242"}),
        ("Bank (A.B.) ending in 4242", CARD, {"brand": "Bank (A.B.)", "last4": "4242"}),
        ("80% of Visa", SHARE, {"part": "80", "whole": "Visa"}),
    ],
)
def test_a_message_is_read_back_with_its_values(text: str, message: str, values: dict[str, str]) -> None:
    assert retold(text, CARD, SHARE) == text
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        retold_values = {name: pseudo(value) for name, value in values.items()}
        assert retold(text, CARD, SHARE) == pseudo(message) % retold_values


def test_what_is_no_known_message_is_looked_up_as_it_is() -> None:
    assert retold("A line\nand another", CARD) == "A line\nand another"
    with speaking_pseudo(), speaking(LEFT_TO_RIGHT):
        assert retold("The owners", CARD) == pseudo("The owners")
