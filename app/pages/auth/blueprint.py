"""The blueprint of the sign-in pages."""

from __future__ import annotations

from flask import Blueprint

from app.extensions import db
from app.models.scope import Reason, see_all

blueprint = Blueprint("auth", __name__)


@blueprint.before_request
def _see_no_matter_who_signs_in() -> None:
    """A person and their organizations have to be looked up across all organizations."""
    see_all(db.session(), Reason.SIGN_IN)
