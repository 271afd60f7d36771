"""Findings of reconciliation, and acknowledging one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import reconciliation
from app.operators import findings
from app.operators.trail import checked_reason
from app.pages.operator.blueprint import also_command, blueprint, doer, operator_required
from app.pages.operator.forms import ReasonForm
from app.pages.operator.refused_forms import refuse, shown
from app.reconciliation.findings import ChangedFindingError, UnknownFindingError, list_open
from app.transaction import transaction
from app.web.text_guard import keeps_typed

_ID = 255


@blueprint.get("/findings")
@operator_required
@also_command("stripe", "findings")
def show_findings() -> str:
    """What differs from Stripe and needs someone, oldest first; and what someone has acknowledged."""
    object_, found = request.args.get("object", "")[:_ID], list_open()
    return render_template(
        "operator/findings.html",
        form=shown(ReasonForm),
        left=[one for one in found if not one.is_accepted],
        acknowledged=[one for one in found if one.is_accepted],
        chosen=next((one for one in found if one.object == object_ and not one.is_accepted), None),
        object_=object_,
        run=reconciliation.newest(),
    )


@blueprint.post("/findings/acknowledge")
@operator_required
@also_command("stripe", "accept")
@keeps_typed(ReasonForm)
def acknowledge_finding() -> Response:
    """Acknowledge a finding: no one is emailed about it again, unless something else is found."""
    form, object_ = ReasonForm(), request.form.get("object", "")[:_ID]
    page = url_for("operator.show_findings", object=object_)
    if not form.validate():
        return refuse(form, page)
    try:
        with transaction():
            found = findings.acknowledge(
                object_,
                doer(),
                checked_reason(form.reason.data),
                seal=request.form.get("seal", ""),
            )
    except UnknownFindingError:
        form.reason.errors = ["It isn't open any more."]
        return refuse(form, page)
    except ChangedFindingError:
        form.reason.errors = [
            "It has changed since you opened it, or someone has acknowledged it. Read it again."
        ]
        return refuse(form, page)
    flash(f"Acknowledged: {found.object}.")
    return redirect(url_for("operator.show_findings"), 303)
