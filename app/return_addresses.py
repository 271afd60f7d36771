"""Return URLs for payments: our pages that a bank's own page redirects to after its check.

Each includes its organization, because another may be in view by then (`app.web.drawn_for`).
"""

from __future__ import annotations

from uuid import UUID

from app.own_pages import for_organization
from app.per_application import PerApplication

public_url = PerApplication[str]("public_url")
"""Where the pages are, without a slash at the end."""


def top_up(slug: str, top_up_id: UUID) -> str:
    """The page of a top-up, of the organization with this short name."""
    return _page(f"/billing/wallet/top-ups/{top_up_id}", slug)


def plan_switch(slug: str, switch_id: UUID) -> str:
    """The page of a switch of plan."""
    return _page(f"/billing/change-plan/{switch_id}", slug)


def renewal(slug: str) -> str:
    """The page of the renewal that is to be paid."""
    return _page("/billing/renewal", slug)


def _page(path: str, slug: str) -> str:
    return f"{public_url.get()}{for_organization(path, slug)}"
