"""The alphabet of text messages: what is brought into it, and how much of it fits."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from app.language import FOLDER
from app.notify import gsm
from tests.notify.test_sms import SENT_TO_PHONES

IN_TEXT_MESSAGES = {
    "app/billing/alerts/phones.py",
    "app/notify/formats.py",
    "app/notify/sms.py",
    "app/notify/stored_texts.py",
    *(f"app/templates/mail/{kind}.jinja" for kind in sorted(SENT_TO_PHONES)),
}


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Harbor Dental", "Harbor Dental"),
        ("Harbor 🦷 Dental", "Harbor  Dental"),
        ("Łódź Ærø “quotes” \u2013 dash…", 'Lodz Ærø "quotes" - dash...'),
        ("naïve façade ñ", "naive facade ñ"),
        ("İstanbul ğ ş", "Istanbul g s"),
        ("A\u0301\u200b\u202e\ufeff", "A"),
        ("\u2212$5.00\u00a0€", "-$5.00 €"),
        ("診所 клиника", "診所 клиника"),
        ("\uff11\uff12\uff13", "123"),
        ("a\ud83ea", "aa"),
    ],
)
def test_what_is_written_plainly(written: str, sent: str) -> None:
    assert gsm.plain(written) == sent


@pytest.mark.parametrize(
    ("letters", "sent"),
    [
        ("äöüßÄÖÜ €", "äöüßÄÖÜ €"),
        ("\u201ehalb\u201c \u201aganz\u2018 \u2013 5\u00a0%", "\"halb\" 'ganz' - 5 %"),
        ("áéíóúüñÁÉÍÓÚÜÑ ¿sí? ¡sí!", "aéiouüñAÉIOUÜÑ ¿si? ¡si!"),
        ("\u00abs\u00ed\u00bb \u201cno\u201d n.\u00ba 1.\u00aa", '"si" "no" n.o 1.a'),
        ("àâæçéèêëîïôœùûüÿ", "àaæcéèeeiiooeùuüy"),
        ("ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ", "AAÆÇÉEEEIIOOEUUÜY"),
        (
            "\u00ab\u00a0oui\u00a0\u00bb l\u2019appel\u202f! 1\u202f234,50\u00a0$",
            '" oui " l\'appel ! 1 234,50 $',
        ),
    ],
)
def test_letters_of_german_spanish_and_french_take_one_septet_or_lose_their_accent(
    letters: str, sent: str
) -> None:
    """Those that the alphabet lacks are read without: a single one of them would halve what fits."""
    assert gsm.plain(letters) == sent


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_no_translation_makes_a_text_message_cost_twice_as_much(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    sent = [one for one in catalog if IN_TEXT_MESSAGES & {place for place, _ in one.locations}]
    assert len(sent) > 20
    said = [form for one in sent for form in (one.string if isinstance(one.string, tuple) else [one.string])]
    letters = set(gsm.plain("".join(said)))
    assert {letter for letter in letters if not gsm.fits("a" * 200 + letter)} == set()


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("a" * 306, True),
        ("a" * 307, False),
        ("€" * 153, True),
        ("€" * 154, False),
        ("診" * 134, True),
        ("診" * 135, False),
        ("🦷" * 67, True),
        ("🦷" * 68, False),
        ("a" * 133 + "診", True),
        ("a" * 134 + "診", False),
    ],
)
def test_two_parts_of_either_alphabet(words: str, fits: bool) -> None:
    assert gsm.fits(words) is fits
