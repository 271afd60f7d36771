"""Lets pages of other origins call what stripe.js calls, as api.stripe.com does: from anywhere, without cookies."""

from __future__ import annotations

from flask import Response, request

from stripe_sandbox.browser.blueprint import blueprint


def _is_called_by_pages() -> bool:
    return request.path.startswith(("/v1/", "/_sandbox/challenges/"))


@blueprint.before_app_request
def answer_preflight() -> Response | None:
    """Answer a browser's question whether it may send the key."""
    if request.method != "OPTIONS" or not _is_called_by_pages():
        return None
    answer = Response(status=204)
    answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
    answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    answer.headers["Access-Control-Max-Age"] = "300"
    return answer


@blueprint.after_app_request
def allow(response: Response) -> Response:
    if _is_called_by_pages():
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
