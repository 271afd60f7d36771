"""What scripts say and read is in the language of the page."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.web.script_texts import key
from config import ROOT
from tests.browser.every_page.conftest import someone
from tests.browser.site import Site
from tests.support.pseudo import pseudo
from tests.support.session_cookies import begin_session
from tests.support.states import busy

MODULES = ROOT / "app" / "static" / "js"
TYPED = [
    ("en-US", "1,250.5", 125_050),
    ("en-US", "$50", 5_000),
    ("de-DE", "1.250,5", 125_050),
    ("de-DE", "50,25 €", 5_025),
    ("de-DE", "50,255", None),
    ("fr-FR", "1 250,50", 125_050),
    ("es-ES", "1250,5", 125_050),
    ("es-ES", "1250,5 US$", 125_050),
    ("fr-FR", "50,25 $US", 5_025),
    ("de-CH", "1'250.50", 125_050),
    ("de-CH", "1\u2019250.50", 125_050),
    ("es-ES", "12,5,0", None),
    ("es-ES", "-5", None),
    ("es-ES", "", None),
]


def test_a_page_s_scripts_speak_its_language(browser: Browser, site: Site, app: Flask) -> None:
    context = browser.new_context(base_url=site.url, locale="nl-NL")
    page = context.new_page()
    page.goto("/sign-in")
    button = page.locator(".password button")
    expect(button).to_have_text(f"«Shööwé {pseudo('Password').lower()}»")
    person = someone(busy())
    begin_session(context, app, site.url, person)
    page.goto("/billing")
    expect(page.locator("html")).to_have_attribute("lang", "nl-NL")
    page.route(re.compile(r"/live\b"), lambda route: route.abort())
    lost = pseudo("Connection lost. Figures may be out of date; trying again.")
    expect(page.locator("#connection")).to_have_text(lost)
    context.close()


@pytest.mark.parametrize("language", ["en-US", "de-DE", "fr-FR"])
def test_choices_are_written_plainly_in_every_language(page: Page, language: str) -> None:
    page.goto("about:blank")
    assert page.evaluate(reader("minor(typed, 2, PLAIN)"), [language, "12.50"]) == 1_250


@pytest.mark.parametrize(("language", "typed", "cents"), TYPED)
def test_amounts_are_read_as_they_are_typed_in_it(
    page: Page, language: str, typed: str, cents: int | None
) -> None:
    page.goto("about:blank")
    assert page.evaluate(reader("minor(typed, 2)"), [language, typed]) == cents


def reader(call: str) -> str:
    """A function that reads an amount in a language by this call."""
    source = (MODULES / "entered_card.js").read_text()
    functions = source[source.index("function marks") : source.index("export class")].replace("export ", "")
    return f"([lang, typed]) => {{ document.documentElement.lang = lang; {functions} return {call}; }}"


@pytest.mark.parametrize(
    ("language", "count", "says"),
    [("pl", 1, "1 wiersz"), ("pl", 3, "3 wiersze"), ("pl", 22_000, "22 000 wierszy")],
)
def test_plurals_are_the_language_s(page: Page, language: str, count: int, says: str) -> None:
    page.goto("about:blank")
    source = "".join((MODULES / f"{name}.js").read_text() for name in ("language", "plurals"))
    code = re.sub(r"^import .*$|^export ", "", source, flags=re.MULTILINE)
    forms = {"one": "%(num)s wiersz", "few": "%(num)s wiersze", "many": "%(num)s wierszy"}
    said = page.evaluate(
        f"""([language, forms, count]) => {{
          document.documentElement.lang = language;
          document.body.dataset.texts = forms;
          {code}
          return ngettext("%(num)s row", "%(num)s rows", count);
        }}""",
        [language, json.dumps({key("%(num)s row"): forms}), count],
    )
    assert said.replace("\u00a0", " ") == says
