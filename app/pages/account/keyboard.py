"""`/account/keyboard`: one's own keyboard shortcuts: other keys, or none. They are kept with the account."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.language import gettext, translated
from app.models import User
from app.pages.account.blueprint import blueprint
from app.pages.destinations import DESTINATIONS, USUAL_KEYS
from app.people import shortcuts
from app.people.shortcuts import KeysError
from app.text import tidied
from app.transaction import transaction
from app.web.identity import current_identity, person_required
from app.web.parts import wants_region

_NAMES = {one.action: one.title for one in DESTINATIONS}


class KeysForm(FlaskForm):  # type: ignore[misc]
    """The keys by action, as they are stored or were typed. `problems` are by field, as `keys_wallet`."""

    def __init__(self, person: User, typed: MultiDict[str, str] | None = None) -> None:
        super().__init__(formdata=None)
        stored = shortcuts.keys_of(person, USUAL_KEYS)
        self.typed = {
            action: keys if typed is None else tidied(typed.get(f"keys_{action}", keys))[:20]
            for action, keys in stored.items()
        }
        self.is_off = person.shortcuts_off if typed is None else "on" not in typed
        self.problems: dict[str, list[str]] = {}
        self.keys: dict[str, str] = {}
        self._stored = stored

    @property
    def errors(self) -> dict[str, list[str]]:
        return self.problems

    def check(self) -> bool:
        """Read what was typed. What was changed gives way to what wasn't, so that the error is where someone is."""
        for action in sorted(self.typed, key=self._is_changed):
            try:
                self.keys[action] = shortcuts.parse(self.typed[action])
            except KeysError as error:
                self.problems[f"keys_{action}"] = [
                    # Translators: the name of an action, and what is wrong with its keys
                    gettext("%(name)s: %(problem)s", name=translated(_NAMES[action]), problem=error)
                ]
        for action, other in shortcuts.find_collisions(self.keys).items():
            mine, its = self.keys[action], self.keys[other]
            named = {"name": translated(_NAMES[action]), "other": translated(_NAMES[other])}
            if mine == its:
                problem = gettext(
                    "%(name)s: %(keys)s is already the shortcut for %(other)s. Choose another.",
                    keys=mine,
                    **named,
                )
            else:
                problem = gettext(
                    "%(name)s: %(keys)s can't be told apart from %(others_keys)s, the shortcut for %(other)s. "
                    "Choose another.",
                    keys=mine,
                    others_keys=its,
                    **named,
                )
            self.problems[f"keys_{action}"] = [problem]
        return not self.problems

    def _is_changed(self, action: str) -> bool:
        return self.typed[action] != self._stored[action]


@blueprint.get("/keyboard")
@person_required
def show_keyboard() -> str:
    """The form with each action's keys."""
    return _draw(KeysForm(current_identity().user))


@blueprint.post("/keyboard")
@person_required
def save_keyboard() -> Response | tuple[str, int]:
    """Save one's keys, or return to the usual ones (`reset`)."""
    person = current_identity().user
    if "reset" in request.form:
        with transaction():
            shortcuts.save(person, USUAL_KEYS, USUAL_KEYS, off=False)
        flash(gettext("Your keyboard shortcuts are the usual ones again."))
        return redirect(url_for("account.show_keyboard"), 303)
    form = KeysForm(person, request.form)
    if not form.check():
        return _draw(form), 422
    with transaction():
        shortcuts.save(person, form.keys, USUAL_KEYS, off=form.is_off)
    flash(
        gettext("Keyboard shortcuts are off.")
        if form.is_off
        else gettext("Your keyboard shortcuts are saved.")
    )
    return redirect(url_for("account.show_keyboard"), 303)


@blueprint.get("/shortcuts")
@person_required
def list_shortcuts() -> Response | str:
    """The list of one's keys, which an open page shows over itself."""
    if not wants_region():
        return redirect(url_for("account.show_keyboard"), 303)
    return render_template("account/shortcuts.html")


@blueprint.post("/keyboard/off")
@person_required
def turn_keyboard_off() -> Response:
    """Turn all of them off, from their list on any page."""
    person = current_identity().user
    with transaction():
        shortcuts.save(person, shortcuts.keys_of(person, USUAL_KEYS), USUAL_KEYS, off=True)
    flash(gettext("Keyboard shortcuts are off. Turn them on again in your account."))
    if wants_region():
        return make_response(render_template("account/keyboard_off.html"))
    return redirect(url_for("account.show_keyboard"), 303)


def _draw(form: KeysForm) -> str:
    rows = [(one, form.typed[one.action], f"keys_{one.action}") for one in DESTINATIONS]
    return render_template("account/keyboard.html", form=form, rows=rows, usual=USUAL_KEYS)
