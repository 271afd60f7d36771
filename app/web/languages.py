"""The language of pages: what the person chose, else what their browser asks for, else English."""

from __future__ import annotations

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app import language
from app.language.templates import translate
from app.own_pages import is_of_console
from app.web.identity import identity

_FOR_PROGRAMS = ("/api/", "/webhooks/")
"""Addresses at which programs are answered, in English."""
_FROM_SHELL = "/auth/shell"


def init_app(app: Flask) -> None:
    """Texts are in the viewer's language, in code and in templates, where `_` and `{% trans %}` are gettext's."""
    language.reader.ask = viewer_locale
    translate(app.jinja_env)
    app.add_template_global(language_tag)
    app.add_template_global(text_direction)
    app.add_template_filter(language.translated, "translated")
    app.add_template_filter(language.listed, "listed")
    app.add_template_filter(language.in_sentence, "in_sentence")
    app.after_request(_tell_caches)


def viewer_locale() -> str | None:
    """The locale of the person who looks at a page, looked up once per request. None where a program asks."""
    if not has_request_context():
        return None
    known: str | None = g.get("viewer_locale")
    if known is None and not request.path.startswith(_FOR_PROGRAMS):
        known = g.viewer_locale = _of_console() or _chosen() or _of_shell() or browser_locale()
    return known


def forget_viewer() -> None:
    """Look up the viewer's locale again: they have just chosen one."""
    g.pop("viewer_locale", None)


def browser_locale() -> str:
    """What the browser asks for, of what there is."""
    return language.negotiated(_wanted()) or language.DEFAULT


def language_tag() -> str:
    """`de-AT`, for the page's `lang` (BCP 47)."""
    return language.locale().replace("_", "-")


def text_direction() -> str:
    """The page's `dir`."""
    return language.text_direction(language.locale())


def _of_console() -> str | None:
    """The operators' console is in English only."""
    return language.DEFAULT if is_of_console(request.path) else None


def _chosen() -> str | None:
    try:
        who = identity()
    except SQLAlchemyError:
        # The page that says that the database is away is in a language, too.
        return None
    return who.user.language if who is not None and who.user.language in language.LOCALES else None


def _of_shell() -> str | None:
    """Where a shell's page shows us and says its language: for what is shown instead of a page."""
    if request.path != _FROM_SHELL:
        return None
    try:
        return language.negotiated([request.values.get("lang", "")])
    except HTTPException:
        # What was sent is too large or can't be read: the page that says so is in a language, too.
        return None


def _wanted() -> list[str]:
    return [tag for tag, quality in request.accept_languages if quality > 0]


def _tell_caches(response: Response) -> Response:
    if "viewer_locale" in g:
        response.vary.add("Accept-Language")
    return response
