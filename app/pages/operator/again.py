"""Sending an email or a message to the platform once more."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.billing.mail import outbox
from app.models import Mail, Organization, PlatformMessage
from app.operators import again
from app.operators.again import NothingToResendError
from app.operators.trail import checked_reason
from app.pages.operator.blueprint import also_command, blueprint, doer, operator_required
from app.pages.operator.forms import ReasonForm
from app.pages.operator.organizations import in_view
from app.pages.operator.refused_forms import refuse, shown
from app.transaction import transaction
from app.web.text_guard import keeps_typed


@blueprint.route("/organizations/<uuid:org_id>/emails/<uuid:mail_id>", methods=["GET", "POST"])
@operator_required
@also_command("mail", "retry")
@keeps_typed(ReasonForm)
def resend_email(org_id: UUID, mail_id: UUID) -> str | Response:
    """Who has an email and who doesn't; send it again to those. Its text is not shown: it may have a link that lets
    someone in."""
    organization, page = in_view(org_id), request.path
    mail = again.find_email(mail_id)
    if mail is None:
        abort(404)
    if request.method != "POST":
        return _email_page(organization, mail, shown(ReasonForm))
    form = ReasonForm()
    if not form.validate():
        return refuse(form, page)
    try:
        with transaction():
            again.resend_email(mail, doer(), checked_reason(form.reason.data))
    except NothingToResendError:
        form.reason.errors = ["Nothing to send: every recipient has it, or it waits for its next try."]
        return refuse(form, page)
    flash("The email will be sent again.")
    return redirect(url_for("operator.show", org_id=org_id), 303)


@blueprint.route("/organizations/<uuid:org_id>/messages/<uuid:message_id>", methods=["GET", "POST"])
@operator_required
@also_command("platform", "replay")
@keeps_typed(ReasonForm)
def replay_message(org_id: UUID, message_id: UUID) -> str | Response:
    """What a message says; deliver it to the platform again."""
    organization, page = in_view(org_id), request.path
    message = again.find_message(message_id)
    if message is None:
        abort(404)
    if request.method != "POST":
        return _message_page(organization, message, shown(ReasonForm))
    form = ReasonForm()
    if not form.validate():
        return refuse(form, page)
    with transaction():
        result = again.replay_message(message, doer(), checked_reason(form.reason.data))
    if not result.queued:
        form.reason.errors = [
            "Not sent: the platform has a newer state, or will get it."
            if result.outdated
            else "Not sent: it went to no endpoint that is still in use."
        ]
        return refuse(form, page)
    flash("The message will be sent again.")
    return redirect(url_for("operator.show", org_id=org_id), 303)


def _email_page(organization: Organization, mail: Mail, form: ReasonForm) -> str:
    return render_template(
        "operator/email.html",
        organization=organization,
        mail=mail,
        recipients=outbox.recipients(mail),
        form=form,
        can_resend=again.can_resend(mail),
    )


def _message_page(organization: Organization, message: PlatformMessage, form: ReasonForm) -> str:
    return render_template("operator/message.html", organization=organization, message=message, form=form)
