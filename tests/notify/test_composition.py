"""What emails say: read as their readers do, in both parts."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from app.notify.composition import compose
from app.notify.emails import Charged, Email
from tests.notify.emails.reading import paragraphs_of_html, prose_of_html, rows_of_html, words
from tests.notify.emails.samples import ABOUT_ACCOUNTS, ABOUT_MONEY, EMAILS, NAMES, READERS, kind_of
from tests.notify.emails.samples.top_ups import ABOUT
from tests.notify.test_hostile_words import hostile

BUTTON = "background: #3a3ec2"
WITHOUT_ACTION = {"alert_test", "credit_ends"}
"""Kinds whose readers have nothing to do, or may not."""
VERBS = re.compile(
    "(Add|Answer|Approve|Ask|Change|Check|Choose|Confirm|Open|Pay|Review|See|Set|Top|Turn|View) "
)


@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
def test_both_parts_say_the_same(email: Email) -> None:
    said = paragraphs_of_html(email)
    assert len(said) > 3
    assert [paragraph for paragraph in said if paragraph not in words(email)] == []


@pytest.mark.one_of_each(by=kind_of)
@pytest.mark.parametrize("email", EMAILS, ids=NAMES)
class TestEveryMail:
    def test_every_link_of_the_html_is_written_out_in_the_text(self, email: Email) -> None:
        written = compose(email, READERS)
        links = re.findall(r'href="(https:[^"]+)"', written.html)
        assert links or email.kind in WITHOUT_ACTION
        assert [link for link in links if link not in written.text.split()] == []

    def test_every_link_to_the_pages_of_an_organization_names_it(self, email: Email) -> None:
        links = re.findall(r'href="https://billing.example([^"]+)"', compose(email, READERS).html)
        pages = [link for link in links if link.startswith(("/billing", "/workplace"))]
        assert pages or email in ABOUT_ACCOUNTS
        assert [link for link in pages if "?org=harbor-dental" not in link] == []

    def test_its_html_is_a_page_of_its_own_without_anything_from_elsewhere(self, email: Email) -> None:
        html = compose(email, READERS).html
        assert html.startswith('<!doctype html>\n<html lang="en-US" dir="ltr">')
        assert "<title>" in html
        assert len(re.findall("<h1", html)) == 1
        assert not re.search(r"<img|<script|<table|<link|url\(|@import", html)

    def test_a_list_of_emails_shows_the_first_paragraph_which_is_not_seen_in_the_email(
        self, email: Email
    ) -> None:
        html = compose(email, READERS).html
        [preview] = re.findall(r'<div style="display: none;[^>]*>(.*?)</div>', html)
        assert html.index(preview) < html.index("<header>")
        assert " ".join(unescape(preview).split()) == paragraphs_of_html(email)[1]

    def test_its_subject_is_read_whole_on_a_phone(self, email: Email) -> None:
        assert 20 < len(compose(email, READERS).subject) <= 60

    def test_no_name_makes_its_subject_long_or_takes_the_end_of_it_away(self, email: Email) -> None:
        readers = replace(READERS, organization="Harbor Dental \U0001f9b7 " * 12)
        short, long = (
            compose(email, READERS).subject,
            compose(hostile(email, "Longname" * 30), readers).subject,
        )
        assert len(long) <= 110
        assert long[-1] == short[-1] or long.endswith("\u2026") or email in ABOUT_ACCOUNTS

    def test_it_has_one_button_before_any_other_link_which_says_what_it_does(self, email: Email) -> None:
        links = re.findall(r'<a href="https:[^"]+" style="([^"]*)">(.*?)</a>', compose(email, READERS).html)
        buttons = [words for style, words in links if BUTTON in style]
        assert len(buttons) == (0 if email.kind in WITHOUT_ACTION else 1)
        if buttons:
            assert BUTTON in links[0][0]
            assert VERBS.match(buttons[0])

    def test_it_says_nothing_twice(self, email: Email) -> None:
        prose = prose_of_html(email)
        facts = [fact for _, fact in rows_of_html(email) if len(fact) > 3]
        assert [
            fact for fact in facts if re.search(rf"(?<![\w.,$]){re.escape(fact)}(?!\w)", " ".join(prose))
        ] == []
        assert len(set(prose)) == len(prose)

    def test_its_text_breaks_no_lines_that_a_window_would_break_otherwise(self, email: Email) -> None:
        lines = compose(email, READERS).text.splitlines()
        assert [line for line in lines if line != line.strip() and line != "-- "] == []
        assert [line for line in lines if line[:1].islower() and not line.startswith("https://")] == []

    def test_a_name_made_of_markup_is_a_name(self, email: Email) -> None:
        written = compose(email, replace(READERS, organization="<b>A & B</b>\nBcc: x"))
        assert "\n" not in written.subject
        assert "<b>A & B</b> Bcc: x" in written.subject or email in ABOUT_ACCOUNTS
        assert "&lt;b&gt;A &amp; B&lt;/b&gt; Bcc: x" in written.html
        assert "<b>" not in written.html


@pytest.mark.parametrize("email", ABOUT_MONEY, ids=lambda email: email.kind)
def test_a_subject_names_the_organization_and_the_card_or_the_money(email: Email) -> None:
    subject = compose(email, READERS).subject
    assert "Harbor Dental" in subject
    assert re.search(r"\$[\d,]+\.\d\d|Visa ending in 4242|free of charge", subject)


def test_money_and_times_are_written_one_way_and_in_the_organizations_zone() -> None:
    said = words(Charged(**ABOUT))
    assert "$1,234.50" in said
    assert "November 24, 2026, 9:05 am EST" in said
