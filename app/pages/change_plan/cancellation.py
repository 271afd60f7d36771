"""Cancel a plan whose renewal is not paid: what is lost, then the cancellation."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.billing import catalog, plans
from app.billing.plans import losses as plan_losses
from app.billing.plans.terms import FREE_PLAN
from app.billing.subscriptions import cancellation
from app.billing.subscriptions.renewals import NothingToPayError
from app.extensions import db, limiter
from app.language import gettext, translated
from app.pages.actor import current_actor
from app.pages.change_plan.routes import blueprint
from app.payments.errors import PaymentsError, RefusedError
from app.web.identity import current_organization, org_admin_required
from app.web.payment_problems import problem
from app.web.rate_limits import OFTEN


@blueprint.get("/billing/renewal/cancellation")
@org_admin_required
def review_cancellation() -> str | Response:
    """Show what is lost by canceling, and what is no longer charged."""
    organization = current_organization()
    plan = plans.gather(organization)
    if not plan.is_past_due:
        return redirect(url_for("change_plan.show_renewal"), 303)
    free = catalog.current().plan(FREE_PLAN)
    losses = plan_losses.find_losses(organization, plan.in_force, free)
    return render_template(
        "change_plan/cancellation.html",
        plan=plan,
        free=free,
        switch={"losses": losses, "on": organization.local_day(), "plan": free},
    )


@blueprint.post("/billing/renewal/cancellation")
@org_admin_required
@limiter.limit(OFTEN)
def cancel_plan() -> Response:
    """Cancel the plan now: once, however often this is sent, and never after it was paid."""
    organization = current_organization()
    name = translated(plans.gather(organization).name)
    try:
        cancellation.cancel(organization, current_actor())
    except NothingToPayError:
        db.session.rollback()
        return redirect(url_for("change_plan.show_renewal"), 303)
    except PaymentsError as error:
        db.session.rollback()
        found = problem(error, gettext("%(plan)s isn't canceled yet", plan=name))
        later = gettext(
            "%(plan)s will be canceled as soon as it can be, unless the renewal is paid first.", plan=name
        )
        flash(str(found) if isinstance(error, RefusedError) else f"{found.message} {later}")
        return redirect(url_for("change_plan.show_renewal"), 303)
    flash(
        gettext(
            "%(plan)s is canceled, and its renewal won't be charged. You're now on %(free)s.",
            plan=name,
            free=translated(plans.gather(organization).name),
        )
    )
    return redirect(url_for("change_plan.show"), 303)
