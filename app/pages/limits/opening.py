"""Opening destinations of a high class, and closing them again."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.billing.limit_settings import destinations
from app.billing.limit_settings.destinations import UnknownDestinationError
from app.extensions import limiter
from app.language import gettext
from app.pages.actor import current_actor
from app.pages.labels import destination_name
from app.pages.limits.blueprint import blueprint
from app.transaction import transaction
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required


@blueprint.post("/destinations")
@org_admin_required
@confirmation_required(Change.SPENDING)
@limiter.limit(OFTEN)
def open_destination() -> Response:
    """Let calls go to a destination, from now on."""
    key = request.form.get("destination", "")
    try:
        with transaction():
            destinations.open_destination(current_organization(), key, current_actor())
    except UnknownDestinationError:
        abort(404)
    flash(gettext("Calls to %(place)s can start.", place=destination_name(key)))
    return redirect(url_for("limits.show", _anchor="destinations"), 303)


@blueprint.post("/destinations/<key>/closing")
@org_admin_required
@limiter.limit(OFTEN)
def close_destination(key: str) -> Response:
    """Let no new call go to a destination; calls in progress finish."""
    with transaction():
        destinations.close_destination(current_organization(), key, current_actor())
    place = destination_name(key)
    flash(gettext("No new calls to %(place)s can start. Calls in progress finish.", place=place))
    return redirect(url_for("limits.show", _anchor="destinations"), 303)
