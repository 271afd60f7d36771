"""Recovery codes: shown once, in the answer that makes them."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.models import User
from app.pages.actor import current_actor
from app.pages.factors.blueprint import blueprint
from app.people.factors import changes, recovery_codes, status
from app.transaction import transaction
from app.web.identity import current_identity, person_required
from app.web.step_up import Change, confirmation_required


@blueprint.post("/recovery-codes")
@person_required
@confirmation_required(Change.FACTORS)
def make_codes() -> str | Response:
    """Make new recovery codes in place of those before, and show them."""
    user = current_identity().user
    if not status.has_any(user.id):
        return redirect(url_for("factors.show"))
    with transaction():
        codes = new_codes(user)
    return page(codes)


def new_codes(user: User) -> list[str]:
    """New codes, recorded. In the caller's transaction."""
    codes = recovery_codes.make(user.id)
    changes.record(user, current_actor(), "codes_made")
    return codes


def first_codes(user: User) -> list[str]:
    """New codes if none are left: with the first factor. In the caller's transaction."""
    return [] if recovery_codes.count_left(user.id) else new_codes(user)


def page(codes: list[str]) -> str:
    """The page that shows codes once, and offers them as a file."""
    return render_template("factors/codes.html", codes=codes, user=current_identity().user)
