"""The language of a page: chosen by the person, else by their browser; programs are answered in English."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string

from app import language


@pytest.mark.parametrize(
    ("accepts", "locale"),
    [
        ("en-GB,en;q=0.5", "en-GB"),
        ("nl,en-AU;q=0.4,en;q=0.2", "en-AU"),
        ("nl", "en-US"),
        ("en-GB;q=0", "en-US"),
    ],
)
def test_a_page_is_in_the_browser_s_language(app: Flask, accepts: str, locale: str) -> None:
    page = app.test_client().get("/sign-in", headers={"Accept-Language": accepts})
    assert f'<html lang="{locale}" dir="ltr"' in page.text
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.parametrize(("lang", "locale"), [("en-IE", "en-IE"), ("xx", "en-AU"), ("", "en-AU")])
def test_what_a_frame_shows_instead_of_a_page_is_in_the_language_of_the_page_around_it(
    app: Flask, lang: str, locale: str
) -> None:
    address = f"/auth/shell?without-token&path=/billing&lang={lang}"
    page = app.test_client().get(address, headers={"Accept-Language": "en-AU"}, follow_redirects=False)
    assert f'<html lang="{locale}"' in page.text, page.status


@pytest.mark.parametrize("path", ["/api/v1/usage-events", "/api/v1/nothing-there", "/webhooks/stripe"])
def test_programs_are_answered_in_english(app: Flask, path: str) -> None:
    with app.test_request_context(path, headers={"Accept-Language": "en-GB"}):
        assert language.locale() == "en_US"


def test_what_is_being_written_to_someone_is_in_their_language(app: Flask) -> None:
    with app.test_request_context("/sign-in", headers={"Accept-Language": "en-GB"}):
        assert language.locale() == "en_GB"
        with language.speaking("en_IN"):
            assert language.locale() == "en_IN"
        assert language.locale() == "en_GB"


def test_values_in_templates_are_escaped_and_sanitized(app: Flask) -> None:
    hostile = "<b>\u202ex"
    with app.test_request_context("/sign-in"):
        for text in (
            "{% trans %}Hello <i>{{ name }}</i>{% endtrans %}",
            '{{ _("Hello %(name)s", name=name) }}',
            "{% trans count=2 %}Hello {{ name }}{% pluralize %}Hello {{ name }} {{ count }}{% endtrans %}",
        ):
            said = render_template_string(text, name=hostile)
            assert "&lt;b&gt;x" in said and "\u202e" not in said, said
        assert (
            render_template_string("{% trans %}Hello <i>you</i>, 50%{% endtrans %}")
            == "Hello <i>you</i>, 50%"
        )
