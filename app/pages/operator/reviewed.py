"""What an operator has filled in and reviews before granting it: in the address of the review, which Back leads to
again; sealed, so that no link from elsewhere fills it in for them."""

from __future__ import annotations

from datetime import timedelta

from flask_wtf import FlaskForm
from itsdangerous import BadData

from app import signing
from app.models import Operator, Organization

VALID_FOR = timedelta(hours=8)
"""As long as a session may last."""
_SALT = "operator-review"


def seal(operator: Operator, organization: Organization, form: FlaskForm) -> str:
    """The form's fields as text, for this operator and organization only."""
    filled = {one.name: _text(one.data) for one in form if one.name != "csrf_token"}
    return str(signing.serializer(_SALT).dumps([str(operator.id), str(organization.id), filled]))


def unseal(operator: Operator, organization: Organization, sealed: str) -> dict[str, str] | None:
    """The fields again, by their names; None if it isn't theirs, or was sealed `VALID_FOR` ago."""
    try:
        whose, about, filled = signing.serializer(_SALT).loads(sealed, max_age=int(VALID_FOR.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None
    is_theirs = (whose, about) == (str(operator.id), str(organization.id))
    return dict(filled) if is_theirs else None


def _text(data: object) -> str:
    return "" if data is None else str(data)
