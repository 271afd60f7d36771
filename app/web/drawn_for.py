"""The organization that a page was rendered for: each of its requests names it, and the server rejects any other.

The organization in view belongs to the browser's session: after a switch in one tab, a page in another tab that still
shows the first organization would act on the second. So every request of a page includes the organization's short
name:

- a form, in its token (`app.web.form_tokens`), which can't be forged;
- an htmx request, in the header `X-Organization`, from one attribute on `<body>`;
- a link, a download and a GET form, in the parameter `org`, which `app.web.links` adds;
- a link in an email, in the same way (`app.notify.composition`).

`org_admin_required` compares it with the organization in view before it calls a view, so a new route gets all this
automatically. A typed URL without a name shows the organization in view.
"""

from __future__ import annotations

from flask import g, request
from werkzeug.datastructures import ImmutableMultiDict

from app.own_pages import PARAMETER
from app.people.identification import Identity
from app.web.origins import SAFE

HEADER = "X-Organization"


class OtherOrganizationError(Exception):
    """The page, link or form is for another organization than the one in view; `slug` is its short name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"drawn for {slug!r}")
        self.slug = slug


def check(who: Identity) -> None:
    """Raise `OtherOrganizationError` if the request is for another organization than the one in view.

    A request that changes something has to name it; the views never see the parameter.
    """
    in_view = who.organization.slug if who.organization else ""
    for slug in _named():
        if slug != in_view:
            raise OtherOrganizationError(slug)
    if PARAMETER in request.args:
        rest = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
        request.args = ImmutableMultiDict(rest)


def _named() -> list[str]:
    named = [*request.args.getlist(PARAMETER), *request.headers.getlist(HEADER)]
    if request.method not in SAFE:
        token = g.get("form_token")
        named.append((token.organization if token else None) or "")
    return named
