"""Texts in their reader's language: found by their English, with their values in the language's own order."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from app.language import (
    gettext,
    in_sentence,
    lazy_gettext,
    listed,
    marked,
    messages,
    ngettext,
    npgettext,
    pgettext,
    speaking,
    translated,
)


@pytest.fixture(autouse=True)
def polish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three plural forms, and another order."""
    catalog = Catalog(locale="pl")
    catalog.add("%(name)s tops up %(amount)s", "%(amount)s od: %(name)s")
    catalog.add(("%(num)s call", "%(num)s calls"), ("%(num)s rozmowa", "%(num)s rozmowy", "%(num)s rozmów"))
    forms = ("Najstarsza zostaje", "%(num)s najstarsze zostają", "%(num)s najstarszych zostaje")
    catalog.add(("The oldest stays", "The %(num)s oldest stay"), forms, context="campaigns")
    catalog.add("Open", "Otwórz", context="a button")
    catalog.add("Open", "Otwarte", context="a state")
    catalog.add("50%% off", "50%% taniej")
    catalog.add("Growth", "Wzrost")
    packed = BytesIO()
    write_mo(packed, catalog)
    packed.seek(0)
    known = GNUTranslations(packed)
    before = messages.catalog_of
    monkeypatch.setattr(
        messages, "catalog_of", lambda language: known if language == "pl" else before(language)
    )
    with speaking("pl_PL"):
        yield


def test_values_are_in_the_language_s_order() -> None:
    assert gettext("%(name)s tops up %(amount)s", name="Ada", amount="$5") == "$5 od: Ada"
    with speaking("en_US"):
        assert gettext("%(name)s tops up %(amount)s", name="Ada", amount="$5") == "Ada tops up $5"


@pytest.mark.parametrize(
    ("count", "says"), [(1, "1 rozmowa"), (3, "3 rozmowy"), (5, "5 rozmów"), (22, "22 rozmowy")]
)
def test_plurals_are_the_language_s(count: int, says: str) -> None:
    assert ngettext("%(num)s call", "%(num)s calls", count) == says


def test_a_number_can_be_written_as_its_reader_does() -> None:
    assert ngettext("%(num)s call", "%(num)s calls", 1005, num="1 005") == "1 005 rozmów"


def test_a_word_of_several_meanings_is_told_apart() -> None:
    assert (pgettext("a button", "Open"), pgettext("a state", "Open")) == ("Otwórz", "Otwarte")


def test_plurals_of_several_meanings_are_told_apart() -> None:
    def stays(context: str, count: int) -> str:
        return npgettext(context, "The oldest stays", "The %(num)s oldest stay", count)

    assert (stays("campaigns", 1), stays("campaigns", 5)) == ("Najstarsza zostaje", "5 najstarszych zostaje")
    assert (stays("agents", 1), stays("agents", 5)) == ("The oldest stays", "The 5 oldest stay")


def test_a_percent_sign_is_written_twice() -> None:
    assert gettext("50%% off") == "50% taniej"


def test_what_is_made_before_its_reader_is_known_is_in_their_language() -> None:
    label = lazy_gettext("50%% off")
    assert str(label) == "50% taniej"
    with speaking("en_US"):
        assert str(label) == "50% off"


def test_names_have_translations_or_stay_as_they_are() -> None:
    assert translated(marked("Growth")) == "Wzrost"
    assert translated("100% ours") == "100% ours"
    assert translated("") == ""


def test_lists_are_written_as_the_language_lists() -> None:
    assert listed(["a", "b", "c"]) == "a, b i c"
    with speaking("en_US"):
        assert listed(["a", "b", "c"]) == "a, b, and c"
        assert listed(["a", "b"], "or") == "a or b"


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "es_ES", "fr_FR", "nl_NL", "he_IL"])
def test_units_are_listed_in_every_language(locale: str) -> None:
    with speaking(locale):
        assert listed([], "unit") == ""
        assert listed(["a"], "unit") == "a"
        assert listed(["a", "b", "c"], "unit").startswith("a, b")
    with speaking("en_US"):
        assert listed(["a", "b", "c"], "unit") == "a, b, c"
    with speaking("es_ES"):
        assert listed(["a", "b", "c"], "unit") == "a, b y c"


def test_a_label_within_a_sentence_is_in_lower_case_but_for_german_nouns() -> None:
    assert in_sentence("Promotional credit") == "promotional credit"
    with speaking("de_DE"):
        assert in_sentence("Guthaben") == "Guthaben"
