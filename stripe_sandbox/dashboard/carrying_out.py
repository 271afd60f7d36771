"""Carrying out a form, or saying on the same page why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from stripe_sandbox.dashboard.forms import FormError
from stripe_sandbox.dashboard.objects import draw
from stripe_sandbox.dashboard.pages import done
from stripe_sandbox.dashboard.sections import BY_KIND
from stripe_sandbox.errors import ApiError


def carry_out(body: dict[str, Any], said: str, work: Callable[[], object]) -> Response:
    """Do the work of a form on the page of `body`, and lead back to that page."""
    try:
        work()
    except FormError as error:
        return draw(body, wrong=str(error), typed=request.form, status=400)
    except ApiError as error:
        return draw(body, wrong=str(error), typed=request.form, status=error.status)
    return done(said, "dashboard.show_object", slug=BY_KIND[body["object"]].slug, id_=body["id"])
