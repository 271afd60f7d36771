"""Properties of views: whether they are for owners, or polled by pages; and the page that a form is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Blueprint, current_app, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

View = TypeVar("View", bound=Callable[..., Any])


def is_for_owners(endpoint: str | None) -> bool:
    """Whether the view is behind `org_admin_required`."""
    view = current_app.view_functions.get(endpoint or "")
    return bool(getattr(view, "org_admin_required", False))


def is_guarded(endpoint: str | None) -> bool:
    """Whether the view is for owners, for anyone of the organization (`member_required`), or for anyone who is signed
    in (`person_required`)."""
    view = current_app.view_functions.get(endpoint or "")
    marks = ("member_required", "person_required")
    return is_for_owners(endpoint) or any(getattr(view, mark, False) for mark in marks)


def is_read(endpoint: str) -> bool:
    """Whether the view supports GET, so that its URL can be a link."""
    return any("GET" in (rule.methods or ()) for rule in current_app.url_map.iter_rules(endpoint))


def charges(view: View) -> View:
    """Mark a view that may charge a card, or completes what the bank asked about: what is said where it fails has to
    say that it charges once. Its forms have `data-charges`, for the scripts."""
    view.charges = True  # type: ignore[attr-defined]
    return view


def is_charging(endpoint: str | None) -> bool:
    """Whether the view may charge a card."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), "charges", False))


def kept_in_address(*names: str) -> Callable[[View], View]:
    """Let these fields of a view's form go along in the address of its page, which fills them in again: where the
    session has ended, after signing in."""

    def mark(view: View) -> View:
        view.kept_in_address = names  # type: ignore[attr-defined]
        return view

    return mark


def kept_fields(endpoint: str | None, form: MultiDict[str, str]) -> str:
    """The query with what was filled in of these fields."""
    names = getattr(current_app.view_functions.get(endpoint or ""), "kept_in_address", ())
    return urlencode([(name, form[name]) for name in names if form.get(name)])


def asked_by_pages(blueprint: Blueprint) -> Blueprint:
    """Mark a blueprint whose views are requested by open pages automatically, not by a person.

    They don't keep a session alive: an unattended page must not extend it.
    """
    blueprint.asked_by_pages = True  # type: ignore[attr-defined]
    return blueprint


def is_asked_by_pages(blueprint: str | None) -> bool:
    """Whether open pages request this blueprint's views automatically."""
    return bool(getattr(current_app.blueprints.get(blueprint or ""), "asked_by_pages", False))


def posted_by_shell(view: View) -> View:
    """Mark a view to which pages of the shell post. They have no form of ours: their origin is checked instead
    (`app.web.form_tokens`). Nor is it a person's doing that keeps a session alive."""
    view.posted_by_shell = True  # type: ignore[attr-defined]
    return view


def is_posted_by_shell(endpoint: str | None) -> bool:
    """Whether pages of the shell post to the view."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), "posted_by_shell", False))


def page_behind(path: str, *, with_ids: bool = True) -> str:
    """The page that a form at this path belongs to: the nearest path at or above it that shows a signed-in person a
    page.

    Without `with_ids`, one that every organization has: not a single top-up's, for instance.
    """
    while path.count("/") > 0 and path != "/":
        if _shows_a_page(path, with_ids=with_ids):
            return path
        path = path.rsplit("/", 1)[0]
    return url_for("overview.show")


def _shows_a_page(path: str, *, with_ids: bool) -> bool:
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return (
        is_guarded(endpoint) and not is_asked_by_pages(endpoint.split(".")[0]) and (with_ids or not arguments)
    )
