"""In the shell's frame no one signs in or switches the organization: the shell does that. Anyone who comes to such a
page there is led on, or the shell is told that no one is signed in."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.pages.auth.blueprint import blueprint
from app.web.frames import is_framed
from app.web.identity import identity

IN_WINDOWS = frozenset(
    f"auth.{name}"
    for name in (
        "choose_organization",
        "invitation",
        "passkey_challenge",
        "recovery_code",
        "second_factor",
        "second_factor_challenge",
        "set_password",
        "sign_in",
        "sign_in_with_passkey",
        "sign_in_with_provider",
        "sign_out_of_provider",
        "switch_organization",
        "use_passkey",
    )
)
"""What is only for a window of its own."""


@blueprint.before_request
def lead_on_in_frames() -> Response | None:
    """To the overview; without a session, to the page that tells the shell."""
    if request.endpoint not in IN_WINDOWS or not is_framed():
        return None
    if identity() is None:
        return Response(render_template("auth/frame_ended.html"), status=401)
    return redirect(url_for("overview.show"), 303)
