"""`/account/second-factor`: what a person has set up."""

from __future__ import annotations

from flask import render_template

from app.pages.factors.blueprint import blueprint
from app.people.factors import requirement, status
from app.web.identity import current_identity, person_required


@blueprint.get("")
@person_required
def show() -> str:
    """Show passkeys, the app and how many recovery codes are left."""
    user = current_identity().user
    return render_template(
        "factors/show.html", factors=status.gather(user.id), required_by=requirement.requiring(user.id)
    )
