"""Granting credit: filled in, reviewed, and granted once, with a code that is minutes old at most."""

from __future__ import annotations

import secrets
from datetime import date
from uuid import UUID

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.billing.credit import grants
from app.billing.credit.grants import Grant, GrantError, UsedKeyError
from app.billing.wallet.ledger import TooFarError
from app.models import LotKind, Organization
from app.money import Money, MoneyError
from app.operators import credit, sign_ins
from app.operators.credit import CapError, NotAllowedError
from app.operators.sessions import SignedIn
from app.operators.trail import ReasonError, checked_reason
from app.pages.operator import reviewed
from app.pages.operator.blueprint import also_command, blueprint, current, doer, finance_required
from app.pages.operator.forms import KINDS, CreditForm, GrantForm
from app.pages.operator.organizations import in_view
from app.pages.operator.refused_forms import refuse, shown
from app.pages.operator.sign_in import account_of
from app.transaction import transaction
from app.web import attempts
from app.web.attempts import Kind, TooManyAttemptsError
from app.web.text_guard import keeps_typed

WRONG_CODE = "This code is wrong, or was already used. Wait for the next one."
OVER = "The review was open for too long, or isn't yours. Nothing was granted. Fill it in again."


@blueprint.get("/organizations/<uuid:org_id>/credit")
@finance_required
@also_command("credit", "grant")
def new_credit(org_id: UUID) -> str:
    """Ask how much, of which kind, and why."""
    organization = in_view(org_id)
    cap = _cap(organization)
    return render_template(
        "operator/credit.html",
        organization=organization,
        form=shown(CreditForm, key=_new_key()),
        kinds=KINDS,
        cap=cap,
        left=credit.left_today(current().operator, cap),
        today=organization.local_day(),
    )


@blueprint.post("/organizations/<uuid:org_id>/credit")
@finance_required
@also_command("credit", "grant")
@keeps_typed(CreditForm)
def fill_in_credit(org_id: UUID) -> Response:
    """Lead to the review of what would be granted. Nothing is granted yet."""
    organization, form = in_view(org_id), CreditForm()
    wanted = _read(organization, form) if form.validate() else None
    if wanted is None:
        return _refused(organization, form)
    left = credit.left_today(current().operator, _cap(organization))
    if wanted.amount.micro > left.micro:
        form.amount.errors = [str(CapError(_cap(organization), left))]
        return _refused(organization, form)
    return redirect(_review_at(organization, reviewed.seal(current().operator, organization, form)), 303)


@blueprint.get("/organizations/<uuid:org_id>/credit/review")
@finance_required
@also_command("credit", "grant")
def review_credit(org_id: UUID) -> str | Response:
    """Say what would be granted."""
    organization = in_view(org_id)
    sealed = request.args.get("grant", "")
    filled = _unsealed(organization, sealed)
    if filled is None:
        return _is_over(organization)
    wanted = _read(organization, filled)
    if wanted is None:
        return _refused(organization, filled)
    return render_template(
        "operator/credit_review.html",
        organization=organization,
        form=shown(GrantForm, grant=sealed),
        grant=wanted,
        asks_for_code=not current().is_confirmed,
    )


@blueprint.post("/organizations/<uuid:org_id>/credit/grant")
@finance_required
@also_command("credit", "grant")
@keeps_typed(GrantForm)
def grant_credit(org_id: UUID) -> Response:
    """Grant it: once, however often the button is pressed."""
    organization, form, who = in_view(org_id), GrantForm(), current()
    filled = _unsealed(organization, form.grant.data or "")
    if filled is None:
        return _is_over(organization)
    wanted = _read(organization, filled)
    if wanted is None:
        return _refused(organization, filled)
    if not form.validate() or not (who.is_confirmed or _is_proved(who, form)):
        return refuse(form, _review_at(organization, form.grant.data or ""))
    try:
        with transaction():
            is_new = credit.grant(organization, wanted, doer(), cap=_cap(organization))
    except NotAllowedError:
        abort(403)
    except UsedKeyError:
        filled.key.data = _new_key()
        filled.amount.errors = [
            "This form has granted other credit already. Review it again to grant this, too."
        ]
        return _refused(organization, filled)
    except (CapError, GrantError, TooFarError) as error:
        filled.amount.errors = [str(error)]
        return _refused(organization, filled)
    flash(
        f"{wanted.amount} of {wanted.kind.value} credit granted. Owners are notified by email."
        if is_new
        else "It was already granted: nothing changed."
    )
    return redirect(url_for("operator.show", org_id=org_id), 303)


def _is_proved(who: SignedIn, form: GrantForm) -> bool:
    """Whether the form has a code of theirs; the form says what is wrong with it."""
    try:
        attempt = attempts.begin(Kind.OPERATOR, account_of(who.operator.email), browser=who.token)
    except TooManyAttemptsError as refused:
        form.code.errors = [str(refused)]
        return False
    with transaction():
        is_proved = sign_ins.confirm(who, form.code.data or "", address=request.remote_addr)
    if is_proved:
        attempt.succeeded()
    else:
        form.code.errors = [WRONG_CODE]
    return is_proved


def _unsealed(organization: Organization, sealed: str) -> CreditForm | None:
    """What was filled in before a review, which may be open for hours: a day may be over by now."""
    filled = reviewed.unseal(current().operator, organization, sealed)
    return CreditForm(formdata=MultiDict(filled), meta={"csrf": False}) if filled is not None else None


def _read(organization: Organization, form: CreditForm) -> Grant | None:
    """What the form asks for; None if it can't be, which its fields say."""
    try:
        amount = Money.parse(form.amount.data or "", organization.currency)
    except MoneyError as error:
        form.amount.errors = [str(error)]
        return None
    kind, day = LotKind(form.kind.data), form.last_day.data
    if amount.micro <= 0:
        form.amount.errors = ["Enter an amount above zero."]
    elif kind is LotKind.PROMOTIONAL and day is None:
        form.last_day.errors = ["Promotional credit expires: choose its last day."]
    elif day is not None and day < organization.local_day():
        form.last_day.errors = ["Choose today or a later day."]
    elif day is not None and day > grants.furthest_day(organization):
        form.last_day.errors = ["Choose a day within fifty years."]
    else:
        return _grant(form, kind, amount, day)
    return None


def _grant(form: CreditForm, kind: LotKind, amount: Money, day: date | None) -> Grant | None:
    try:
        note = checked_reason(form.reason.data or "")
    except ReasonError as error:
        form.reason.errors = [str(error)]
        return None
    return Grant(kind, amount, note, form.key.data or "", day)


def _new_key() -> str:
    return f"console-{secrets.token_hex(16)}"


def _cap(organization: Organization) -> Money:
    whole: int = current_app.config["SETTINGS"].operator_credit_a_day
    return Money(whole * 1_000_000, organization.currency)


def _review_at(organization: Organization, sealed: str) -> str:
    return url_for("operator.review_credit", org_id=organization.id, grant=sealed)


def _refused(organization: Organization, form: CreditForm) -> Response:
    return refuse(form, url_for("operator.new_credit", org_id=organization.id))


def _is_over(organization: Organization) -> Response:
    flash(OVER)
    return redirect(url_for("operator.new_credit", org_id=organization.id), 303)
