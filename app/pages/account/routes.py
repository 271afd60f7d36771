"""`/account`: the person's own details."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.language import gettext
from app.pages.account import view
from app.pages.account.blueprint import blueprint
from app.pages.account.forms import DetailsForm
from app.pages.actor import current_actor
from app.people import accounts
from app.transaction import transaction
from app.web import languages
from app.web.identity import current_identity, person_required
from app.web.text_guard import keeps_typed


@blueprint.get("")
@person_required
def show() -> str:
    """The whole page."""
    return view.page()


@blueprint.post("/details")
@person_required
@keeps_typed(DetailsForm)
def save_details() -> Response | tuple[str, int]:
    """Change one's name and language."""
    person = current_identity().user
    form = DetailsForm.of(person, sent=True)
    if not form.validate():
        return view.page(details=form), 422
    with transaction():
        accounts.change_details(
            person, name=form.name.data or "", language=form.language.data or None, actor=current_actor()
        )
    # The page that follows is in the new language, and so is what it says of this.
    languages.forget_viewer()
    flash(gettext("Your details are saved."))
    return redirect(url_for("account.show"))
