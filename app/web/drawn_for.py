"""For which organization a page was drawn: each of its requests names that, and the server refuses another.

A browser has one session, and the organization in view belongs to the session: a switch in one tab would let
a page in another tab, which still shows the first organization, act on the second. So whatever a page can ask
for carries the organization's short name:

- a form, its token (`app.web.form_tokens`), which can't be made by hand;
- a request of htmx, the header `X-Organization`, from one attribute on `<body>`;
- a link, a download and a form that is asked by its address, the parameter `org`, which `app.web.links` puts
  there;
- a link of an email, the same (`app.notify.composition`): it is about one organization, whichever is in view
  by then.

`org_admin_required` holds them against the organization in view before it calls a view, so a new route has
all this by itself. An address without a name, which someone typed, shows the organization in view.
"""

from __future__ import annotations

from flask import g, request
from werkzeug.datastructures import ImmutableMultiDict

from app.own_pages import PARAMETER
from app.people.sessions import Identity
from app.web.origins import SAFE

HEADER = "X-Organization"


class OtherOrganizationError(Exception):
    """The page, link or form was drawn for another organization than the one in view; `slug` is its short name."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"drawn for {slug!r}")
        self.slug = slug


def check(who: Identity) -> None:
    """Raise `OtherOrganizationError` where the request was drawn for another organization than the one in view.

    A request that changes something has to say for which; the views never see the parameter.
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
