"""Views of the history that people saved by name: each person's own, in each organization."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from app.extensions import db
from app.language import gettext
from app.models import Organization, SavedView

MOST = 30
"""How many a person has in an organization."""
LONGEST_NAME = 60


class ViewRefusedError(Exception):
    """A view can't be saved or renamed so; the message says what to do."""


def list_views(organization: Organization, user_id: UUID) -> list[SavedView]:
    """A person's views in an organization, by name."""
    query = select(SavedView).where(SavedView.org_id == organization.id, SavedView.user_id == user_id)
    return list(db.session.scalars(query.order_by(func.lower(SavedView.name), SavedView.id)))


def find(organization: Organization, user_id: UUID, view_id: UUID) -> SavedView | None:
    """A person's own view; None for anyone else's."""
    found = db.session.get(SavedView, (organization.id, view_id))
    return found if found is not None and found.user_id == user_id else None


def save(organization: Organization, user_id: UUID, name: str, query: str) -> SavedView:
    """Save a view; one of the same name is replaced. In the caller's transaction. Raises `ViewRefusedError`."""
    name, views = _checked(name), list_views(organization, user_id)
    same = next((one for one in views if one.name == name), None)
    if same is not None:
        same.query = query
        return same
    if len(views) >= MOST:
        raise ViewRefusedError(gettext("You have %(most)s saved views. Remove one first.", most=MOST))
    made = SavedView(org_id=organization.id, user_id=user_id, name=name, query=query)
    db.session.add(made)
    db.session.flush()
    return made


def rename(organization: Organization, view: SavedView, name: str) -> None:
    """Rename a view. In the caller's transaction. Raises `ViewRefusedError`."""
    name = _checked(name)
    others = [one for one in list_views(organization, view.user_id) if one.id != view.id]
    if any(one.name == name for one in others):
        raise ViewRefusedError(
            gettext('You already have a view named "%(name)s". Choose another name.', name=name)
        )
    view.name = name
    db.session.flush()


def remove(view: SavedView) -> None:
    """Remove a view. In the caller's transaction."""
    db.session.delete(view)
    db.session.flush()


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise ViewRefusedError(gettext("Enter a name."))
    if len(name) > LONGEST_NAME:
        raise ViewRefusedError(gettext("Enter at most %(most)s characters.", most=LONGEST_NAME))
    return name
