"""The blueprint of signing in, which its files share."""

from __future__ import annotations

from flask import Blueprint

from app.extensions import db
from app.models.scope import Reason, see_all

blueprint = Blueprint("auth", __name__)


@blueprint.before_request
def _see_no_matter_who_signs_in() -> None:
    """Who someone is, and in which organizations, is found among all."""
    see_all(db.session(), Reason.SIGN_IN)
