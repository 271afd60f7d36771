"""Asking for more of a limit: for anyone of the organization, also without a billing role. The shell links here."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.billing.limit_settings import requests
from app.billing.limit_settings.drafts import UnknownLimitError
from app.billing.limit_settings.requests import AskedTooOftenError, NotMoreError
from app.billing.limits import LimitStanding, labels
from app.extensions import limiter
from app.language import gettext, marked, translated
from app.models import LimitWindow
from app.pages.actor import current_actor
from app.pages.limits.blueprint import blueprint
from app.pages.limits.forms import MoreForm, earliest_end
from app.pages.limits.routes import find
from app.transaction import transaction
from app.web.formatting import money
from app.web.identity import current_organization, member_required
from app.web.rate_limits import OFTEN
from app.web.text_guard import keeps_typed

_IF_BLANK = {
    LimitWindow.HOUR: marked("If blank, until the end of this hour."),
    LimitWindow.DAY: marked("If blank, until the end of this day."),
    LimitWindow.WEEK: marked("If blank, until the end of this week."),
    LimitWindow.MONTH: marked("If blank, until the end of this month."),
}


@blueprint.get("/<uuid:limit_id>/more")
@member_required
def show_more(limit_id: UUID) -> Response:
    """The limit and the form; nothing else of the organization's billing."""
    return _draw(find(limit_id), MoreForm(None))


@blueprint.post("/<uuid:limit_id>/more")
@member_required
@limiter.limit(OFTEN)
@keeps_typed(MoreForm)
def ask_more(limit_id: UUID) -> Response:
    """Ask the owners, who are emailed."""
    limit, form, organization = find(limit_id), MoreForm(), current_organization()
    if not form.validate_for(organization):
        return _draw(limit, form, status=422)
    try:
        with transaction():
            requests.ask(
                organization,
                limit_id,
                form.wanted,
                current_actor(),
                until=form.ends,
                note=(form.note.data or "").strip(),
            )
    except UnknownLimitError:
        abort(404)
    except NotMoreError:
        form.amount.errors = [
            gettext("Enter more than %(amount)s, which is the limit now.", amount=money(limit.amount))
        ]
        return _draw(limit, form, status=422)
    except AskedTooOftenError:
        form.amount.errors = [gettext("Too many requests for this limit were made today. Talk to an owner.")]
        return _draw(limit, form, status=422)
    amount = labels.amount_per(money(form.wanted), limit.kind)
    flash(gettext("You asked for %(amount)s. The owners were notified by email.", amount=amount))
    return redirect(url_for("limits.show_more", limit_id=limit_id), 303)


def _draw(limit: LimitStanding, form: MoreForm, *, status: int = 200) -> Response:
    page = render_template(
        "limits/more.html",
        form=form,
        limit=limit,
        label=labels.subject_label(limit.subject, limit.name),
        amount=labels.amount_per(money(limit.amount), limit.kind),
        if_blank=translated(_IF_BLANK[limit.kind]),
        earliest=earliest_end(),
    )
    return make_response(page, status)
