"""The pseudo-language of tests: longer, marked, and with what a message has beside words."""

from __future__ import annotations

import pytest
from flask import Flask

from app.language import gettext, locale, ngettext, speaking, text_direction
from tests.support.pseudo import LEFT_TO_RIGHT, LONGER, RIGHT_TO_LEFT, pseudo, speaking_pseudo


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Top up", "«Töp ûûpé»"),
        ("SMS", "«SMSé»"),
        ("%(count)s of %(all)s", "«%(count)s öfé %(all)s»"),
        ("50%%", "«50%%»"),
        (" a ", " «å» "),
        ("", ""),
    ],
)
def test_what_it_says(text: str, says: str) -> None:
    assert pseudo(text) == says


def test_markup_and_values_stay() -> None:
    said = pseudo('Add <a href="%(to)s">a card</a> &amp; pay %(amount)s.')
    for kept in ('<a href="%(to)s">', "</a>", "&amp;", "%(amount)s"):
        assert kept in said


def test_it_is_longer_by_the_share_that_it_says() -> None:
    text = "You'll be charged now, and calling continues as soon as your bank has confirmed the payment."
    assert len(pseudo(text)) - 2 == pytest.approx(len(text) * (1 + LONGER), rel=0.1)


@pytest.mark.parametrize(("language", "direction"), [(LEFT_TO_RIGHT, "ltr"), (RIGHT_TO_LEFT, "rtl")])
def test_messages_are_in_it_while_it_is_spoken(language: str, direction: str) -> None:
    with speaking_pseudo(language), speaking(language):
        assert gettext("Pay %(amount)s", amount="$5") == "«Påýý $5»"
        assert ngettext("%(num)s call", "%(num)s calls", 2) == "«2 çåļļšéé»"
        assert text_direction(locale()) == direction


def test_a_page_is_in_it_and_others_are_as_before(app: Flask) -> None:
    with speaking_pseudo(RIGHT_TO_LEFT):
        page = app.test_client().get("/sign-in").text
        assert '<html lang="he-IL" dir="rtl"' in page
        with app.test_request_context("/api/v1/usage-events"):
            assert gettext("Pay") == "Pay"
    assert '<html lang="en-US" dir="ltr"' in app.test_client().get("/sign-in").text
