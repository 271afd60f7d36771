"""URLs of our own pages, which include their organization (`app.web.drawn_for`)."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, url_for
from markupsafe import Markup

from app.own_pages import PARAMETER
from app.web.drawn_for import HEADER
from app.web.identity import identity
from app.web.marks import is_for_owners, is_read


def init_app(app: Flask) -> None:
    """Give templates the organization that they are rendered for."""
    app.add_template_global(url_of_page, "url_for")
    app.add_template_global(org_field)
    app.add_template_global(drawn_for)
    app.jinja_env.globals["ORGANIZATION_HEADER"] = HEADER


def drawn_for() -> str:
    """The short name of the organization that a page is being rendered for, if any."""
    who = identity() if has_request_context() else None
    return who.organization.slug if who and who.organization else ""


def url_of_page(endpoint: str, **values: Any) -> str:
    """`url_for` for templates: the URL of an owners' page includes its organization.

    Not for forms, whose token includes it.
    """
    named = (
        {PARAMETER: slug} if is_for_owners(endpoint) and is_read(endpoint) and (slug := drawn_for()) else {}
    )
    return url_for(endpoint, **named | values)


def org_field() -> Markup:
    """A hidden field for forms with `method="get"`, whose fields replace the parameters of the URL."""
    slug = drawn_for()
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, slug) if slug else Markup()
