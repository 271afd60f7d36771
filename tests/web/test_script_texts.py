"""What scripts say, in the language of their page: with the page where that isn't English, and for the shell's elements."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask import Flask

from app.language import LOCALES, SOURCE, language_of
from app.web.script_texts import calls, key, words_of_shell
from config import ROOT
from dev.texts import texts
from tests.support.browsing import Visitor
from tests.support.paying import Owner
from tests.support.pseudo import LEFT_TO_RIGHT, RIGHT_TO_LEFT, pseudo, speaking_pseudo
from tests.support.sandbox import Sandbox
from tests.web.test_first_load import BROWSER, BUDGET, NAMED, text_of, weight

MODULES = ROOT / "app" / "static" / "js"
PAYMENT = "The payment isn't confirmed yet, and nothing was charged. Confirm it with your bank, or cancel."
ROW = "%(num)s row exported."


def said(page: str) -> dict[str, Any]:
    found = re.search(r'<(?:body|main)\b[^>]* data-texts="([^"]+)"', page)
    return dict(json.loads(html.unescape(found[1]))) if found else {}


@pytest.fixture
def owner(app: Flask, sandbox: Sandbox) -> Owner:
    return Owner(app, credit="100")


def test_an_english_page_has_none(visitor: Visitor) -> None:
    page = visitor.get("/sign-in", headers={"Accept-Language": "en-GB"})
    assert "data-texts" not in page.text


@pytest.mark.parametrize("language", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
def test_another_has_the_texts_of_its_modules(owner: Owner, language: str) -> None:
    with speaking_pseudo(language):
        wallet, invoices = said(owner.get("/billing/wallet").text), said(owner.get("/billing/invoices").text)
    assert (
        wallet[key("Your session has ended.")]
        == invoices[key("Your session has ended.")]
        == pseudo("Your session has ended.")
    )
    assert wallet[key(PAYMENT)] == pseudo(PAYMENT)
    assert key(PAYMENT) not in invoices
    assert wallet[key(ROW)]["one"] == pseudo(ROW)
    assert wallet[key(ROW)]["other"] == pseudo("%(num)s rows exported.")


def test_a_page_in_another_language_is_light_too(owner: Owner) -> None:
    with speaking_pseudo():
        for path in ("/billing/wallet", "/billing"):
            answer = owner.get(path, headers=BROWSER)
            page = text_of(answer)
            files = [owner.get(one, headers=BROWSER) for one in dict.fromkeys(NAMED.findall(page))]
            assert weight(answer) + sum(map(weight, files)) < BUDGET + 3_000, path


def test_each_text_has_a_key_of_its_own() -> None:
    written = {text for path in MODULES.rglob("*.js") for text, _ in calls(path.read_text())}
    assert len({key(text) for text in written}) == len(written)


def test_translators_get_all_that_modules_say() -> None:
    known = {
        one for message in texts() for one in (message.id if isinstance(message.id, tuple) else [message.id])
    }
    written = {
        text for path in MODULES.rglob("*.js") for call in calls(path.read_text()) for text in call if text
    }
    assert len(written) > 40
    assert written <= known


def test_each_call_has_its_text_written_out() -> None:
    """What is put together, no translator sees."""
    for path in MODULES.rglob("*.js"):
        source = re.sub(r"//.*", "", path.read_text())
        written = len(list(calls(source)))
        called = len(re.findall(r"(?<!function )\bn?gettext\(", source))
        assert called == written, path.name


def test_the_shells_elements_have_their_words_in_each_language(application: Flask) -> None:
    served = application.extensions["assets"]["js/embed/words.js"].content.decode()
    table = json.loads(re.search(r"const WORDS = (\{.*\});", served)[1])  # type: ignore[index]
    assert set(table) == {language_of(locale) for locale in LOCALES} - {SOURCE}
    for words in table.values():
        assert {"Billing", "Close", "Credit", "Top up"} <= set(words)
    assert json.loads(words_of_shell(['gettext("Close", this)'])).keys() == table.keys()
