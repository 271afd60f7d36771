"""Addresses of our own pages, which name the organization that they are for (`app.web.drawn_for`)."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, url_for
from markupsafe import Markup

from app.own_pages import PARAMETER
from app.web.drawn_for import HEADER
from app.web.identity import identity
from app.web.marks import is_for_owners, is_read


def init_app(app: Flask) -> None:
    """Let templates name the organization that they are drawn for, in whatever they draw."""
    app.add_template_global(url_of_page, "url_for")
    app.add_template_global(org_field)
    app.add_template_global(drawn_for)
    app.jinja_env.globals["ORGANIZATION_HEADER"] = HEADER


def drawn_for() -> str:
    """The short name of the organization that a page is being drawn for, if any."""
    who = identity() if has_request_context() else None
    return who.organization.slug if who and who.organization else ""


def url_of_page(endpoint: str, **values: Any) -> str:
    """`url_for` as templates have it: the address of an owners' page names its organization.

    Not that of a form alone: its token says more.
    """
    named = (
        {PARAMETER: slug} if is_for_owners(endpoint) and is_read(endpoint) and (slug := drawn_for()) else {}
    )
    return url_for(endpoint, **named | values)


def org_field() -> Markup:
    """What a form with `method="get"` carries: its fields take the place of its address's parameters."""
    slug = drawn_for()
    return Markup('<input type="hidden" name="{}" value="{}">').format(PARAMETER, slug) if slug else Markup()
