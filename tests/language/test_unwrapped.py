"""What no translator sees is found where it stands, and what only looks like a text is let be."""

from __future__ import annotations

import pytest

from config import ROOT
from dev.unwrapped import code, scripts, search, templates


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("<p>Pay now</p>", ["Pay now"]),
        ("<p>{% trans %}Pay <b>now</b>{% endtrans %}</p>", []),
        ("<p>{% trans count=n %}a call{% pluralize %}calls{% endtrans %} left</p>", ["left"]),
        ('<p class="two words" data-Name="Ada">{{ name }} &middot; {{ n }}</p>', []),
        ('<nav aria-label="Pages"><img alt="Visa card"><input placeholder="Any name"></nav>', ["Pages", "Visa card", "Any name"]),
        ("<nav aria-label=\"{{ _('Pages') }}\">", []),
        ('<p>{{ "is on" if x else _("is off") }}</p>', ["is on"]),
        ('<p class="{{ "is on" if x else "off" }}">', []),
        ('{{ button("Pay now", url_for("Some name")) }}', ["Pay now"]),
        ('{% set title = "Pay now" %}', ["Pay now"]),
        ('{% if x == "Some thing" %}{{ n }}{% endif %}', []),
        ("<button value='pay' type='submit'>{# Pay #}</button><input type='submit' value='Pay'>", ["Pay"]),
        ('{% call panel("Cards") %}{% endcall %}', ["Cards"]),
        ('{% macro named() %} data-name="Ada" data-open{% endmacro %}', []),
        ("{% block page_class %} narrow-centered{% endblock %}", []),
        ("<title>{{ name }} - Voice Portal</title>", []),
    ],
)  # fmt: skip
def test_texts_of_templates(template: str, texts: list[str]) -> None:
    assert [text for _, text in templates.texts(template)] == texts


def test_a_text_is_found_in_its_line() -> None:
    assert list(templates.texts("{% if a %}\n<p>\n  Pay\n</p>\n{% endif %}")) == [(3, "Pay")]


@pytest.mark.parametrize(
    ("python", "texts"),
    [
        ('raise Refused("Choose a card.")', ["Choose a card."]),
        ('raise Refused(gettext("Choose a card."))', []),
        ('raise ValueError("Choose a card.")', []),
        ('super().__init__(f"Choose {card}.")', []),
        ('log.info("Paid by card")', []),
        ('def one():\n    """Choose a card."""\n    return f"Paid by {card}"', ["Paid by {}"]),
        ('name = StringField("Name")', ["Name"]),
        ('LABELS = {"Some key": "Paid"}', ["Paid"]),
        ('LABELS = {"paid": marked("Paid")}', []),
        ('headers["Content-Type"] = "text/html"', []),
        ('if said == "Choose a card.":\n    pass', []),
        ('query = "SELECT One FROM two"', []),
    ],
)
def test_texts_of_code(python: str, texts: list[str]) -> None:
    assert [text for _, text in code.texts(python)] == texts


@pytest.mark.parametrize(
    ("script", "texts"),
    [
        ('say("Connection lost.");', ["Connection lost."]),
        ('say(gettext("Connection lost."));\nsay("Reload");', ["Reload"]),
        ("// Connection lost.\nsay(said.lost);", []),
        ("place.textContent = `In progress: ${name}.`;", ["In progress: {}."]),
        ('say("Out of date; trying again.");', ["Out of date; trying again."]),
        ('sheet.replaceSync("A { color: red; }");', []),
        ('event.key === "Escape" || headers.get("Content-Type")', []),
        ('const SHOWN = ".message:has([data-refusal])";', []),
    ],
)
def test_texts_of_scripts(script: str, texts: list[str]) -> None:
    assert [text for _, text in scripts.texts(script)] == texts


def test_translators_get_every_text_that_people_read() -> None:
    """Wrap it, or say in `dev/unwrapped/not_translated.txt` why it is English for everyone."""
    assert [f"{one.path}:{one.line}: {one.text}" for one in search()] == []


def test_what_is_english_on_purpose_is_there() -> None:
    lines = (ROOT / "dev" / "unwrapped" / "not_translated.txt").read_text().splitlines()
    paths = [line.partition(": ")[0] for line in lines if not line.startswith("# ")]
    assert [path for path in paths if not list(ROOT.glob(path))] == []
