"""Who is signed in to the portal. It takes everyone's word for who they are; a real one asks for more."""

from __future__ import annotations

import re
import time

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from shell_demo.people import Person

blueprint = Blueprint("sign_in", __name__)

_OURS = re.compile(r"/(?!/)[\w/?&=.%-]*", re.ASCII)
"""Addresses of this portal: no other host, however a browser may read it."""


def who() -> Person | None:
    """The person of this browser's session."""
    people: dict[str, Person] = current_app.config["PEOPLE"]
    return people.get(session.get("person", ""))


def signed_in_at() -> int:
    """When they signed in, in seconds since 1970."""
    return int(session["signed_in_at"])


@blueprint.get("/sign-in")
def choose() -> str:
    """Everyone who can sign in."""
    return render_template("sign_in.html", people=current_app.config["PEOPLE"].values())


@blueprint.post("/sign-in")
def begin() -> Response:
    """Begin a session, and go where the person was going."""
    person = current_app.config["PEOPLE"].get(request.form.get("person", ""))
    if person is None:
        abort(404)
    session.clear()
    session.update(person=person.id, signed_in_at=int(time.time()))
    wanted = request.form.get("next", "")
    return redirect(wanted if _OURS.fullmatch(wanted) else url_for("screens.campaigns"), 303)


@blueprint.post("/sign-in/again")
def confirm() -> tuple[str, int]:
    """The person has proved again who they are. A real portal asks for a password or a passkey here."""
    if who() is None:
        abort(401)
    session["signed_in_at"] = int(time.time())
    return "", 204


@blueprint.post("/sign-out")
def end() -> Response:
    """End the session. `static/sign_out.js` has ended billing's before."""
    session.clear()
    return redirect(url_for("sign_in.choose"), 303)
