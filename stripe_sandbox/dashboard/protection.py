"""Forms are taken from the stand-in's own pages only: no other site makes things happen here."""

from __future__ import annotations

from flask import abort, request

from stripe_sandbox.dashboard.blueprint import blueprint
from stripe_sandbox.origins import is_own


@blueprint.before_request
def refuse_foreign_forms() -> None:
    if request.method == "POST" and not is_own(request):
        abort(403, "Only forms of this dashboard are accepted. Programs use /_sandbox/.")
