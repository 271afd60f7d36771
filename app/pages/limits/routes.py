"""`/billing/wallet/limits`: spending limits, added, changed and removed by owners."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.activity import usage_names
from app.billing.audit import Action, meanwhile
from app.billing.limit_settings import previews, settings
from app.billing.limit_settings.drafts import (
    Draft,
    LimitChangedError,
    LimitExistsError,
    TooManyLimitsError,
    UnknownLimitError,
)
from app.billing.limit_settings.previews import Effect
from app.billing.limits import LimitStanding, labels, standing
from app.clock import utc_now
from app.extensions import limiter
from app.language import gettext
from app.pages.actor import current_actor
from app.pages.limits import view, wording
from app.pages.limits.blueprint import blueprint
from app.pages.limits.forms import (
    LimitForm,
    NewLimitForm,
    earliest_end,
    kinds,
    summarize_limit,
    summarize_new,
)
from app.pages.limits.wording import LimitLine
from app.pages.tags import tag_of
from app.transaction import transaction
from app.web.identity import current_identity, current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import resendable
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import keeps_typed


@blueprint.get("")
@org_admin_required
def show() -> str:
    """All limits with what counts toward them, requests for more, and destinations."""
    page = view.gather(current_organization())
    tag = tag_of(current_identity().wallet_version or 0, page.turns_at)
    return render_template("limits/show.html", page=page, ptag=tag)


@blueprint.get("/new")
@org_admin_required
def new() -> Response:
    """The form for another limit, filled from the address."""
    return _draw_new(NewLimitForm(request.args))


@blueprint.post("")
@org_admin_required
@resendable(summarize_new)
@limiter.limit(OFTEN)
@keeps_typed(NewLimitForm)
def add() -> Response:
    """Add a limit; one that would stop something now asks first."""
    form = NewLimitForm()
    form.offer()
    if not form.validate():
        return _draw_new(form, status=422)
    organization = current_organization()
    effect = previews.find(organization, form.draft)
    if effect.stops_now and not form.sure.data:
        return _review(form.draft, effect, form, url_for("limits.add"), url_for("limits.new"))
    try:
        with transaction():
            made = settings.put(organization, form.draft, current_actor())
    except LimitExistsError as error:
        return redirect(_tell_twin(error), 303)
    except TooManyLimitsError:
        form.applies_to.errors = [
            gettext("An organization has at most %(most)s limits. Remove one first.", most=settings.MOST)
        ]
        return _draw_new(form, status=422)
    return _saved(made, effect)


@blueprint.get("/<uuid:limit_id>")
@org_admin_required
def show_limit(limit_id: UUID) -> Response:
    """One limit, with the form to change it."""
    limit = find(limit_id)
    return _draw(limit, LimitForm.of(limit))


@blueprint.post("/<uuid:limit_id>")
@org_admin_required
@confirmation_required(Change.SPENDING)
@resendable(summarize_limit)
@limiter.limit(OFTEN)
@keeps_typed(LimitForm)
def change(limit_id: UUID) -> Response:
    """Change a limit; what would stop something now asks first."""
    limit, form, organization = find(limit_id), LimitForm(), current_organization()
    if not form.validate_for(limit):
        return _draw(limit, form, status=422)
    effect = previews.find(organization, form.draft, limit_id)
    if effect.stops_now and not form.sure.data:
        here = url_for("limits.show_limit", limit_id=limit_id)
        return _review(form.draft, effect, form, url_for("limits.change", limit_id=limit_id), here)
    try:
        with transaction():
            changed = settings.put(
                organization, form.draft, current_actor(), limit_id=limit_id, seen=form.version
            )
    except LimitChangedError:
        now = find(limit_id)
        form.seen.data = str(now.version)
        return _draw(now, form, was_changed=True, status=422)
    except LimitExistsError as error:
        return redirect(_tell_twin(error), 303)
    return _saved(changed, effect)


@blueprint.post("/<uuid:limit_id>/removal")
@org_admin_required
@confirmation_required(Change.SPENDING)
@limiter.limit(OFTEN)
def remove(limit_id: UUID) -> Response:
    """Remove a limit: nothing is stopped or told by it any more."""
    try:
        with transaction():
            settings.remove(current_organization(), limit_id, current_actor())
    except UnknownLimitError:
        flash(gettext("That limit was already removed."))
    else:
        flash(gettext("The limit was removed."))
    return redirect(url_for("limits.show"), 303)


def find(limit_id: UUID) -> LimitStanding:
    """The limit in the address, as it stands; 404 if there is none."""
    found = standing.find(current_organization().id, limit_id, utc_now())
    if found is None:
        abort(404)
    return found


def _tell_twin(error: LimitExistsError) -> str:
    """Say that there is such a limit, and where it is."""
    flash(gettext("There is already a limit for this, which you can change here."))
    return url_for("limits.show_limit", limit_id=error.known)


def _saved(limit: LimitStanding, effect: Effect) -> Response:
    flash(wording.saved(LimitLine.of(limit), effect))
    return redirect(url_for("limits.show"), 303)


def _draw_new(form: NewLimitForm, *, status: int = 200) -> Response:
    form.offer()
    names = usage_names.gather(current_organization())
    return make_response(render_template("limits/new.html", form=form, kinds=kinds(), names=names), status)


def _draw(limit: LimitStanding, form: LimitForm, *, was_changed: bool = False, status: int = 200) -> Response:
    line, change = LimitLine.of(limit), None
    if was_changed:
        actions: tuple[Action, ...] = ("limit.changed", "limit.more_approved")
        change = meanwhile.find_last(
            current_organization().id, *actions, subject=labels.stored_label(limit.subject, limit.name)
        )
    page = render_template(
        "limits/limit.html",
        form=form,
        kinds=kinds(),
        line=line,
        earliest=earliest_end(),
        was_changed=was_changed,
        changed=change,
    )
    return make_response(page, status)


def _review(draft: Draft, effect: Effect, form: NewLimitForm | LimitForm, action: str, back: str) -> Response:
    """Ask before something stops: nothing is changed yet."""
    fields = [(one.name, str(one.data or "")) for one in form if one.name not in {"csrf_token", "sure"}]
    page = render_template(
        "limits/review.html",
        says=wording.stops_now(draft, effect),
        finishing=wording.in_progress(effect),
        stopped=wording.stopped(draft),
        fields=fields,
        action=action,
        back=back,
    )
    return make_response(page, 422)
