"""The daily limit: what it is, what is left of it, and changing it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash, make_response, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import StringField

from app.billing.audit import meanwhile
from app.billing.audit.meanwhile import ChangedMeanwhileError
from app.billing.topups import daily_limits, limit_changes
from app.billing.topups.limit_changes import LimitTooHighError
from app.extensions import limiter
from app.language import gettext, lazy_gettext
from app.models import Organization
from app.money import Money
from app.pages.actor import current_actor
from app.pages.amounts import read_amount
from app.pages.wallet.routes import blueprint
from app.transaction import transaction
from app.web.formatting import moment, money
from app.web.identity import current_organization, org_admin_required
from app.web.rate_limits import OFTEN
from app.web.resend import Field, list_fields, resendable
from app.web.seen import SeenField, carried
from app.web.step_up import Change, confirmation_required
from app.web.text_guard import TidyForm, keeps_typed


class DailyLimitForm(TidyForm, FlaskForm):  # type: ignore[misc]
    """The new limit. `wanted` is set once `validate` succeeds; zero stops all top-ups. `seen` is the limit
    that the page showed."""

    limit = StringField(lazy_gettext("New daily limit"))
    seen = SeenField()

    wanted: Money

    def validate(self, extra_validators: object = None) -> bool:
        """Check the amount; the error says what to enter."""
        super().validate(extra_validators)
        wanted = read_amount(self.limit, current_organization().currency)
        if wanted is not None:
            self.wanted = wanted
        return not self.errors


def summarize_limit(_: Organization, typed: MultiDict[str, str]) -> Iterable[Field]:
    """The limit as it was typed."""
    yield from list_fields(typed, limit=gettext("New daily limit"))
    yield carried(typed)


@blueprint.get("/daily-limit")
@org_admin_required
def show_daily_limit() -> Response:
    """The limit, what is left of it, and a form for another one."""
    return _draw(DailyLimitForm(None))


@blueprint.post("/daily-limit")
@org_admin_required
@confirmation_required(Change.LIMIT)
@resendable(summarize_limit)
@limiter.limit(OFTEN)
@keeps_typed(DailyLimitForm)
def change_daily_limit() -> Response:
    """Change the limit: a lower one immediately, a higher one after a while."""
    form = DailyLimitForm()
    if not form.validate():
        return _draw(form, status=422)
    try:
        with transaction():
            now = limit_changes.choose(
                current_organization(), form.wanted, current_actor(), seen=form.seen.data
            )
    except ChangedMeanwhileError:
        form.seen.data = None
        return _draw(form, was_changed=True, status=422)
    except LimitTooHighError as error:
        form.limit.errors = [
            gettext(
                "Enter an amount up to %(most)s. If you need a higher limit, write to support.",
                most=money(error.most),
            )
        ]
        return _draw(form, status=422)
    if now.raised and now.raised_at:
        flash(
            gettext(
                "Your daily top-up limit will be %(raised)s from %(time)s. "
                "Until then it stays %(limit)s. All owners were notified by email.",
                raised=money(now.raised),
                time=moment(now.raised_at),
                limit=money(now.limit),
            )
        )
    else:
        flash(
            gettext(
                "Your daily top-up limit is now %(limit)s. All owners were notified by email.",
                limit=money(now.limit),
            )
        )
    return redirect(url_for("wallet.show_daily_limit"), 303)


def _draw(form: DailyLimitForm, *, was_changed: bool = False, status: int = 200) -> Response:
    org_id = current_organization().id
    usage = daily_limits.gather(org_id)
    if form.seen.data is None:
        form.seen.data = usage.in_force.as_text
    frees_at = usage.settled[0][0] + daily_limits.WINDOW if usage.settled else None
    page = render_template(
        "wallet/daily_limit.html",
        form=form,
        usage=usage,
        frees_at=frees_at,
        was_changed=was_changed,
        changed=meanwhile.find_last(org_id, "daily_limit.changed") if was_changed else None,
    )
    return make_response(page, status)
