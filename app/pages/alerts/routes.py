"""The page about alerts: levels, who is told of them, and the channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing.alerts import choices, settings, views
from app.billing.alerts.choices import ChoicesChangedError
from app.billing.alerts.settings import Wanted
from app.billing.audit import meanwhile
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.extensions import limiter
from app.language import gettext
from app.models import Organization
from app.pages.actor import current_actor
from app.pages.alerts.forms import LevelsForm, listed_choices
from app.pages.alerts.wording import about_labels
from app.transaction import transaction
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import Field, resendable
from app.web.seen import carried
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed

blueprint = Blueprint("alerts", __name__, url_prefix="/billing/wallet/alerts")


@blueprint.get("")
@org_admin_required
def show() -> Response:
    """The levels in a form, who is told of which in another, and the channels."""
    return draw()


def summarize_levels(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The levels as they were typed."""
    form = LevelsForm(typed)
    for name in ("low", "amount_1", "amount_2", "amount_3"):
        value = (form[name].data or "").strip()
        yield Field(name, form[name].data or "", str(form[name].label.text), value)
    yield carried(typed)
    for hours in typed.getlist("hours"):
        said = gettext("Credit may run out within %(hours)s hours", hours=hours)
        yield Field("hours", hours, gettext("Forecast"), said)


@blueprint.post("/levels")
@org_admin_required
@confirmation_required(Change.ALERTS)
@resendable(summarize_levels)
@limiter.limit(OFTEN)
@keeps_typed(LevelsForm)
def save_levels() -> Response:
    """Choose the levels."""
    form = LevelsForm()
    if not form.validate():
        return draw(form, status=422)
    wanted = Wanted(form.low_amount, form.amounts, form.wanted_hours)
    try:
        with transaction():
            changed = settings.set_levels(
                current_organization(), wanted, current_actor(), seen=form.seen.data
            )
    except ChangedMeanwhileError:
        form.seen.data = None
        return draw(form, status=422, others_levels=True)
    flash(
        gettext("The levels are saved. Choose below who gets alerts about new ones.")
        if changed
        else gettext("Nothing was changed.")
    )
    return redirect(url_for("alerts.show", _anchor="who"), 303)


def summarize_choices(organization: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """Who would be told about what."""
    page = views.gather(organization)
    names, labels = {str(one.id): one.name for one in page.channels}, about_labels(page.levels)
    for channel_id in typed.getlist("channel"):
        if channel_id in names:
            yield Field("channel", channel_id, names[channel_id], names[channel_id])
    for name in ("tell", "told"):
        for key in typed.getlist(name):
            channel_id, _, about = key.partition(" ")
            if channel_id in names and about in labels:
                yield Field(name, key, names[channel_id], labels[about] if name == "tell" else "")


@blueprint.post("/choices")
@org_admin_required
@confirmation_required(Change.ALERTS)
@resendable(summarize_choices)
@limiter.limit(OFTEN)
def save_choices() -> Response:
    """Choose who is told about what. Channels that the page did not show stay as they are."""
    wanted, seen = listed_choices(request.form), listed_choices(request.form, "told")
    try:
        with transaction():
            changed = choices.choose(current_organization(), wanted, current_actor(), seen=seen)
    except ChoicesChangedError as error:
        return draw(status=422, typed=wanted, others_choices=error.channels)
    flash(gettext("Your choices are saved.") if changed else gettext("Nothing was changed."))
    return redirect(url_for("alerts.show", _anchor="who"), 303)


def draw(
    form: LevelsForm | None = None,
    *,
    status: int = 200,
    typed: Mapping[UUID, frozenset[str]] | None = None,
    others_levels: bool = False,
    others_choices: Sequence[str] = (),
) -> Response:
    """Render the page, with a form that was refused, or with choices that were `typed`; and what someone else has
    changed meanwhile: the levels, or the choices of channels by these names."""
    page = views.gather(current_organization())
    if form is None:
        form = LevelsForm(None)
        form.show(page.levels)
    if form.seen.data is None:
        form.seen.data = page.version
    labels = about_labels(page.levels)
    org_id = current_organization().id
    context = {
        "page": page,
        "form": form,
        "labels": labels,
        "labels_now": [labels[level.key] for level in page.levels],
        "viewer_id": current_identity().user.id,
        "typed": typed or {},
        "others_levels": others_levels,
        "others_choices": others_choices,
        "changed": meanwhile.find_last(org_id, "alerts.levels_changed") if others_levels else None,
        "choices_changed": meanwhile.find_last(org_id, "alerts.choices_changed") if others_choices else None,
    }
    return make_response(render_template("alerts/show.html", **context), status)
