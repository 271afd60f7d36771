"""Asks again who it is, before what a stolen session must not do ("Confirm it's you").

A view says why with `@confirmation_required(Change.CARDS)`. Where the person hasn't confirmed recently, nothing is
done:

- a link leads to the page that asks, and from there on to where it was going;
- a form is carried through that page, shown again with all that would be sent, and sent by the person;
- an open page asks beside the form, which stays as it is, and sends it once that is done (`static/js/confirm.js`).

`tests/web/test_step_up.py` lists every route that changes something: it is marked, or it says there why not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

import structlog
from flask import Flask, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.language import gettext, marked, translated
from app.people import confirmation
from app.web import carried, error_pages, errors
from app.web.identity import current_identity
from app.web.marks import page_behind
from app.web.origins import SAFE
from app.web.parts import wants_region

log = structlog.get_logger("billing.web")

P = ParamSpec("P")
R = TypeVar("R")


class Change(StrEnum):
    """What is asked about, in words for the log; `asks` is for people."""

    CARDS = "change your payment methods"
    RECIPIENTS = "change who gets billing emails"
    LIMIT = "change the daily top-up limit"
    SPENDING = "change what may be spent"
    ALERTS = "change who gets credit alerts"
    BRAKE = "let automatic top-ups continue"
    TOP_UP = "pay this top-up"
    AUTO_TOP_UP = "change auto top-up"
    PLAN = "pay for this plan"
    PEOPLE = "change who has access"
    SECURITY = "change security settings"
    FACTORS = "change your second factor"
    SIGN_IN = "change how you sign in"

    @property
    def asks(self) -> str:
        """`Confirm it's you to change auto top-up.`, in the reader's language."""
        return translated(_ASKS[self])


_ASKS = {
    Change.CARDS: marked("Confirm it's you to change your payment methods."),
    Change.RECIPIENTS: marked("Confirm it's you to change who gets billing emails."),
    Change.LIMIT: marked("Confirm it's you to change the daily top-up limit."),
    Change.SPENDING: marked("Confirm it's you to change what may be spent."),
    Change.ALERTS: marked("Confirm it's you to change who gets credit alerts."),
    Change.BRAKE: marked("Confirm it's you to let automatic top-ups continue."),
    Change.TOP_UP: marked("Confirm it's you to pay this top-up."),
    Change.AUTO_TOP_UP: marked("Confirm it's you to change auto top-up."),
    Change.PLAN: marked("Confirm it's you to pay for this plan."),
    Change.PEOPLE: marked("Confirm it's you to change who has access."),
    Change.SECURITY: marked("Confirm it's you to change security settings."),
    Change.FACTORS: marked("Confirm it's you to change your second factor."),
    Change.SIGN_IN: marked("Confirm it's you to change how you sign in."),
}
WAYS_IN = frozenset({Change.FACTORS, Change.SIGN_IN})
"""What may add a way into the account, with all that it opens."""


class OwnSignInNeededError(Exception):
    """The shell signed the person in, for one organization, and their account opens others. Nothing was done."""


class ConfirmationNeededError(Exception):
    """The person has to confirm first. Nothing was done."""

    def __init__(self, change: Change) -> None:
        super().__init__(change.value)
        self.change = change


def init_app(app: Flask) -> None:
    """Respond by asking."""
    app.register_error_handler(ConfirmationNeededError, errors.or_otherwise(_ask))
    app.register_error_handler(OwnSignInNeededError, errors.or_otherwise(_send_to_own_sign_in))


def confirmation_required(
    change: Change, *, when: Callable[..., bool] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Serve the view only to someone who has confirmed recently; with `when`, only where that says so.

    Behind `org_admin_required`, or another guard that identifies the person.
    """

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if change in WAYS_IN and not confirmation.may_add_way_in(current_identity()):
                raise OwnSignInNeededError
            if not is_confirmed() and (when is None or when(*args, **kwargs)):
                raise ConfirmationNeededError(change)
            return view(*args, **kwargs)

        guarded.confirms = change  # type: ignore[attr-defined]
        return guarded

    return mark


def is_confirmed() -> bool:
    """Whether the signed-in person has confirmed recently enough for the organization in view."""
    who = current_identity()
    within = timedelta(minutes=current_app.config["SETTINGS"].step_up_minutes)
    return confirmation.is_recent(who.confirmed_at, who.organization, within)


def _send_to_own_sign_in(_: OwnSignInNeededError) -> AnyResponse:
    log.warning("way_in_refused", endpoint=request.endpoint)
    return error_pages.page(
        403,
        title=gettext("Sign in to your own account first"),
        message=gettext(
            "Voice Portal signed you in to one organization, and your account opens others, too. Nothing was changed."
        ),
        next_step=gettext(
            "Open billing in a tab of its own. “Forgot password?” on its sign-in page emails you a link."
        ),
    )


def _ask(error: ConfirmationNeededError) -> AnyResponse:
    log.info("confirmation_needed", endpoint=request.endpoint)
    why = error.change.name.lower()
    if wants_region():
        context = form_context(error.change, next_=carried.open_page())
        return make_response(render_template("auth/_confirm.html", **context), 403)
    if request.method in SAFE:
        return redirect(url_for("auth.confirm", next=request.full_path.rstrip("?"), why=why), 303)
    kept = carried.typed()
    context = form_context(error.change, next_=page_behind(request.path), form=request.path)
    fields = [(f"{carried.TYPED}{name}", value) for name, value in kept.items(multi=True)]
    return make_response(render_template("auth/confirm.html", **context | {"fields": fields}), 403)


def form_context(
    change: Change | None, *, next_: str = "", form: str = "", problem: str = "", tried: str = ""
) -> dict[str, object]:
    """What the form's template needs. `form` is the path of a stopped form, `next_` where it goes on; `problem` is
    what was wrong with the method `tried`."""
    methods = confirmation.methods_of(current_identity().user)
    is_available = any(method.key == tried for method in methods)
    return {
        "change": change,
        "why": change.name.lower() if change else "",
        "methods": methods,
        "next": next_,
        "form": form,
        "is_beside": bool(form) or wants_region(),
        "fields": [],
        "problems": {tried: problem} if is_available else {},
        "problem": "" if is_available else problem,
    }
