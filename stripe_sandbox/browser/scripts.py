"""The addresses of stripe.js, under every release name that Stripe gives it, and of our own frames' files."""

from __future__ import annotations

from flask import Response, abort

from stripe_sandbox.browser import assets
from stripe_sandbox.browser.blueprint import blueprint


@blueprint.get("/v3/")
@blueprint.get("/<release>/stripe.js")
def stripe_js(release: str = "v3") -> Response:
    """Stripe.js by release (https://docs.stripe.com/sdks/stripejs-versioning); all of them are the same here."""
    if not release.isalnum():
        abort(404)
    return assets.script("stripe")


@blueprint.get("/_sandbox/assets/<name>.js")
def script(name: str) -> Response:
    if name not in assets.SCRIPTS:
        abort(404)
    return assets.script(name)


@blueprint.get("/_sandbox/assets/<name>.css")
def stylesheet(name: str) -> Response:
    if name not in assets.STYLES:
        abort(404)
    return assets.stylesheet(name)
