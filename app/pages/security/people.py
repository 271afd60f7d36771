"""Second factors of an organization's people: required of everyone, and reset for someone who lost theirs."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.extensions import limiter
from app.language import gettext
from app.models import User
from app.pages.actor import current_actor
from app.pages.security.routes import blueprint
from app.people import memberships
from app.people.factors import requirement, reset
from app.people.factors.requirement import NoFactorError
from app.people.factors.reset import ResetRefusedError
from app.transaction import transaction
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required


@blueprint.post("/second-factor")
@org_admin_required
@confirmation_required(Change.SECURITY)
@limiter.limit(OFTEN)
def require_factor() -> Response:
    """Require a second factor of everyone in the organization, or stop requiring one."""
    org_id = current_organization().id
    try:
        with transaction():
            if request.form.get("required") == "yes":
                requirement.require(org_id, current_identity().user, current_actor())
            else:
                requirement.stop_requiring(org_id, current_actor())
    except NoFactorError as error:
        flash(str(error), "error")
    else:
        flash(gettext("Security settings saved."))
    return redirect(url_for("security.show"), 303)


@blueprint.route("/people/<uuid:user_id>/second-factor", methods=["GET", "POST"])
@org_admin_required
@confirmation_required(Change.PEOPLE)
def reset_factor(user_id: UUID) -> str | Response | tuple[str, int]:
    """Ask whether to reset someone's second factor, and do it."""
    person = _person(user_id)
    if request.method != "POST":
        return render_template("security/reset.html", person=person, problem="")
    try:
        with transaction():
            reset.by_owner(current_organization().id, user_id, current_identity().user, current_actor())
    except ResetRefusedError as error:
        return render_template("security/reset.html", person=person, problem=str(error)), 422
    except LookupError:
        abort(404)
    flash(
        gettext("The second factor of %(email)s was reset. They were notified by email.", email=person.email)
    )
    return redirect(url_for("security.show"), 303)


def _person(user_id: UUID) -> User:
    people = memberships.people_of(current_organization().id).values()
    return next((one for one in people if one.id == user_id), None) or abort(404)
