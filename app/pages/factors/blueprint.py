"""The blueprint of the pages about one's own second factor."""

from __future__ import annotations

from flask import Blueprint

from app.extensions import db
from app.models.scope import Reason, see_all

blueprint = Blueprint("factors", __name__, url_prefix="/account/second-factor")


@blueprint.before_request
def _see_own_organizations() -> None:
    """What is done to an account is recorded in each organization of its person."""
    see_all(db.session(), Reason.PEOPLE)
