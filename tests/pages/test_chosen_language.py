"""A language that a person chooses: the next page is in it, and pages, actions and entries are found and read in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import GNUTranslations
from html import unescape
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask import Flask

from app import language
from app.billing import audit
from app.extensions import db
from app.language import messages
from app.models import Membership, User
from app.pages.account import forms
from app.pages.activity.wording import KINDS, WORDS
from app.pages.auth.forms import SignInForm
from tests.factories import a_person, an_organization
from tests.support.browsing import Visitor, text_of
from tests.support.pseudo import speaking_pseudo

OTHER = "nl_NL"


@pytest.fixture(autouse=True)
def dutch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that people can choose."""
    catalog = Catalog(locale="nl")
    catalog.add("Your details are saved.", "Je gegevens zijn opgeslagen.")
    catalog.add("Your account", "Je account")
    catalog.add("Payment methods", "Betaalwijzen")
    catalog.add("cards, default", "kaarten, pinpas, crédit")
    catalog.add("Top up %(amount)s", "%(amount)s bijvullen")
    catalog.add("top, topup, top-up, add, recharge, refill, credit, pay", "opwaarderen, bijvullen")
    packed = BytesIO()
    write_mo(packed, catalog)
    packed.seek(0)
    known, before = GNUTranslations(packed), messages.catalog_of
    monkeypatch.setattr(messages, "catalog_of", lambda asked: known if asked == "nl" else before(asked))
    for module in (language, forms):
        monkeypatch.setattr(module, "LOCALES", (*language.LOCALES, OTHER))


@pytest.fixture
def dana(app: Flask, visitor: Visitor) -> Iterator[User]:
    person = a_person("dana@harbor.example", organization=an_organization(credit="5"), name="Dana")
    visitor.begin_session(person.email)
    yield person


def test_the_next_page_is_in_it_and_so_is_what_it_says(visitor: Visitor, dana: User) -> None:
    before = visitor.get("/account").text
    assert '<html lang="en-US"' in before
    assert re.search(r'<option value="nl_NL" lang="nl-NL">Nederlands \(Nederland\)</option>', before)
    assert visitor.post("/account/details", {"name": "Dana", "language": OTHER}).status_code == 302
    page = visitor.get("/account")
    assert '<html lang="nl-NL"' in page.text
    assert "Je gegevens zijn opgeslagen." in text_of(page)
    assert "<h1>Je account</h1>" in page.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("betaal", "Betaalwijzen"),
        ("pinpas", "Betaalwijzen"),
        ("credit", "Betaalwijzen"),
        ("payment methods", "Betaalwijzen"),
        ("opwaarderen 50", "US$ 50,00 bijvullen"),
    ],
)
def test_pages_and_actions_are_found_by_its_words(
    visitor: Visitor, dana: User, typed: str, found: str
) -> None:
    _choose(dana)
    page = visitor.get("/billing/search", query_string={"q": typed}).text
    assert f"<span>{found}</span>" in unescape(page).replace("\xa0", " ")


def test_every_entry_is_read_in_it(visitor: Visitor, dana: User) -> None:
    org_id = db.session.scalars(db.select(Membership.org_id)).one()
    for action in WORDS:
        audit.record(org_id, audit.OPERATOR, action, "x")
    db.session.commit()
    with speaking_pseudo():
        page = visitor.get("/billing/activity").text
        older = re.search(r'rel="next" href="([^"]+)"', page)
        assert older
        page += visitor.get(unescape(older[1])).text
    said = re.findall(r'<th scope="row">([^<]+)<', page)
    assert len(said) > len(WORDS) - 50
    assert [one for one in said if not one.startswith("«")] == []
    kinds = re.findall(
        r"<option[^>]*>([^<]+)</option>", page.partition('name="kind"')[2].partition("</select>")[0]
    )
    assert len(kinds) == len(KINDS) + 1
    assert [one for one in kinds if not one.startswith("«")] == []


def _choose(person: User) -> None:
    person.language = OTHER
    db.session.commit()


@pytest.mark.parametrize(("reads", "says"), [("en_US", "longer than 254"), ("de_DE", "länger als 254")])
def test_what_forms_say_by_themselves_is_in_it(app: Flask, reads: str, says: str) -> None:
    typed = {"email": "a" * 300, "password": "x"}
    with app.test_request_context("/sign-in", method="POST", data=typed), language.speaking(reads):
        form = SignInForm()
        form.validate()
        assert says in form.email.errors[0]
