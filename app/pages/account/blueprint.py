"""The blueprint of the pages about one's own account."""

from __future__ import annotations

from flask import Blueprint

from app.extensions import db
from app.models.scope import scope_to
from app.web.identity import identity

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.before_request
def _see_own_organizations() -> None:
    """What is done to an account is recorded in each organization of its person, and in no other."""
    who = identity()
    scope_to(db.session(), *(seat.id for seat in who.seats) if who else ())
