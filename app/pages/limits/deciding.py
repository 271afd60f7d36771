"""Requests for more: an owner approves or refuses, with one key."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.limit_settings import decisions, requests
from app.billing.limit_settings.drafts import UnknownLimitError
from app.billing.limit_settings.requests import (
    AlreadyDecidedError,
    NotMoreError,
    RequestChangedError,
    UnknownRequestError,
)
from app.extensions import limiter
from app.language import gettext
from app.models import RequestState
from app.pages.actor import current_actor
from app.pages.limits.blueprint import blueprint
from app.pages.limits.view import RequestLine
from app.pages.limits.wording import LimitLine
from app.transaction import transaction
from app.web.formatting import moment
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.step_up import Change, confirmation_required


@blueprint.get("/requests/<uuid:request_id>")
@org_admin_required
def show_request(request_id: UUID) -> str:
    """A request, with what counts toward its limit now; the mail leads here."""
    try:
        found = requests.find(current_organization().id, request_id)
    except UnknownRequestError:
        abort(404)
    return render_template(
        "limits/request.html",
        asked=RequestLine.of(found.request, found.limit, current_organization().currency),
        line=LimitLine.of(found.limit) if found.limit else None,
    )


@blueprint.post("/requests/<uuid:request_id>/approval")
@org_admin_required
@confirmation_required(Change.SPENDING)
@limiter.limit(OFTEN)
def approve(request_id: UUID) -> Response:
    """Raise the limit as the page said."""
    organization = current_organization()
    try:
        seen = request.form.get("wanted", "")
        with transaction():
            limit = decisions.approve(organization, request_id, current_actor(), seen=seen)
    except UnknownRequestError:
        abort(404)
    except RequestChangedError:
        flash(gettext("The request has changed. Check it before you approve."))
        return redirect(url_for("limits.show_request", request_id=request_id), 303)
    except NotMoreError:
        flash(gettext("The limit already allows that much, so nothing was changed."))
        return redirect(url_for("limits.show_request", request_id=request_id), 303)
    except (AlreadyDecidedError, UnknownLimitError) as error:
        return _tell_decided(error)
    line = LimitLine.of(limit)
    if limit.raised_until:
        said = gettext(
            "%(label)s: the limit is %(amount)s until %(time)s. The person who asked gets an email.",
            label=line.label,
            amount=line.amount,
            time=moment(limit.raised_until),
        )
    else:
        said = gettext(
            "%(label)s: the limit is %(amount)s. The person who asked gets an email.",
            label=line.label,
            amount=line.amount,
        )
    flash(said)
    return redirect(url_for("limits.show"), 303)


@blueprint.post("/requests/<uuid:request_id>/refusal")
@org_admin_required
@limiter.limit(OFTEN)
def refuse(request_id: UUID) -> Response:
    """Leave the limit as it is."""
    try:
        with transaction():
            decisions.refuse(current_organization(), request_id, current_actor())
    except UnknownRequestError:
        abort(404)
    except (AlreadyDecidedError, UnknownLimitError) as error:
        return _tell_decided(error)
    flash(gettext("The request was refused. The person who asked gets an email."))
    return redirect(url_for("limits.show"), 303)


def _tell_decided(error: AlreadyDecidedError | UnknownLimitError) -> Response:
    """Say that it was decided in another tab or by someone else, or that its limit is gone."""
    is_gone = isinstance(error, UnknownLimitError) or error.request.state is RequestState.OBSOLETE
    flash(
        gettext("The limit of this request was removed, so there is nothing to decide.")
        if is_gone
        else gettext("This request was already decided.")
    )
    return redirect(url_for("limits.show"), 303)
