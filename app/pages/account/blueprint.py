"""The blueprint of the pages about one's own account."""

from __future__ import annotations

from flask import Blueprint

from app.extensions import db
from app.models.scope import Reason, see_all

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.before_request
def _see_no_matter_what_is_in_view() -> None:
    """A person belongs to several organizations: policies let no single one change them, and what is done to their
    account is recorded in each."""
    see_all(db.session(), Reason.PEOPLE)
