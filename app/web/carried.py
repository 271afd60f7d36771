"""What was typed in a form that was refused: it is carried on to be sent again, and where it came from is known.

Never carried: what proves who someone is, and what works once.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request
from werkzeug.datastructures import MultiDict

from app.own_pages import PARAMETER, own_address
from app.web.marks import is_for_owners, page_behind
from app.web.origins import SAFE
from app.web.parts import wants_region

TYPED = "typed-"
"""The prefix of field names on a page that asks for which organization a form is meant."""
NEVER_KEPT = frozenset(
    {
        "code",
        "credential",
        "recovery_code",
        "csrf_token",
        "password",
        "current_password",
        "confirmation_token",
        "radar_session",
        PARAMETER,
    }
)


def typed() -> MultiDict[str, str]:
    """The fields of the request's form that may be carried on and sent again."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT]
    return MultiDict(kept)


def typed_of(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form's fields that were carried through the page that asked for the organization."""
    kept = [
        (name.removeprefix(TYPED), value) for name, value in form.items(multi=True) if name.startswith(TYPED)
    ]
    return MultiDict(kept)


def is_of_open_page() -> bool:
    """Whether the request comes from a page that stays open, rather than from a link."""
    return wants_region() or request.method not in SAFE


def open_page() -> str:
    """The page that an htmx request comes from."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    here = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return own_address(here, otherwise=page_of_request())


def page_of_request() -> str:
    """The page of the request itself, or the one that its form is on."""
    rule = request.url_rule
    if not is_for_owners(request.endpoint) and rule is not None and "GET" in (rule.methods or ()):
        return request.path
    return page_behind(request.path)
