"""What was rendered for one reader never reaches one with another language or other formats: not from a cache, and not
as "unchanged". Walks over everything that the application answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.language import DEFAULT, locale, messages
from app.web.marks import is_asked_by_pages
from tests.factories import a_person
from tests.pages.test_polls import COUNTED
from tests.support.addresses import addresses
from tests.support.browsing import HTMX, Visitor
from tests.support.sandbox import Sandbox
from tests.support.states import busy
from tests.support.url_map import address, rules

BRITISH = "en_GB"
MONTH = "(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:[a-z]{3,})?"
DAYS = {DEFAULT: re.compile(rf"\b{MONTH} \d\d?\b"), BRITISH: re.compile(rf"\b\d\d? {MONTH}\b")}
"""How each writes a day: `November 24` and `24 November`."""
ASKED_WITH = {"shell_parts.check_campaign": "?calls=10"}
TAGS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since", "HX-PTag": "HX-PTag"}
"""What an answer says of its state, and how that is sent along with the next request."""


class _Marks(NullTranslations):
    """Each text says for which locale it was rendered."""

    def gettext(self, message: str) -> str:
        return f"[[{locale()}]]{message}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@pytest.fixture
def walk(app: Flask, visitor: Visitor, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address, for someone who is signed in."""
    organization = busy()
    person = a_person(organization=organization)
    visitor.begin_session(person.email)
    monkeypatch.setattr(messages, "catalog_of", lambda _language: _Marks())
    pages: dict[str, list[str]] = {}
    for one in addresses(app, organization, person):
        pages.setdefault(one.name, []).append(one.path)
    return list(_addresses(app, pages))


def _addresses(app: Flask, pages: dict[str, list[str]]) -> Iterator[str]:
    nothing = {"UUIDConverter": uuid4()}
    for rule in rules(app):
        if rule.endpoint.startswith("dev_mail."):
            continue  # emails, each in the language of who got it
        usual = address(app, rule, nothing) + ASKED_WITH.get(rule.endpoint, "")
        yield from pages.get(rule.endpoint, [usual])


def ask(app: Flask, visitor: Visitor, path: str, reader: str, known: TestResponse | None) -> TestResponse:
    """Ask as this reader does; with the tags of an answer that may have been another reader's."""
    headers = {"Accept-Language": reader.replace("_", "-")}
    endpoint, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")
    if is_asked_by_pages(endpoint.partition(".")[0]):
        headers |= HTMX
    if known is not None:
        headers |= {asked: known.headers[tag] for tag, asked in TAGS.items() if tag in known.headers}
    return visitor.get(path, headers=headers)


def rendered_for(answer: TestResponse) -> set[str]:
    """The locales of its texts. A name within a sentence is in lower case, with its mark."""
    return {f"{mark[:3]}{mark[3:].upper()}" for mark in re.findall(r"\[\[(\w+)\]\]", answer.text)}


def test_no_reader_gets_what_was_rendered_for_another(app: Flask, visitor: Visitor, walk: list[str]) -> None:
    marked, dated = set(), set()
    for path in walk:
        before: TestResponse | None = None
        for reader, other in ((BRITISH, DEFAULT), (DEFAULT, BRITISH), (BRITISH, DEFAULT)):
            answer = ask(app, visitor, path, reader, before)
            if answer.content_type in {"application/pdf", "image/svg+xml"}:
                continue
            is_kept = "no-store" not in answer.headers["Cache-Control"]
            is_english = is_kept or path.startswith("/api/") or answer.mimetype == "text/csv"
            assert rendered_for(answer) <= {DEFAULT if is_english else reader}, f"{path}, read in {reader}"
            if is_kept:
                assert before is None or answer.text == before.text, f"{path}, which caches keep for all"
            else:
                assert answer.status_code != 304, f"{path}, which was shown in {other} before"
            if not is_english:
                assert not DAYS[other].search(answer.text), f"{path}, read in {reader}"
                dated |= {path} if DAYS[reader].search(answer.text) else set()
            marked |= {path} if rendered_for(answer) else set()
            before = answer
    assert len(marked) > 60, "there would be nothing to mix up"
    assert len(dated) > 8


def test_a_poll_of_the_same_reader_is_unchanged(app: Flask, visitor: Visitor, walk: list[str]) -> None:
    polled = [path for path in walk if path.startswith("/billing/live/") and path not in COUNTED]
    assert len(polled) > 4
    for path in polled:
        for reader in (DEFAULT, BRITISH):
            shown = ask(app, visitor, path, reader, None)
            assert ask(app, visitor, path, reader, shown).status_code == 304, path
